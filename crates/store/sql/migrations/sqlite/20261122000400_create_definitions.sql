-- Why: the definitions that cases rest on stay readable whatever is in force later (semantics 8). Old code never
-- saw these tables; what it submits meanwhile rests on its own definitions, which the next start keeps if they are the
-- same. Two empty tables: no lock, no time.

-- The source of every catalogue that was in force here; never changed, never taken away.
CREATE TABLE definitions (
    catalogue TEXT NOT NULL PRIMARY KEY, -- the catalogue's revision
    format INTEGER NOT NULL,             -- the bundle's format
    first_used_at INTEGER NOT NULL,      -- when it came into force here
    source BLOB NOT NULL                 -- the files, pressed together; no personal data
) STRICT;

-- Which of them define a matter or service in a given revision.
CREATE TABLE definition_items (
    kind TEXT NOT NULL CHECK (kind IN ('matter', 'service')), -- what it is
    item TEXT NOT NULL,                  -- its id
    revision TEXT NOT NULL,              -- the revision that cases name
    catalogue TEXT NOT NULL,             -- the catalogue that has it
    PRIMARY KEY (kind, item, revision, catalogue)
) STRICT;
CREATE INDEX definition_items_by_catalogue ON definition_items (catalogue, kind, item);
