-- Why: which definitions are in force is an act with a name, a reason and a list of whom it concerns (semantics 8).
-- Old code never saw this table; it goes on with the files that it was started with. Empty: no lock, no time.
CREATE TABLE publications (
    seq INTEGER NOT NULL PRIMARY KEY,      -- 1, 2, … without gaps: two who publish at once meet here
    at INTEGER NOT NULL,                   -- when
    account BLOB,                      -- who; NULL = whoever started a node with new files
    reason TEXT NOT NULL,              -- why, in the publisher's words; empty = with a node's files
    from_catalogue TEXT NOT NULL,      -- revision that was in force; empty for the first
    to_catalogue TEXT NOT NULL,        -- revision that is in force since (its source is in definitions)
    base_catalogue TEXT NOT NULL,      -- revision of the node's own files at that time
    impact TEXT NOT NULL               -- whom it concerned, as it was confirmed: counts as JSON, no personal data
) STRICT;
CREATE INDEX drafts_by_matter ON drafts (matter, matter_revision);
