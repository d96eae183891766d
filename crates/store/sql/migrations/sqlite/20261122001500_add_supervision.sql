-- Why: which light stands on a service case, and what supervision did, as lists filter and count it (semantics 14).
-- Rebuilt from events. New columns with defaults: old code neither reads nor writes them; what it writes meanwhile
-- keeps the defaults until the case changes next or is rebuilt.
ALTER TABLE service_cases ADD COLUMN stage TEXT NOT NULL DEFAULT '';       -- receive, accept, review, decide; empty = not begun, or over
ALTER TABLE service_cases ADD COLUMN yellow_on TEXT;                       -- from this day the light is yellow
ALTER TABLE service_cases ADD COLUMN red_on TEXT;                          -- from this day it is red
ALTER TABLE service_cases ADD COLUMN running INTEGER NOT NULL DEFAULT 0;       -- some clock runs
ALTER TABLE service_cases ADD COLUMN marks TEXT NOT NULL DEFAULT '[]';     -- the lights to come, with their rules, as JSON
ALTER TABLE service_cases ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;      -- how often somebody was told
ALTER TABLE service_cases ADD COLUMN notices INTEGER NOT NULL DEFAULT 0;        -- supervision notices given
ALTER TABLE service_cases ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;       -- those answered
ALTER TABLE service_cases ADD COLUMN notice TEXT NOT NULL DEFAULT '';      -- open, answered; empty = none is open
CREATE INDEX service_cases_by_light ON service_cases (red_on, yellow_on, department);
