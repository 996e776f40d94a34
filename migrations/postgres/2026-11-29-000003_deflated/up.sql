-- Whether the bytes of an artefact are deflated (zlib, RFC 1950); the hash is that of what they are without.
ALTER TABLE artefacts ADD COLUMN deflated BOOLEAN NOT NULL DEFAULT FALSE;
-- What is deflated already is not to be compressed once more.
ALTER TABLE artefacts ALTER COLUMN bytes SET STORAGE EXTERNAL;

DROP TRIGGER artefacts_no_update ON artefacts;
CREATE TRIGGER artefacts_no_update BEFORE UPDATE ON artefacts FOR EACH ROW WHEN (NOT (
    OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.bytes IS NULL
    AND NEW.id = OLD.id
    AND NEW.rendition_id = OLD.rendition_id
    AND NEW.name = OLD.name
    AND NEW.media_type = OLD.media_type
    AND NEW.sha256 = OLD.sha256
    AND NEW.deflated = OLD.deflated
)) EXECUTE FUNCTION refuse_change();
