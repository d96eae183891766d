-- Why: persons are found at a window by a keyed hash of their number, drafts are held by the clerk who works on
-- them, and a clerk has one person in hand at a time. Old code never reads the new columns and tables; what it
-- writes leaves them empty, which means: no number known, held by nobody.

ALTER TABLE accounts ADD COLUMN number_hash TEXT;
CREATE UNIQUE INDEX accounts_by_number ON accounts (number_hash);

ALTER TABLE drafts ADD COLUMN held_by BLOB;

-- What a clerk has in hand; wiped with "next person".
CREATE TABLE in_hand (
    clerk BLOB NOT NULL PRIMARY KEY,     -- the clerk's account
    window_id TEXT NOT NULL,             -- the window where he sits
    ticket TEXT,                         -- number of the ticket called
    applicant BLOB,                      -- the person in front of him
    draft_id BLOB,                       -- what they work on
    case_id BLOB,                        -- what it has become
    read_from_card INTEGER NOT NULL,     -- the person's card was read by the reader
    by_agent INTEGER NOT NULL,           -- somebody else stands there for the applicant
    lang TEXT NOT NULL,                  -- language of what is printed
    began_at INTEGER,                    -- since when he has this person in hand
    seen_at INTEGER NOT NULL             -- his last step
) STRICT;

-- Drafts put aside at an outlet, to be taken up again by any clerk there.
CREATE TABLE drafts_aside (
    draft_id BLOB NOT NULL PRIMARY KEY,  -- the draft
    outlet TEXT NOT NULL,                -- where it was put aside
    clerk BLOB NOT NULL,                 -- by whom
    ticket TEXT,                         -- number of the ticket then
    put_at INTEGER NOT NULL              -- when
) STRICT;
CREATE INDEX drafts_aside_by_outlet ON drafts_aside (outlet, put_at);
