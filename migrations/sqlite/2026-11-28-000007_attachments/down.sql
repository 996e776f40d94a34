ALTER TABLE deliveries DROP COLUMN forms;
