DROP TABLE alert_rows;
DROP TABLE alert_checks;
DROP TABLE alert_events;
DROP TABLE alerts;
CREATE TEMP TABLE old_deliveries AS SELECT * FROM deliveries WHERE rendition_id IS NOT NULL;
DROP TABLE deliveries;
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    rendition_id BIGINT NOT NULL REFERENCES renditions,
    recipient TEXT NOT NULL,
    channel TEXT NOT NULL,
    message_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'delivered', 'failed', 'unsubscribed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    lease_until BIGINT,
    attempted_at BIGINT,
    delivered_at BIGINT,
    answer TEXT,
    holder TEXT,
    queued_at BIGINT NOT NULL,
    fault TEXT CHECK (fault IN ('operator', 'recipient')),
    reply_to TEXT,
    forms TEXT NOT NULL DEFAULT '',
    UNIQUE (rendition_id, recipient, channel)
);
CREATE INDEX deliveries_waiting ON deliveries (due_at) WHERE state IN ('pending', 'sending');
INSERT INTO deliveries (id, rendition_id, recipient, channel, message_id, state, attempts, due_at, lease_until,
    attempted_at, delivered_at, answer, holder, queued_at, fault, reply_to, forms)
SELECT id, rendition_id, recipient, channel, message_id, state, attempts, due_at, lease_until,
    attempted_at, delivered_at, answer, holder, queued_at, fault, reply_to, forms
FROM old_deliveries;
DROP TABLE old_deliveries;
DROP TABLE notices;
