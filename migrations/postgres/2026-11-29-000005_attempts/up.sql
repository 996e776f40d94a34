-- Every attempt to hand a mail over, as it ended. A mail that is sent again begins anew at attempt 1; `at` (UTC seconds) tells
-- them apart. Deliveries are never deleted; no foreign key says so, since SQLite lets nobody rebuild a table that one leads to.
CREATE TABLE delivery_attempts (
    delivery_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'postponed', 'given_up')),
    answer TEXT NOT NULL,
    PRIMARY KEY (delivery_id, at, attempt)
);
