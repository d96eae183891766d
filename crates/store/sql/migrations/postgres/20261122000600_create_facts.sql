-- Why: figures of managers are read from small dated rows instead of folding cases. Old code never saw these
-- tables; facts of cases that it wrote are made by rebuild.
-- Same tables and columns as on the other database (a test says so). No personal data is in here. Civil dates
-- are ISO text in the jurisdiction's zone.

-- One case as figures count it; rebuilt from case_events.
CREATE TABLE case_facts (
    case_id UUID PRIMARY KEY,             -- the case
    draft_id UUID NOT NULL,              -- the interview that it came from
    matter TEXT NOT NULL,                -- the matter's id
    area TEXT NOT NULL,                  -- GB/T 2260, empty when nobody said where
    channel TEXT NOT NULL,               -- online, window …
    outlet TEXT NOT NULL,                -- where it was handed in, empty when not at an outlet
    submitted_on TEXT NOT NULL,          -- civil date of submission
    ended_on TEXT,                       -- civil date on which its state became final
    rated_on TEXT,                       -- civil date of its latest rating
    accepted_at_once BOOLEAN NOT NULL,   -- what began with it was accepted without a correction
    all_granted BOOLEAN NOT NULL,        -- every result is out, and granted
    body TEXT NOT NULL                   -- the counts as JSON
) WITH (fillfactor = 85);
CREATE INDEX case_facts_by_draft ON case_facts (draft_id);
CREATE INDEX case_facts_by_end ON case_facts (ended_on, case_id);
CREATE INDEX case_facts_by_submission ON case_facts (submitted_on, case_id);

-- One service of a case as figures count it; rebuilt from case_events.
CREATE TABLE service_facts (
    case_id UUID NOT NULL,               -- the case
    node TEXT COLLATE "C" NOT NULL,                -- service, or service~member
    matter TEXT NOT NULL,                -- the matter's id
    service TEXT NOT NULL,               -- the service's id
    department TEXT NOT NULL,            -- who works on it
    area TEXT NOT NULL,                  -- as in case_facts
    submitted_on TEXT NOT NULL,          -- civil date of the case's submission
    ended_on TEXT,                       -- civil date on which its state became final
    body TEXT NOT NULL,                  -- the counts as JSON
    PRIMARY KEY (case_id, node)
) WITH (fillfactor = 85);
CREATE INDEX service_facts_by_end ON service_facts (ended_on, case_id, node);

-- One interview that was opened; the only moments of it that no event tells of.
CREATE TABLE draft_facts (
    draft_id UUID PRIMARY KEY,            -- the draft
    matter TEXT NOT NULL,                -- the matter's id
    area TEXT NOT NULL,                  -- as in case_facts
    entry TEXT NOT NULL,                 -- how the applicant came, empty when not stated
    place TEXT NOT NULL,                 -- the doorplate, empty when none
    opened_on TEXT NOT NULL,             -- civil date of opening
    plan_seen_on TEXT                    -- civil date on which its plan was first seen
) WITH (fillfactor = 85);
CREATE INDEX draft_facts_by_opening ON draft_facts (opened_on, draft_id);
