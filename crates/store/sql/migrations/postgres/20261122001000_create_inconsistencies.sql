-- Why: what a department cites outside the checklist, or finds unmet though the window found it met, is reported as
-- an inconsistent standard (semantics 17). Rebuilt from events. Old code never saw this table. Empty: no lock, no time.

CREATE TABLE inconsistencies (
    case_id UUID NOT NULL,      -- the case
    seq BIGINT NOT NULL,       -- the event that tells of it
    line TEXT NOT NULL,         -- the line as cited; never words
    kind TEXT NOT NULL CHECK (kind IN ('outside', 'unmet')), -- on no checklist; or ticked as met at the window
    case_number TEXT NOT NULL,  -- for people
    node TEXT NOT NULL,         -- which service of the case, for whom
    service TEXT NOT NULL,      -- the service
    matter TEXT NOT NULL,       -- the matter
    department TEXT NOT NULL,   -- who cited it
    outlet TEXT,                -- where it was received, if at a window
    window_id TEXT,             -- at which window
    checklist TEXT NOT NULL,    -- the service's revision
    at BIGINT NOT NULL,        -- when it was recorded
    PRIMARY KEY (case_id, seq, line)
);
CREATE INDEX inconsistencies_by_time ON inconsistencies (at);
CREATE INDEX inconsistencies_by_service ON inconsistencies (service, department, kind, line);
