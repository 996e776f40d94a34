-- What is told beside editions: the mail of an alert, as one audience gets it. What they may see is JSON.
CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    rule TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    scope TEXT NOT NULL,
    locale TEXT NOT NULL,
    zone TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL
);

-- A delivery is of a rendition or of a notice.
CREATE TEMP TABLE old_deliveries AS SELECT * FROM deliveries;
DROP TABLE deliveries;
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    rendition_id BIGINT REFERENCES renditions,
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
    notice_id BIGINT REFERENCES notices,
    CHECK ((rendition_id IS NULL) <> (notice_id IS NULL)),
    UNIQUE (rendition_id, recipient, channel),
    UNIQUE (notice_id, recipient, channel)
);
CREATE INDEX deliveries_waiting ON deliveries (due_at) WHERE state IN ('pending', 'sending');
INSERT INTO deliveries (id, rendition_id, recipient, channel, message_id, state, attempts, due_at, lease_until,
    attempted_at, delivered_at, answer, holder, queued_at, fault, reply_to, forms)
SELECT id, rendition_id, recipient, channel, message_id, state, attempts, due_at, lease_until,
    attempted_at, delivered_at, answer, holder, queued_at, fault, reply_to, forms
FROM old_deliveries;
DROP TABLE old_deliveries;

-- A figure that a rule watches, for those who see that scope (JSON): where it stands, and what of that was told. `item`
-- is the group as editions store it, empty for the total. Instants in UTC seconds.
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    rule TEXT NOT NULL,
    scope TEXT NOT NULL,
    kpi TEXT NOT NULL,
    item TEXT NOT NULL,
    label TEXT,
    state TEXT NOT NULL CHECK (state IN ('ok', 'pending', 'warning', 'critical', 'absent')),
    since BIGINT NOT NULL,
    broken INTEGER NOT NULL,
    period TEXT NOT NULL,
    value DOUBLE PRECISION,
    told TEXT CHECK (told IN ('warning', 'critical', 'absent')),
    told_at BIGINT,
    acknowledged_at BIGINT,
    acknowledged_by TEXT,
    note TEXT,
    muted_until BIGINT,
    version INTEGER NOT NULL,
    UNIQUE (rule, scope, kpi, item)
);

-- Every change of an alert, and what people said about it.
CREATE TABLE alert_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    alert_id BIGINT NOT NULL REFERENCES alerts,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    period TEXT NOT NULL,
    value DOUBLE PRECISION,
    who TEXT,
    note TEXT
);
CREATE INDEX alert_events_of ON alert_events (alert_id, id);

-- When each rule was evaluated last, up to which import, and what went wrong.
CREATE TABLE alert_checks (
    rule TEXT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    import_id BIGINT,
    error TEXT
);

-- The rows that were told of by a step of a rule about rows: each once.
CREATE TABLE alert_rows (
    rule TEXT NOT NULL,
    step BIGINT NOT NULL,
    row_key TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (rule, step, row_key)
);
