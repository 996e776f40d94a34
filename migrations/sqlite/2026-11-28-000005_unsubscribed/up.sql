-- Who wants no more mails of a report, by bare address in small letters, and since when (UTC seconds).
CREATE TABLE unsubscribed (
    report TEXT NOT NULL,
    address TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (report, address)
);

-- What links to unsubscribe are signed with, so that nobody else can make one: one row, made at first need.
CREATE TABLE link_key (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    secret BLOB NOT NULL
);

-- A mail to who wants none is on record as such, and to which address its recipient may answer.
CREATE TEMP TABLE old_deliveries AS SELECT * FROM deliveries;
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
    UNIQUE (rendition_id, recipient, channel)
);
CREATE INDEX deliveries_waiting ON deliveries (due_at) WHERE state IN ('pending', 'sending');
INSERT INTO deliveries (id, rendition_id, recipient, channel, message_id, state, attempts, due_at, lease_until,
    attempted_at, delivered_at, answer, holder, queued_at, fault)
SELECT id, rendition_id, recipient, channel, message_id, state, attempts, due_at, lease_until,
    attempted_at, delivered_at, answer, holder, queued_at, fault
FROM old_deliveries;
DROP TABLE old_deliveries;
