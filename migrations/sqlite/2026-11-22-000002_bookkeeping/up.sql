-- What Pegel keeps about its own work. Instants (…_at, …_until) are UTC seconds.

-- Every text a KPI script ever had, by its hash.
CREATE TABLE kpi_versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kpi TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    script TEXT NOT NULL,
    origin TEXT NOT NULL,
    author TEXT,
    created_at BIGINT NOT NULL,
    activated_at BIGINT,
    retired_at BIGINT,
    UNIQUE (kpi, sha256)
);

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

-- One row for each report, nominal period and revision, so that a week is reported once.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    report TEXT NOT NULL,
    period TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('claimed', 'failed', 'done')),
    attempts INTEGER NOT NULL,
    claimed_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    ended_at BIGINT,
    error TEXT,
    UNIQUE (report, period, revision)
);

CREATE TABLE editions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    run_id BIGINT NOT NULL UNIQUE REFERENCES runs,
    report TEXT NOT NULL,
    title TEXT NOT NULL,
    period TEXT NOT NULL,
    revision INTEGER NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    checksum TEXT NOT NULL,
    UNIQUE (report, period, revision)
);
CREATE INDEX editions_created_at ON editions (created_at);

-- The parts of an edition as they were stored and sent.
CREATE TABLE artefacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    edition_id BIGINT NOT NULL REFERENCES editions,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    UNIQUE (edition_id, name)
);

-- What an edition was made from: the hash of every script, template and configuration file.
CREATE TABLE edition_sources (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    edition_id BIGINT NOT NULL REFERENCES editions,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    UNIQUE (edition_id, kind, name)
);

-- The outbox: one row for each edition and recipient.
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    edition_id BIGINT NOT NULL REFERENCES editions,
    recipient TEXT NOT NULL,
    message_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'delivered', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    lease_until BIGINT,
    attempted_at BIGINT,
    delivered_at BIGINT,
    answer TEXT,
    UNIQUE (edition_id, recipient)
);
CREATE INDEX deliveries_waiting ON deliveries (due_at) WHERE state IN ('pending', 'sending');

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

-- Every import that was kept, with what became of its rows.
CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    file TEXT NOT NULL,
    mapping TEXT NOT NULL,
    imported_at BIGINT NOT NULL,
    new_rows BIGINT NOT NULL,
    changed_rows BIGINT NOT NULL,
    unchanged_rows BIGINT NOT NULL,
    rejected_rows BIGINT NOT NULL
);

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

-- The archive is evidence: what is stored of an edition is neither changed nor deleted.
CREATE TRIGGER editions_no_update BEFORE UPDATE ON editions
BEGIN SELECT RAISE(ABORT, 'editions is immutable'); END;
CREATE TRIGGER editions_no_delete BEFORE DELETE ON editions
BEGIN SELECT RAISE(ABORT, 'editions is immutable'); END;
CREATE TRIGGER artefacts_no_update BEFORE UPDATE ON artefacts
BEGIN SELECT RAISE(ABORT, 'artefacts is immutable'); END;
CREATE TRIGGER artefacts_no_delete BEFORE DELETE ON artefacts
BEGIN SELECT RAISE(ABORT, 'artefacts is immutable'); END;
CREATE TRIGGER edition_sources_no_update BEFORE UPDATE ON edition_sources
BEGIN SELECT RAISE(ABORT, 'edition_sources is immutable'); END;
CREATE TRIGGER edition_sources_no_delete BEFORE DELETE ON edition_sources
BEGIN SELECT RAISE(ABORT, 'edition_sources is immutable'); END;
