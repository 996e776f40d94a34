ALTER TABLE deliveries DROP COLUMN fault;
ALTER TABLE deliveries DROP COLUMN queued_at;
ALTER TABLE deliveries DROP COLUMN holder;
DROP INDEX runs_due;
ALTER TABLE runs DROP COLUMN holder;
ALTER TABLE runs DROP COLUMN origin;
