-- What an import brought to each table, and up to when (UTC seconds) the table is complete since; NULL where only look-ups
-- created rows.
CREATE TABLE import_tables (
    import_id BIGINT NOT NULL REFERENCES imports,
    table_name TEXT NOT NULL,
    system TEXT NOT NULL,
    new_rows BIGINT NOT NULL,
    changed_rows BIGINT NOT NULL,
    unchanged_rows BIGINT NOT NULL,
    back_rows BIGINT NOT NULL,
    gone_rows BIGINT NOT NULL,
    complete_until BIGINT,
    PRIMARY KEY (import_id, table_name)
);
CREATE INDEX import_tables_table_name ON import_tables (table_name);

-- Until now any import brought all tables up to date, and which it wrote is not known: so the newest stands for all of them.
INSERT INTO import_tables
SELECT imports.id, tables.name, '', 0, 0, 0, 0, 0, imports.imported_at
FROM imports, (
    SELECT 'partners' AS name
    UNION ALL SELECT 'reps'
    UNION ALL SELECT 'products'
    UNION ALL SELECT 'customers'
    UNION ALL SELECT 'leads'
    UNION ALL SELECT 'lead_offers'
    UNION ALL SELECT 'opportunities'
    UNION ALL SELECT 'orders'
    UNION ALL SELECT 'activities'
    UNION ALL SELECT 'targets'
    UNION ALL SELECT 'forecasts'
    UNION ALL SELECT 'costs'
    UNION ALL SELECT 'surveys'
    UNION ALL SELECT 'observations'
) AS tables
WHERE imports.id = (SELECT max(id) FROM imports);
