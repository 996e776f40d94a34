-- SQL cannot inflate: this fails where something is deflated.
CREATE TEMP TABLE deflated (is_deflated BOOLEAN NOT NULL CHECK (NOT is_deflated));
INSERT INTO deflated SELECT deflated FROM artefacts WHERE bytes IS NOT NULL;
DROP TABLE deflated;

DROP TRIGGER artefacts_no_update;
ALTER TABLE artefacts DROP COLUMN deflated;
CREATE TRIGGER artefacts_no_update BEFORE UPDATE ON artefacts WHEN NOT (
    OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.bytes IS NULL
    AND NEW.id = OLD.id
    AND NEW.rendition_id = OLD.rendition_id
    AND NEW.name = OLD.name
    AND NEW.media_type = OLD.media_type
    AND NEW.sha256 = OLD.sha256
)
BEGIN SELECT RAISE(ABORT, 'artefacts is immutable'); END;
