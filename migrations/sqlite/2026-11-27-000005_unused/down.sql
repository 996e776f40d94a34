-- Thresholds set in the web pages, each for a scope (JSON) and a time.
CREATE TABLE thresholds (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kpi TEXT NOT NULL,
    scope TEXT NOT NULL DEFAULT '{}',
    warning DOUBLE PRECISION,
    critical DOUBLE PRECISION,
    min_sample BIGINT,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT,
    author TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX thresholds_kpi ON thresholds (kpi);

CREATE TABLE schedules (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    report TEXT NOT NULL UNIQUE,
    expression TEXT NOT NULL,
    zone TEXT NOT NULL,
    last_due_at BIGINT,
    next_due_at BIGINT
);

-- A threshold that is broken, from the first period to the recovery.
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kpi TEXT NOT NULL,
    dimension TEXT,
    group_label TEXT,
    state TEXT NOT NULL CHECK (state IN ('warning', 'critical')),
    period TEXT NOT NULL,
    since_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by TEXT,
    muted_until BIGINT,
    ended_at BIGINT
);
CREATE INDEX alerts_kpi ON alerts (kpi);

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    email TEXT NOT NULL UNIQUE CHECK (email <> ''),
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT NOT NULL DEFAULT '{}',
    password_hash TEXT,
    locale TEXT,
    zone TEXT,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);

-- Sessions and tokens are kept as hashes only.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users,
    token_sha256 TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user_id ON sessions (user_id);

CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users,
    name TEXT NOT NULL,
    token_sha256 TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    expires_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX tokens_user_id ON tokens (user_id);

-- Who did what; details as JSON.
CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    occurred_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_occurred_at ON audit_log (occurred_at);
