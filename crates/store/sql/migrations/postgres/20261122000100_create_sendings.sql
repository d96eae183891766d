-- Why: what has to go out to departments, what has to happen at a time, and what came in signed. Old code
-- never saw these tables.

-- Sendings on their way; references only, bytes are made at sending (semantics 16). A row stays after it is
-- done, so that a late reply still finds its case.
CREATE TABLE outbox (
    case_id UUID NOT NULL,               -- the case
    dispatch_id UUID NOT NULL,           -- permanent id of the sending, the same in every retry
    node TEXT COLLATE "C" NOT NULL,      -- service, or service~member
    department TEXT NOT NULL,            -- whom it goes to
    kind TEXT NOT NULL,                  -- referral, supplement, withdrawal
    round BIGINT NOT NULL,               -- the how-maniest of its kind for the node
    position BIGINT NOT NULL,            -- order within the case; a later one waits for an earlier one's delivery
    status TEXT NOT NULL                 -- ready: not yet taken by the transport; sent: taken, receipt owed; done
        CHECK (status IN ('ready', 'sent', 'done')),
    due_at BIGINT NOT NULL,              -- when it is due (again)
    claimable_at BIGINT NOT NULL,        -- due_at, or the end of the lease while one is held
    attempts BIGINT NOT NULL DEFAULT 0,  -- claims since the last delivery
    fence BIGINT NOT NULL DEFAULT 0,     -- goes up with every claim; every later write names it
    claimed_by TEXT,                     -- the worker that claimed it last
    lease_until BIGINT,                  -- until when that claim holds
    last_error TEXT,                     -- why the last attempt failed
    PRIMARY KEY (case_id, dispatch_id)
) WITH (fillfactor = 85);
CREATE INDEX outbox_claimable ON outbox (claimable_at) WHERE status <> 'done';
CREATE INDEX outbox_by_dispatch ON outbox (dispatch_id);

-- What happens in a case at a time by itself; the set of a case is replaced with each change of it.
CREATE TABLE timers (
    case_id UUID NOT NULL,               -- the case
    node TEXT COLLATE "C" NOT NULL,      -- service, or service~member
    kind TEXT COLLATE "C" NOT NULL,      -- casework's name of the timer
    due_at BIGINT NOT NULL,              -- when it fires
    claimable_at BIGINT NOT NULL,        -- due_at, or the end of the short lease of who fires it
    PRIMARY KEY (case_id, node, kind, due_at)
);
CREATE INDEX timers_claimable ON timers (claimable_at);

-- Nonces of signed messages within the replay window.
CREATE TABLE nonces (
    key_id TEXT NOT NULL,                -- whose signature
    nonce TEXT NOT NULL,                 -- as signed
    seen_at BIGINT NOT NULL,             -- when it came
    PRIMARY KEY (key_id, nonce)
);
CREATE INDEX nonces_by_age ON nonces (seen_at);
