-- Why: who signs in, and what people prepare before they submit. Old code never saw these tables.

-- Who signs in.
CREATE TABLE accounts (
    account_id BLOB NOT NULL PRIMARY KEY, -- the account
    login TEXT NOT NULL UNIQUE,          -- the name used to sign in
    role TEXT NOT NULL,                  -- applicant, clerk, officer, manager, designer, operator
    department TEXT,                     -- whose officer
    area TEXT,                           -- administrative area it is limited to
    subject BLOB,                        -- the person behind it
    password_hash TEXT,                  -- argon2 string; none = no password
    disabled INTEGER NOT NULL,           -- may not sign in
    demo INTEGER NOT NULL,               -- entered with one click, in demo mode only
    display_name BLOB NOT NULL           -- sealed
) STRICT;

-- Signed-in browsers.
CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the cookie's token
    account_id BLOB NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE, -- who
    created_at INTEGER NOT NULL,         -- signed in
    seen_at INTEGER NOT NULL,            -- last request
    expires_at INTEGER NOT NULL          -- ends
) STRICT;
CREATE INDEX sessions_by_end ON sessions (expires_at);
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Applications in preparation.
CREATE TABLE drafts (
    draft_id BLOB NOT NULL PRIMARY KEY,  -- the draft
    owner BLOB NOT NULL,                 -- the account that prepares it
    subject BLOB NOT NULL,               -- whom it is about
    matter TEXT NOT NULL,                -- the matter's id
    matter_revision TEXT NOT NULL,       -- the matter as it was when begun
    version INTEGER NOT NULL,            -- the optimistic lock
    updated_at INTEGER NOT NULL,         -- last change
    body BLOB NOT NULL,                  -- sealed JSON of facts and choices
    submitted_as BLOB                    -- the case it became; then it never changes
) STRICT;
CREATE INDEX drafts_by_owner ON drafts (owner, updated_at);

-- Uploaded files; their bytes lie sealed in the file store.
CREATE TABLE evidence (
    draft_id BLOB NOT NULL,              -- the draft it was uploaded to
    evidence_id BLOB NOT NULL,           -- the file
    case_id BLOB,                        -- the case it belongs to since submission
    subject BLOB NOT NULL,               -- whose key seals it
    slot TEXT NOT NULL,                  -- which line of the evidence list
    description BLOB NOT NULL,           -- sealed JSON: name, media type, sha256
    size_bytes INTEGER NOT NULL,         -- length of the clear file
    keyed_hash TEXT NOT NULL,            -- HMAC of the clear file under the subject's key
    uploaded_at INTEGER NOT NULL,        -- when
    PRIMARY KEY (draft_id, evidence_id)
) STRICT;
CREATE INDEX evidence_by_id ON evidence (evidence_id);
