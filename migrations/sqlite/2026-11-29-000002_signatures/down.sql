ALTER TABLE editions DROP COLUMN signed_by;
ALTER TABLE editions DROP COLUMN signature;
