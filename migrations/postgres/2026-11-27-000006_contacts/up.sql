-- Whom a mail about partners and their leads goes to, and in which language.
ALTER TABLE partners ADD COLUMN contact_email TEXT;
ALTER TABLE partners ADD COLUMN language TEXT;
ALTER TABLE reps ADD COLUMN manager_id BIGINT REFERENCES reps;
CREATE INDEX reps_manager_id ON reps (manager_id) WHERE manager_id IS NOT NULL;
