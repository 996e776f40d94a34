-- SQL cannot inflate: this fails where something is deflated.
CREATE TEMPORARY TABLE deflated (is_deflated BOOLEAN NOT NULL CHECK (NOT is_deflated));
INSERT INTO deflated SELECT deflated FROM artefacts WHERE bytes IS NOT NULL;
DROP TABLE deflated;

ALTER TABLE artefacts ALTER COLUMN bytes SET STORAGE EXTENDED;
DROP TRIGGER artefacts_no_update ON artefacts;
ALTER TABLE artefacts DROP COLUMN deflated;
CREATE TRIGGER artefacts_no_update BEFORE UPDATE ON artefacts FOR EACH ROW WHEN (NOT (
    OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.bytes IS NULL
    AND NEW.id = OLD.id
    AND NEW.rendition_id = OLD.rendition_id
    AND NEW.name = OLD.name
    AND NEW.media_type = OLD.media_type
    AND NEW.sha256 = OLD.sha256
)) EXECUTE FUNCTION refuse_change();
