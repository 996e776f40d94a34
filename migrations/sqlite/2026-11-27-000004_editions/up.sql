-- An edition has renditions, one for each audience, and each rendition artefacts, as bytes. Labels of groups lie apart,
-- so that one can be erased. Instants (…_at) are UTC seconds.

DROP TRIGGER editions_no_update;
DROP TRIGGER editions_no_delete;
DROP TRIGGER artefacts_no_update;
DROP TRIGGER artefacts_no_delete;

CREATE TEMP TABLE old_artefacts AS SELECT * FROM artefacts;
CREATE TEMP TABLE old_deliveries AS SELECT * FROM deliveries;
DROP TABLE artefacts;
DROP TABLE deliveries;

-- The text that the checksum is the hash of. It holds the hashes of all that belongs to the edition, and the checksum of
-- the edition of the same report that was published before.
ALTER TABLE editions ADD COLUMN manifest TEXT NOT NULL DEFAULT '';
UPDATE editions SET manifest = COALESCE(
    (SELECT content FROM old_artefacts a WHERE a.edition_id = editions.id AND a.name = 'manifest.json'), '');

-- What a source is called beside its hash: the number of an activation or an import, the version of the program.
ALTER TABLE edition_sources ADD COLUMN version TEXT;

-- An edition as one audience gets it: what they may see (JSON), in their language (BCP 47) and time zone (IANA).
CREATE TABLE renditions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    edition_id BIGINT NOT NULL REFERENCES editions,
    scope TEXT NOT NULL,
    locale TEXT NOT NULL,
    zone TEXT NOT NULL,
    UNIQUE (edition_id, scope, locale, zone)
);

-- What was stored and sent. Who names a person can be erased; the hash stays.
CREATE TABLE artefacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    rendition_id BIGINT NOT NULL REFERENCES renditions,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes BLOB,
    erased_at BIGINT,
    UNIQUE (rendition_id, name),
    CHECK ((bytes IS NULL) = (erased_at IS NOT NULL))
);

-- The names of the groups that an edition's figures know by id, under the hash of salt and label.
CREATE TABLE labels (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    edition_id BIGINT NOT NULL REFERENCES editions,
    kind TEXT NOT NULL,
    group_id BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    salt TEXT,
    label TEXT,
    erased_at BIGINT,
    UNIQUE (edition_id, kind, group_id),
    CHECK ((label IS NULL) = (erased_at IS NOT NULL)),
    CHECK ((salt IS NULL) = (label IS NULL))
);

-- The outbox: one row for each rendition, recipient and channel.
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    rendition_id BIGINT NOT NULL REFERENCES renditions,
    recipient TEXT NOT NULL,
    channel TEXT NOT NULL,
    message_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'delivered', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    lease_until BIGINT,
    attempted_at BIGINT,
    delivered_at BIGINT,
    answer TEXT,
    holder TEXT,
    queued_at BIGINT NOT NULL,
    fault TEXT CHECK (fault IN ('operator', 'recipient')),
    UNIQUE (rendition_id, recipient, channel)
);
CREATE INDEX deliveries_waiting ON deliveries (due_at) WHERE state IN ('pending', 'sending');

-- Until now an edition had one rendition, in the language and zone that its figures name. Whether less than everything
-- was to be seen in it is not on record: so it counts as for those who may see everything.
INSERT INTO renditions (edition_id, scope, locale, zone)
SELECT e.id, '{}',
    COALESCE(CASE WHEN json_valid(n.content) THEN json_extract(n.content, '$.locale') END, 'und'),
    COALESCE(CASE WHEN json_valid(n.content) THEN json_extract(n.content, '$.zone') END, 'Etc/Unknown')
FROM editions e LEFT JOIN old_artefacts n ON n.edition_id = e.id AND n.name = 'numbers.json' ORDER BY e.id;

INSERT INTO artefacts (rendition_id, name, media_type, sha256, bytes)
SELECT r.id, a.name, a.media_type, a.sha256, CAST(a.content AS BLOB)
FROM old_artefacts a JOIN renditions r ON r.edition_id = a.edition_id
WHERE a.name <> 'manifest.json' ORDER BY a.id;

INSERT INTO deliveries (id, rendition_id, recipient, channel, message_id, state, attempts, due_at, lease_until,
    attempted_at, delivered_at, answer, holder, queued_at, fault)
SELECT d.id, r.id, recipient, 'mail', message_id, state, attempts, due_at, lease_until,
    attempted_at, delivered_at, answer, holder, queued_at, fault
FROM old_deliveries d JOIN renditions r ON r.edition_id = d.edition_id;

DROP TABLE old_artefacts;
DROP TABLE old_deliveries;

-- The archive is evidence: what is stored is neither changed nor deleted; but an artefact and a label may be erased, once.
CREATE TRIGGER editions_no_update BEFORE UPDATE ON editions
BEGIN SELECT RAISE(ABORT, 'editions is immutable'); END;
CREATE TRIGGER editions_no_delete BEFORE DELETE ON editions
BEGIN SELECT RAISE(ABORT, 'editions is immutable'); END;
CREATE TRIGGER renditions_no_update BEFORE UPDATE ON renditions
BEGIN SELECT RAISE(ABORT, 'renditions is immutable'); END;
CREATE TRIGGER renditions_no_delete BEFORE DELETE ON renditions
BEGIN SELECT RAISE(ABORT, 'renditions is immutable'); END;
CREATE TRIGGER artefacts_no_update BEFORE UPDATE ON artefacts WHEN NOT (
    OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.bytes IS NULL
    AND NEW.id = OLD.id
    AND NEW.rendition_id = OLD.rendition_id
    AND NEW.name = OLD.name
    AND NEW.media_type = OLD.media_type
    AND NEW.sha256 = OLD.sha256
)
BEGIN SELECT RAISE(ABORT, 'artefacts is immutable'); END;
CREATE TRIGGER artefacts_no_delete BEFORE DELETE ON artefacts
BEGIN SELECT RAISE(ABORT, 'artefacts is immutable'); END;
CREATE TRIGGER labels_no_update BEFORE UPDATE ON labels WHEN NOT (
    OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.salt IS NULL AND NEW.label IS NULL
    AND NEW.id = OLD.id
    AND NEW.edition_id = OLD.edition_id
    AND NEW.kind = OLD.kind
    AND NEW.group_id = OLD.group_id
    AND NEW.sha256 = OLD.sha256
)
BEGIN SELECT RAISE(ABORT, 'labels is immutable'); END;
CREATE TRIGGER labels_no_delete BEFORE DELETE ON labels
BEGIN SELECT RAISE(ABORT, 'labels is immutable'); END;
