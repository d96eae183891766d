-- Why: whose key was destroyed, so that none is made again and a restored copy can be brought in line. Holds no value.
-- Old code never saw this table.
CREATE TABLE erased_subjects (
    subject UUID PRIMARY KEY,            -- the person or firm
    erased_at BIGINT NOT NULL            -- when the key was destroyed
);
