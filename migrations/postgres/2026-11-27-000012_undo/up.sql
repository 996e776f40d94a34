-- Whose rows an import brought, when it was taken back (UTC seconds), and whether it can be.
ALTER TABLE imports ADD COLUMN system TEXT NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN undone_at BIGINT;
ALTER TABLE imports ADD COLUMN undoable BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE imports SET system = coalesce(
    (SELECT max(brought.system) FROM import_tables AS brought WHERE brought.import_id = imports.id), ''
);

-- What the rows were that an import wrote, as JSON, of those imports that can be taken back. The rows from `row_id` to
-- `last_id` that it made are one row here, with NULL in `former`.
CREATE TABLE import_undo (
    import_id BIGINT NOT NULL REFERENCES imports,
    table_name TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    former TEXT,
    PRIMARY KEY (import_id, table_name, row_id)
);
