-- Why: ratings of cases and of their services as lists and figures read them. Rebuilt from events; what people
-- wrote stays sealed with the events. Old code never saw this table. Empty: no lock, no time.

CREATE TABLE ratings (
    case_id UUID NOT NULL,        -- the case
    node TEXT COLLATE "C" NOT NULL,          -- service, or service~member; empty = the matter as a whole
    case_number TEXT NOT NULL,     -- for people
    matter TEXT NOT NULL,          -- the matter's id
    department TEXT NOT NULL,      -- who answers for it; empty = nobody named
    area TEXT NOT NULL,            -- GB/T 2260; empty when nobody said where
    outlet TEXT NOT NULL,          -- where it was handed in; empty when not at an outlet
    channel TEXT NOT NULL,         -- by which way the application came in
    via TEXT NOT NULL,             -- by which way it was rated; empty = not known
    grade BIGINT NOT NULL CHECK (grade BETWEEN 1 AND 5), -- 1 very satisfied, 5 very dissatisfied
    rated_at BIGINT NOT NULL,     -- when
    rated_on TEXT NOT NULL,        -- civil date of it
    state TEXT NOT NULL CHECK (state IN ('thanked', 'open', 'contacted', 'rectified', 'excluded')), -- where it stands
    appealed BOOLEAN NOT NULL,       -- an appeal waits for its decision
    contact_due_on TEXT,           -- bad ones: by when the rater is called back
    due_on TEXT,                   -- bad ones: by when it is settled
    rectified_on TEXT,             -- when it was settled
    PRIMARY KEY (case_id, node)
);
CREATE INDEX ratings_by_day ON ratings (rated_on, case_id, node);
CREATE INDEX ratings_by_department ON ratings (department, state);
