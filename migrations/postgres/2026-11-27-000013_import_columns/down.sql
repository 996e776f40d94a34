ALTER TABLE import_tables DROP COLUMN brought;
