-- The columns of the tables of a home's own (config/tables), which `pegel migrate` makes: what each holds is its kind, or
-- the table that it refers to. The database alone does not tell an instant from an amount.
CREATE TABLE own_columns (
    table_name TEXT NOT NULL,
    column_name TEXT NOT NULL,
    holds TEXT NOT NULL,
    PRIMARY KEY (table_name, column_name)
);
