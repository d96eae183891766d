-- Why: personal values and issued licences. Values are sealed under their subject's key; destroying the key
-- erases them while events stay (semantics 16). Old code never saw these tables.

-- A subject's key, wrapped by the master key.
CREATE TABLE subject_keys (
    subject UUID PRIMARY KEY,            -- the person or firm
    wrapped BYTEA NOT NULL               -- the wrapped key
);

-- Sealed values; written once.
CREATE TABLE sealed_values (
    sealed_id UUID PRIMARY KEY,          -- what events and rows refer to
    subject UUID NOT NULL,               -- whose key seals it
    bytes BYTEA NOT NULL                 -- nonce and sealed bytes
);
CREATE INDEX sealed_values_by_subject ON sealed_values (subject);

-- Issued licences: what verification shows in clear, the rest sealed.
CREATE TABLE licences (
    case_id UUID NOT NULL,               -- the case that issued it
    licence_id UUID NOT NULL,            -- the licence
    node TEXT NOT NULL,                  -- service, or service~member
    output TEXT NOT NULL,                -- the output of the service
    code TEXT NOT NULL,                  -- GB/T 36904 identifier
    verification_hash TEXT NOT NULL,     -- hash of the verification code printed on it
    issuer TEXT NOT NULL,                -- who issued it
    subject UUID NOT NULL,               -- the holder
    owner UUID,                          -- the holder's account, if there is one
    issued_on TEXT NOT NULL,             -- date of issue
    valid_until TEXT,                    -- last day of validity, if it ends
    status TEXT NOT NULL,                -- valid, revoked, replaced
    body UUID NOT NULL,                  -- all of it as JSON, a sealed value
    PRIMARY KEY (case_id, licence_id)
);
CREATE INDEX licences_by_id ON licences (licence_id);
CREATE INDEX licences_by_code ON licences (code);
CREATE INDEX licences_by_owner ON licences (owner, issued_on) WHERE owner IS NOT NULL;
