-- Which columns and attributes of a table an import brought, as a JSON array of names; empty where that was not recorded.
ALTER TABLE import_tables ADD COLUMN brought TEXT NOT NULL DEFAULT '[]';
