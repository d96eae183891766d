-- Why: the truth about cases (their events) and what is read from it in lists, with the constraints that
-- make a submission and a command happen once. Old code never saw these tables.
-- Same tables and columns as on the other database (a test says so).
-- Instants are microseconds since 1970-01-01 UTC; civil dates are ISO text. Every case table begins with
-- case_id in its primary key, so that the schema can be distributed by it (semantics 19). There are no
-- foreign keys between case tables: the append writes them all in one transaction and nobody else writes.

-- One case as lists show it; rebuilt from case_events.
CREATE TABLE cases (
    case_id UUID PRIMARY KEY,            -- the case
    case_number TEXT NOT NULL,           -- the number people quote
    subject UUID NOT NULL,               -- whom the case is about
    owner UUID,                          -- the applicant's account, if he signed in
    matter TEXT NOT NULL,                -- the matter's id
    state TEXT NOT NULL,                 -- derived state, casework's name for it
    submitted_at BIGINT NOT NULL,        -- when it was submitted
    promised_on TEXT,                    -- the joint promised date, if it can be told
    version BIGINT NOT NULL              -- goes up with every change; the optimistic lock
) WITH (fillfactor = 85);
CREATE INDEX cases_by_owner ON cases (owner, submitted_at, case_id) WHERE owner IS NOT NULL;
CREATE INDEX cases_by_number ON cases (case_number);

-- The truth: never updated, never deleted.
CREATE TABLE case_events (
    case_id UUID NOT NULL,               -- the case
    seq BIGINT NOT NULL,                 -- position in the case, from 1
    at BIGINT NOT NULL,                  -- when it happened
    body TEXT NOT NULL,                  -- casework::CaseEvent as JSON; personal values by reference only
    PRIMARY KEY (case_id, seq)
);

-- One service of a case as worklists show it; rebuilt from case_events.
CREATE TABLE service_cases (
    case_id UUID NOT NULL,               -- the case
    node TEXT COLLATE "C" NOT NULL,      -- service, or service~member
    case_number TEXT NOT NULL,           -- as in cases
    service TEXT NOT NULL,               -- the service's id
    matter TEXT NOT NULL,                -- the matter's id
    department TEXT NOT NULL,            -- who works on it
    state TEXT NOT NULL,                 -- casework's name of its state
    started_at BIGINT,                   -- when its clock began
    promised_on TEXT,                    -- promised date
    statutory_on TEXT,                   -- statutory date
    clock_stopped BOOLEAN NOT NULL,      -- the clock stands still (correction, special procedure)
    decided_at BIGINT,                   -- when it was decided
    applicant UUID,                      -- the applicant's name, a sealed value
    sort_on TEXT COLLATE "C" NOT NULL,   -- promised_on, or 9999-99-99 without one: the order of worklists
    PRIMARY KEY (case_id, node)
) WITH (fillfactor = 85);
CREATE INDEX service_cases_worklist ON service_cases (department, state, sort_on, case_id, node);

-- Which case used up a draft: one case per draft (semantics 15).
CREATE TABLE submissions (
    draft_id UUID PRIMARY KEY,           -- the draft
    case_id UUID NOT NULL                -- the case it became
);

-- Results of commands, for repetition (semantics 15).
CREATE TABLE commands (
    actor TEXT NOT NULL,                 -- account, department or hub
    action TEXT NOT NULL,                -- what was asked for
    command_id UUID NOT NULL,            -- the caller's id of it
    case_id UUID NOT NULL,               -- the case it changed
    digest TEXT NOT NULL,                -- hash of the body
    answer TEXT NOT NULL,                -- the stored answer as JSON
    PRIMARY KEY (actor, action, command_id)
);
