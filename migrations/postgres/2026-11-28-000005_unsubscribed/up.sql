-- Who wants no more mails of a report, by bare address in small letters, and since when (UTC seconds).
CREATE TABLE unsubscribed (
    report TEXT NOT NULL,
    address TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (report, address)
);

-- What links to unsubscribe are signed with, so that nobody else can make one: one row, made at first need.
CREATE TABLE link_key (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    secret BYTEA NOT NULL
);

-- A mail to who wants none is on record as such, and to which address its recipient may answer.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_state_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_state_check
    CHECK (state IN ('pending', 'sending', 'delivered', 'failed', 'unsubscribed'));
ALTER TABLE deliveries ADD COLUMN reply_to TEXT;
