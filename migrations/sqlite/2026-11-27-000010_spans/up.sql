-- What a text of a row held from when on (UTC seconds), where that differs over time: the region of a partner who moved.
-- NULL in `value`: nothing. The newest is what the row itself holds.
CREATE TABLE spans (
    table_name TEXT NOT NULL,
    column_name TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    held_from BIGINT NOT NULL,
    value TEXT,
    PRIMARY KEY (table_name, column_name, row_id, held_from)
);
