-- Why: the truth about cases (their events) and what is read from it in lists, with the constraints that
-- make a submission and a command happen once. Old code never saw these tables.
-- Same tables and columns as on the other database (a test says so); types as STRICT tables want them.
-- Instants are microseconds since 1970-01-01 UTC; civil dates are ISO text. Every case table begins with
-- case_id in its primary key, so that the schema can be distributed by it (semantics 19). There are no
-- foreign keys between case tables: the append writes them all in one transaction and nobody else writes.

-- One case as lists show it; rebuilt from case_events.
CREATE TABLE cases (
    case_id BLOB NOT NULL PRIMARY KEY,   -- the case
    case_number TEXT NOT NULL,           -- the number people quote
    subject BLOB NOT NULL,               -- whom the case is about
    owner BLOB,                          -- the applicant's account, if he signed in
    matter TEXT NOT NULL,                -- the matter's id
    state TEXT NOT NULL,                 -- derived state, casework's name for it
    submitted_at INTEGER NOT NULL,       -- when it was submitted
    promised_on TEXT,                    -- the joint promised date, if it can be told
    version INTEGER NOT NULL             -- goes up with every change; the optimistic lock
) STRICT;
CREATE INDEX cases_by_owner ON cases (owner, submitted_at, case_id) WHERE owner IS NOT NULL;
CREATE INDEX cases_by_number ON cases (case_number);

-- The truth: never updated, never deleted.
CREATE TABLE case_events (
    case_id BLOB NOT NULL,               -- the case
    seq INTEGER NOT NULL,                -- position in the case, from 1
    at INTEGER NOT NULL,                 -- when it happened
    body TEXT NOT NULL,                  -- casework::CaseEvent as JSON; personal values by reference only
    PRIMARY KEY (case_id, seq)
) STRICT;

-- One service of a case as worklists show it; rebuilt from case_events.
CREATE TABLE service_cases (
    case_id BLOB NOT NULL,               -- the case
    node TEXT NOT NULL,                  -- service, or service~member
    case_number TEXT NOT NULL,           -- as in cases
    service TEXT NOT NULL,               -- the service's id
    matter TEXT NOT NULL,                -- the matter's id
    department TEXT NOT NULL,            -- who works on it
    state TEXT NOT NULL,                 -- casework's name of its state
    started_at INTEGER,                  -- when its clock began
    promised_on TEXT,                    -- promised date
    statutory_on TEXT,                   -- statutory date
    clock_stopped INTEGER NOT NULL,      -- the clock stands still (correction, special procedure)
    decided_at INTEGER,                  -- when it was decided
    applicant BLOB,                      -- the applicant's name, a sealed value
    sort_on TEXT NOT NULL,               -- promised_on, or 9999-99-99 without one: the order of worklists
    PRIMARY KEY (case_id, node)
) STRICT;
CREATE INDEX service_cases_worklist ON service_cases (department, state, sort_on, case_id, node);

-- Which case used up a draft: one case per draft (semantics 15).
CREATE TABLE submissions (
    draft_id BLOB NOT NULL PRIMARY KEY,  -- the draft
    case_id BLOB NOT NULL                -- the case it became
) STRICT, WITHOUT ROWID;

-- Results of commands, for repetition (semantics 15).
CREATE TABLE commands (
    actor TEXT NOT NULL,                 -- account, department or hub
    action TEXT NOT NULL,                -- what was asked for
    command_id BLOB NOT NULL,            -- the caller's id of it
    case_id BLOB NOT NULL,               -- the case it changed
    digest TEXT NOT NULL,                -- hash of the body
    answer TEXT NOT NULL,                -- the stored answer as JSON
    PRIMARY KEY (actor, action, command_id)
) STRICT;
