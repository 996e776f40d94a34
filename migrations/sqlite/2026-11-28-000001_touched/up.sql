-- Counts the transactions that wrote facts: as long as it stays the same, so does every figure that facts alone decide. One
-- row.
CREATE TABLE fact_generation (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    number BIGINT NOT NULL
);
INSERT INTO fact_generation (id, number) VALUES (1, 0);

-- What these transactions touched, so that a figure that was kept is counted anew only if something of its days changed. A
-- row of `table_name` that has that `day` (days since 1970) in that date, or had it before, was written by `generation`, the
-- newest that did. `by_date` is a column (`created_at`), or one of the row that a reference leads to (`lead.created_at`);
-- '' with day 0 stands for all rows, those without dates too. `what` is the column that changed; '' if the row came, went
-- or came back; '*' if anything may have changed.
CREATE TABLE touched (
    table_name TEXT NOT NULL,
    by_date TEXT NOT NULL,
    day BIGINT NOT NULL,
    what TEXT NOT NULL,
    generation BIGINT NOT NULL,
    PRIMARY KEY (table_name, by_date, day, what)
);
CREATE INDEX touched_generation ON touched (generation);
