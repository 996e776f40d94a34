DROP TABLE own_columns;
