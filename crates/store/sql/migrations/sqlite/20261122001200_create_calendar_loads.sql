-- Why: a new working calendar moves the dates of open cases: one act with who, when, what instead of what, and every
-- date that moved (semantics 14). Old code never saw these tables. Empty: no lock, no time.

-- One loading of a calendar.
CREATE TABLE calendar_loads (
    seq INTEGER NOT NULL PRIMARY KEY,      -- 1, 2, ... without gaps: two nodes that do it at once meet here
    at INTEGER NOT NULL,                   -- when it began
    account BLOB,                       -- who; NULL = whoever started a node with new definitions, or published them
    version TEXT NOT NULL,             -- the calendar's version
    hash TEXT NOT NULL,                -- hash of the calendar
    calendar TEXT NOT NULL,            -- years with days off and worked weekend days, as JSON
    before_version TEXT NOT NULL,      -- what held before; empty for the first
    before_hash TEXT NOT NULL,         -- its hash
    before_calendar TEXT NOT NULL,     -- and itself
    last_case BLOB,                     -- how far it has come, for whoever goes on after an interruption
    cases INTEGER NOT NULL,                -- open cases looked at so far
    finished_at INTEGER                    -- when it was done; NULL = under way
) STRICT;

-- One date of a case that a loading moved, or made certain.
CREATE TABLE calendar_changes (
    case_id BLOB NOT NULL,              -- the case
    load_no INTEGER NOT NULL,              -- the loading
    node TEXT NOT NULL,                -- service, or service~member; empty = the case as a whole
    clock TEXT NOT NULL,               -- which date, with the special procedure behind a point
    case_number TEXT NOT NULL,         -- as in cases
    matter TEXT NOT NULL,              -- the matter's id
    area TEXT,                         -- where it was received
    was_on TEXT NOT NULL,              -- the date before
    was_provisional INTEGER NOT NULL,      -- it was a guess
    is_on TEXT NOT NULL,               -- the date since
    is_provisional INTEGER NOT NULL,       -- it is a guess
    PRIMARY KEY (case_id, load_no, node, clock)
) STRICT;
CREATE INDEX calendar_changes_by_load ON calendar_changes (load_no, case_number);
