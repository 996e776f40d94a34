-- The older form holds one rendition of an edition, and texts alone; the first rendition and its texts stay.

DROP TRIGGER editions_no_update;
DROP TRIGGER editions_no_delete;
DROP TRIGGER renditions_no_update;
DROP TRIGGER renditions_no_delete;
DROP TRIGGER artefacts_no_update;
DROP TRIGGER artefacts_no_delete;
DROP TRIGGER labels_no_update;
DROP TRIGGER labels_no_delete;

CREATE TEMP TABLE first_renditions AS SELECT MIN(id) AS id, edition_id FROM renditions GROUP BY edition_id;
CREATE TEMP TABLE new_artefacts AS SELECT a.*, r.edition_id
FROM artefacts a JOIN first_renditions r ON r.id = a.rendition_id
WHERE a.bytes IS NOT NULL AND (a.media_type LIKE 'text/%' OR a.media_type LIKE 'application/json%');
CREATE TEMP TABLE new_deliveries AS SELECT d.*, r.edition_id
FROM deliveries d JOIN first_renditions r ON r.id = d.rendition_id WHERE d.channel = 'mail';
DROP TABLE deliveries;
DROP TABLE labels;
DROP TABLE artefacts;
DROP TABLE renditions;

-- The parts of an edition as they were stored and sent.
CREATE TABLE artefacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    edition_id BIGINT NOT NULL REFERENCES editions,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    UNIQUE (edition_id, name)
);

-- The outbox: one row for each edition and recipient.
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    edition_id BIGINT NOT NULL REFERENCES editions,
    recipient TEXT NOT NULL,
    message_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'delivered', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    lease_until BIGINT,
    attempted_at BIGINT,
    delivered_at BIGINT,
    answer TEXT,
    holder TEXT,
    queued_at BIGINT NOT NULL DEFAULT 0,
    fault TEXT CHECK (fault IN ('operator', 'recipient')),
    UNIQUE (edition_id, recipient)
);
CREATE INDEX deliveries_waiting ON deliveries (due_at) WHERE state IN ('pending', 'sending');

INSERT INTO artefacts (edition_id, name, media_type, content, sha256)
SELECT edition_id, name, media_type, CAST(bytes AS TEXT), sha256 FROM new_artefacts ORDER BY id;
INSERT INTO artefacts (edition_id, name, media_type, content, sha256)
SELECT id, 'manifest.json', 'application/json', manifest, checksum FROM editions WHERE manifest <> '' ORDER BY id;
INSERT INTO deliveries (id, edition_id, recipient, message_id, state, attempts, due_at, lease_until,
    attempted_at, delivered_at, answer, holder, queued_at, fault)
SELECT id, edition_id, recipient, message_id, state, attempts, due_at, lease_until,
    attempted_at, delivered_at, answer, holder, queued_at, fault FROM new_deliveries;

DROP TABLE new_artefacts;
DROP TABLE new_deliveries;
DROP TABLE first_renditions;
ALTER TABLE edition_sources DROP COLUMN version;
ALTER TABLE editions DROP COLUMN manifest;

CREATE TRIGGER editions_no_update BEFORE UPDATE ON editions
BEGIN SELECT RAISE(ABORT, 'editions is immutable'); END;
CREATE TRIGGER editions_no_delete BEFORE DELETE ON editions
BEGIN SELECT RAISE(ABORT, 'editions is immutable'); END;
CREATE TRIGGER artefacts_no_update BEFORE UPDATE ON artefacts
BEGIN SELECT RAISE(ABORT, 'artefacts is immutable'); END;
CREATE TRIGGER artefacts_no_delete BEFORE DELETE ON artefacts
BEGIN SELECT RAISE(ABORT, 'artefacts is immutable'); END;
