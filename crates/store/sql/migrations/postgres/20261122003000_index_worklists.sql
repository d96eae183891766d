-- Why: a page of a worklist reads its own rows and, of one index, what stands before them, however many cases there
-- are; counts and filters read indexes only. Old code goes on: its statements are answered by the same indexes.
-- While an index is made writes wait: some minutes with a million cases.

-- An officer's list, and how long it is. What lists are filtered by stands in the index beside the key.
CREATE INDEX service_cases_of_department ON service_cases (department, state, sort_on, case_id, node)
    INCLUDE (matter, service, area, clock_stopped, stage, red_on, yellow_on, running);
DROP INDEX service_cases_worklist;

-- Supervision: what has begun and not ended, everywhere and by department.
CREATE INDEX service_cases_open ON service_cases (sort_on, case_id, node)
    INCLUDE (department, stage, red_on, yellow_on, running, area, notice) WHERE stage <> '';
CREATE INDEX service_cases_open_of_department ON service_cases (department, sort_on, case_id, node)
    INCLUDE (stage, red_on, yellow_on, running, area, notice) WHERE stage <> '';
DROP INDEX service_cases_by_light;

-- Notices of supervision: those that are open or answered, and how many were ever given.
CREATE INDEX service_cases_by_notice ON service_cases (notice, sort_on, case_id, node)
    INCLUDE (department, stage, area) WHERE notice <> '';
CREATE INDEX service_cases_with_notices ON service_cases (department, stage)
    INCLUDE (area, notices, answered) WHERE notices > 0;

-- A case by the beginning or by the last six characters of its number.
CREATE INDEX cases_by_number_begin ON cases (case_number COLLATE "C");
CREATE INDEX cases_by_number_end ON cases (right(case_number, 6));
