DROP INDEX reps_manager_id;
ALTER TABLE reps DROP COLUMN manager_id;
ALTER TABLE partners DROP COLUMN language;
ALTER TABLE partners DROP COLUMN contact_email;
