-- In what amounts are counted, recorded by the first who writes any: one row, or none. digits is how many digits after the
-- point are stored (2: hundredths); code is unknown of amounts that were written before this was recorded.
CREATE TABLE currency (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    code TEXT,
    digits INTEGER NOT NULL
);

-- Until now all amounts were hundredths.
INSERT INTO currency (id, digits)
SELECT 1, 2
WHERE EXISTS (SELECT 1 FROM products)
    OR EXISTS (SELECT 1 FROM leads)
    OR EXISTS (SELECT 1 FROM opportunities)
    OR EXISTS (SELECT 1 FROM opportunity_changes)
    OR EXISTS (SELECT 1 FROM orders)
    OR EXISTS (SELECT 1 FROM targets)
    OR EXISTS (SELECT 1 FROM forecasts)
    OR EXISTS (SELECT 1 FROM costs);
