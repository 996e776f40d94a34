DROP TABLE import_undo;
ALTER TABLE imports DROP COLUMN undoable;
ALTER TABLE imports DROP COLUMN undone_at;
ALTER TABLE imports DROP COLUMN system;
