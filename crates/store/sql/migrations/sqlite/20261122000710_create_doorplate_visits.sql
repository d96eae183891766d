-- Why: how often each doorplate was opened, by day; nobody's person is in here. Old code never saw this table.
-- Empty: no lock, no time.

CREATE TABLE doorplate_visits (
    doorplate TEXT NOT NULL,     -- id in the network's definitions
    day TEXT NOT NULL,           -- civil date
    visits INTEGER NOT NULL,       -- how often
    PRIMARY KEY (doorplate, day)
) STRICT;
CREATE INDEX doorplate_visits_by_day ON doorplate_visits (day);
