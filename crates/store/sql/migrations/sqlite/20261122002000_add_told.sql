-- Why: who was told by supervision of what still stands, so that every addressee of the chain has a list and a count
-- of his own. Rebuilt from events. A new column with a default: old code neither reads nor writes it; what it writes
-- meanwhile keeps the default until the case changes next or is rebuilt.
ALTER TABLE service_cases ADD COLUMN told TEXT NOT NULL DEFAULT '[]';       -- who, since when, as JSON; [] = nobody
CREATE INDEX service_cases_by_told ON service_cases (department) WHERE told <> '[]' OR notice <> '';
