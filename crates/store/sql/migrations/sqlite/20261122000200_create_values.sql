-- Why: personal values and issued licences. Values are sealed under their subject's key; destroying the key
-- erases them while events stay (semantics 16). Old code never saw these tables.

-- A subject's key, wrapped by the master key.
CREATE TABLE subject_keys (
    subject BLOB NOT NULL PRIMARY KEY,   -- the person or firm
    wrapped BLOB NOT NULL                -- the wrapped key
) STRICT;

-- Sealed values; written once.
CREATE TABLE sealed_values (
    sealed_id BLOB NOT NULL PRIMARY KEY, -- what events and rows refer to
    subject BLOB NOT NULL,               -- whose key seals it
    bytes BLOB NOT NULL                  -- nonce and sealed bytes
) STRICT;
CREATE INDEX sealed_values_by_subject ON sealed_values (subject);

-- Issued licences: what verification shows in clear, the rest sealed.
CREATE TABLE licences (
    case_id BLOB NOT NULL,               -- the case that issued it
    licence_id BLOB NOT NULL,            -- the licence
    node TEXT NOT NULL,                  -- service, or service~member
    output TEXT NOT NULL,                -- the output of the service
    code TEXT NOT NULL,                  -- GB/T 36904 identifier
    verification_hash TEXT NOT NULL,     -- hash of the verification code printed on it
    issuer TEXT NOT NULL,                -- who issued it
    subject BLOB NOT NULL,               -- the holder
    owner BLOB,                          -- the holder's account, if there is one
    issued_on TEXT NOT NULL,             -- date of issue
    valid_until TEXT,                    -- last day of validity, if it ends
    status TEXT NOT NULL,                -- valid, revoked, replaced
    body BLOB NOT NULL,                  -- all of it as JSON, a sealed value
    PRIMARY KEY (case_id, licence_id)
) STRICT;
CREATE INDEX licences_by_id ON licences (licence_id);
CREATE INDEX licences_by_code ON licences (code);
CREATE INDEX licences_by_owner ON licences (owner, issued_on) WHERE owner IS NOT NULL;
