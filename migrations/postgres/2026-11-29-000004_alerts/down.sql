DROP TABLE alert_rows;
DROP TABLE alert_checks;
DROP TABLE alert_events;
DROP TABLE alerts;
DELETE FROM deliveries WHERE rendition_id IS NULL;
ALTER TABLE deliveries DROP COLUMN notice_id;
ALTER TABLE deliveries ALTER COLUMN rendition_id SET NOT NULL;
DROP TABLE notices;
