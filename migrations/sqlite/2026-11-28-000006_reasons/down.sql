ALTER TABLE editions DROP COLUMN reason;
