-- Why: applicants entrust agents with a matter for a time; what agents do on an order is kept beside it. Old code
-- never saw these tables. Empty: no lock, no time.

CREATE TABLE agent_orders (
    order_id BLOB PRIMARY KEY,    -- the order
    applicant BLOB NOT NULL,      -- account of who gave it
    subject BLOB NOT NULL,        -- whose key seals the note
    agent BLOB,                   -- account of the agent; NULL = the pool, until one takes it
    matter TEXT NOT NULL,          -- the matter's id
    powers TEXT NOT NULL,          -- what he may do, words separated by spaces
    evidence TEXT NOT NULL,        -- on what the mandate rests
    granted_at INTEGER NOT NULL,   -- when it was given
    valid_from TEXT NOT NULL,      -- first civil date
    valid_until TEXT NOT NULL,     -- last civil date
    ended_at INTEGER,              -- when the applicant ended it
    note BLOB                    -- what the applicant tells the agent, sealed
) STRICT;
CREATE INDEX agent_orders_by_applicant ON agent_orders (applicant, granted_at);
CREATE INDEX agent_orders_by_agent ON agent_orders (agent, granted_at);

CREATE TABLE agent_acts (
    order_id BLOB NOT NULL,       -- the order
    act_id BLOB NOT NULL,         -- time-ordered
    agent BLOB NOT NULL,          -- account of the agent
    what TEXT NOT NULL,            -- what he did, one word
    draft_id BLOB,                -- on which draft
    case_id BLOB,                 -- on which case
    at INTEGER NOT NULL,           -- when
    PRIMARY KEY (order_id, act_id)
) STRICT;
