-- Why: officers take a service case before they act on it, keep filters, mark lines of the checklist, ask other
-- departments of the case for an opinion, and say whether two service cases are the same. Old code reads none of
-- it; rows of worklists that it writes have no area, which means: anywhere in the jurisdiction.

ALTER TABLE service_cases ADD COLUMN area TEXT;
CREATE INDEX cases_by_subject ON cases (subject, submitted_at, case_id);

-- Who has a service case now.
CREATE TABLE assignments (
    case_id UUID NOT NULL,               -- the case
    node TEXT NOT NULL,                  -- service, or service~member
    department TEXT NOT NULL,            -- whose officer
    officer UUID,                        -- who has it; none = let go
    by_officer UUID NOT NULL,            -- who said so
    at BIGINT NOT NULL,                 -- when
    version BIGINT NOT NULL,            -- goes up with every change
    PRIMARY KEY (case_id, node)
);
CREATE INDEX assignments_by_officer ON assignments (officer, case_id, node);

-- Every change of that, for ever.
CREATE TABLE assignment_changes (
    case_id UUID NOT NULL,               -- the case
    node TEXT NOT NULL,                  -- service, or service~member
    version BIGINT NOT NULL,            -- the change
    department TEXT NOT NULL,            -- whose officer
    officer UUID,                        -- who had it from then on; none = let go
    by_officer UUID NOT NULL,            -- who said so
    at BIGINT NOT NULL,                 -- when
    PRIMARY KEY (case_id, node, version)
);

-- Filters of worklists under a name.
CREATE TABLE saved_filters (
    filter_id UUID NOT NULL PRIMARY KEY, -- the filter
    officer UUID NOT NULL,               -- whose
    department TEXT NOT NULL,            -- who may open it by its link
    name TEXT NOT NULL,                  -- as the officer calls it
    query TEXT NOT NULL,                 -- the worklist's query
    created_at BIGINT NOT NULL          -- when it was saved
);
CREATE INDEX saved_filters_by_officer ON saved_filters (officer, created_at);

-- How an officer found a line of the checklist.
CREATE TABLE line_marks (
    case_id UUID NOT NULL,               -- the case
    node TEXT NOT NULL,                  -- service, or service~member
    line TEXT NOT NULL,                  -- the line's id
    mark TEXT NOT NULL CHECK (mark IN ('met', 'query')), -- found met, or to be asked
    officer UUID NOT NULL,               -- by whom
    at BIGINT NOT NULL,                 -- when
    PRIMARY KEY (case_id, node, line)
);

-- Opinions asked of other departments of the case, and given.
CREATE TABLE opinions (
    case_id UUID NOT NULL,               -- the case
    opinion_id UUID NOT NULL,            -- the question
    from_node TEXT NOT NULL,             -- the service case that asks
    from_department TEXT NOT NULL,       -- its department
    to_node TEXT NOT NULL,               -- the service case whose department is asked
    to_department TEXT NOT NULL,         -- that department
    question UUID NOT NULL,              -- words, a sealed value
    asked_by UUID NOT NULL,              -- the officer who asks
    asked_at BIGINT NOT NULL,           -- when
    view TEXT CHECK (view IN ('agree', 'object', 'none')), -- the answer; none while it is open
    answer UUID,                         -- words of the answer, a sealed value
    given_by UUID,                       -- the officer who answers
    given_at BIGINT,                    -- when
    PRIMARY KEY (case_id, opinion_id)
);

CREATE INDEX opinions_owed ON opinions (to_department, asked_at) WHERE given_at IS NULL;

-- Keyed hashes of what a service case is about, to find the same asked for twice.
CREATE TABLE service_keys (
    case_id UUID NOT NULL,               -- the case
    node TEXT NOT NULL,                  -- service, or service~member
    department TEXT NOT NULL,            -- whose service
    hash TEXT NOT NULL,                  -- of its key fields, under the hub's key
    PRIMARY KEY (case_id, node)
);
CREATE INDEX service_keys_by_hash ON service_keys (department, hash);

-- What was found about two that look alike.
CREATE TABLE likenesses (
    case_id UUID NOT NULL,               -- the case looked at
    node TEXT NOT NULL,                  -- its service case
    other_case UUID NOT NULL,            -- the case it looks like
    other_node TEXT NOT NULL,            -- its service case
    same BOOLEAN NOT NULL,               -- the same asked for twice
    officer UUID NOT NULL,               -- who found it
    at BIGINT NOT NULL,                 -- when
    PRIMARY KEY (case_id, node, other_case, other_node)
);
