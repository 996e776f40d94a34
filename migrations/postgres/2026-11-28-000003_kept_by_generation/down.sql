ALTER TABLE kept_states ALTER COLUMN states SET STORAGE EXTENDED;
ALTER TABLE fact_generation DROP COLUMN noted_since;
ALTER TABLE kept_states ADD COLUMN used_on BIGINT NOT NULL DEFAULT 0;
CREATE INDEX kept_states_used ON kept_states (used_on, size);
