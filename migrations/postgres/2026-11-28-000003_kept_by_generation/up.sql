-- What was used least of late is known without a clock: states that are used after much was written are of the
-- generation in which they were.
DROP INDEX kept_states_used;
ALTER TABLE kept_states DROP COLUMN used_on;

-- Of transactions after that one, `touched` still says all that they wrote.
ALTER TABLE fact_generation ADD COLUMN noted_since BIGINT NOT NULL DEFAULT 0;

-- To make them smaller takes longer than to read them as they are.
ALTER TABLE kept_states ALTER COLUMN states SET STORAGE EXTERNAL;
