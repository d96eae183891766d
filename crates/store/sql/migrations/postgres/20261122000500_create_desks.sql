-- Why: people at the counter. Who may receive what, what was taken back, and who waits. Old code never saw
-- these tables.

-- Records of clerks: who may receive which service, on what ground, for how long.
CREATE TABLE capabilities (
    capability_id UUID NOT NULL PRIMARY KEY, -- the record; the id of the command that made it
    clerk UUID NOT NULL,                  -- whose
    service TEXT NOT NULL,                -- which service
    valid_from TEXT NOT NULL,             -- first day
    valid_until TEXT,                     -- last day; none = until it is revoked
    basis TEXT NOT NULL,                  -- training, examination, secondment
    granted_by UUID NOT NULL,             -- the manager
    granted_at BIGINT NOT NULL,          -- when
    revoked_on TEXT,                      -- first day on which it no longer holds
    revoked_at BIGINT,                   -- when that was said
    revoked_by UUID,                      -- by whom
    revoked_why TEXT                      -- why
);
CREATE INDEX capabilities_by_clerk ON capabilities (clerk, valid_from);

-- Delegations that were revoked; delegations themselves stand in definitions.
CREATE TABLE delegation_revocations (
    delegation TEXT NOT NULL PRIMARY KEY, -- the delegation's id
    revoked_on TEXT NOT NULL,             -- first day on which it no longer holds
    revoked_at BIGINT NOT NULL,          -- when that was said
    revoked_by UUID NOT NULL,             -- by whom
    reason TEXT NOT NULL                  -- why
);

-- The last number drawn of a zone's day.
CREATE TABLE ticket_numbers (
    outlet TEXT NOT NULL,                 -- where
    day TEXT NOT NULL,                    -- civil date there
    letter TEXT NOT NULL,                 -- the zone's letter
    last BIGINT NOT NULL,                -- the number drawn last
    PRIMARY KEY (outlet, day, letter)
);

-- Numbers in the queue.
CREATE TABLE tickets (
    ticket_id UUID NOT NULL PRIMARY KEY,  -- the ticket; the id of the command that drew it
    outlet TEXT NOT NULL,                 -- where
    day TEXT NOT NULL,                    -- civil date there
    zone TEXT NOT NULL,                   -- the zone that it waits for now
    code TEXT NOT NULL,                   -- as printed
    class TEXT NOT NULL,                  -- ordinary or priority
    rank BIGINT NOT NULL,                -- 0 = called before 1
    matter TEXT,                          -- what for, where that was said
    subject UUID,                         -- whose, where a known person took it
    state TEXT NOT NULL,                  -- waiting, called, serving, held, done, no-show, transferred
    for_window TEXT,                      -- only this window may call it
    window_id TEXT,                       -- who has it, or had it last
    clerk UUID,                           -- the clerk at that window
    taken_at BIGINT NOT NULL,            -- drawn
    queued_at BIGINT NOT NULL,           -- its place in the queue
    called_at BIGINT,                    -- called last
    calls BIGINT NOT NULL,               -- how often
    serving_at BIGINT,                   -- the person came to the window
    ended_at BIGINT,                     -- done or not there
    version BIGINT NOT NULL              -- the optimistic lock
);
CREATE UNIQUE INDEX tickets_by_code ON tickets (outlet, day, code);
CREATE INDEX tickets_in_queue ON tickets (outlet, day, state, rank, queued_at);
-- A window has at most one ticket in hand.
CREATE UNIQUE INDEX tickets_in_hand ON tickets (outlet, day, window_id) WHERE state IN ('called', 'serving');
