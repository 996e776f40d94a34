DROP TABLE import_tables;
