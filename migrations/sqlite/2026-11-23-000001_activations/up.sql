-- Which KPIs are in force, and since when. Instants (…_at) are UTC seconds.

-- Until now versions were kept of KPIs, and never written; from now on of files, since a file may declare several KPIs.
DROP TABLE kpi_versions;

-- Every text that a file of KPIs ever had: scripts below their names in kpis/, thresholds and calendar below theirs in
-- the home.
CREATE TABLE kpi_versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    text TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('built_in', 'home')),
    author TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (file, sha256)
);

-- The whole set of versions that came into force together; the latest is in force. files_sha256 tells which files were
-- found at that time, whether or not they are what was activated: after a rollback they are not.
CREATE TABLE activations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    activated_at BIGINT NOT NULL,
    author TEXT,
    origin TEXT NOT NULL CHECK (origin IN ('files', 'command', 'rollback')),
    forced_past INTEGER NOT NULL,
    files_sha256 TEXT NOT NULL,
    note TEXT
);

CREATE TABLE activation_versions (
    activation_id BIGINT NOT NULL REFERENCES activations,
    version_id BIGINT NOT NULL REFERENCES kpi_versions,
    PRIMARY KEY (activation_id, version_id)
);
CREATE INDEX activation_versions_version_id ON activation_versions (version_id);

-- How the latest computation of each KPI went, and its latest error.
CREATE TABLE kpi_health (
    kpi TEXT PRIMARY KEY NOT NULL,
    evaluated_at BIGINT NOT NULL,
    micros BIGINT,
    rows_read BIGINT,
    error TEXT,
    error_at BIGINT
);

-- What was in force is evidence, as editions are.
CREATE TRIGGER kpi_versions_no_update BEFORE UPDATE ON kpi_versions
BEGIN SELECT RAISE(ABORT, 'kpi_versions is immutable'); END;
CREATE TRIGGER kpi_versions_no_delete BEFORE DELETE ON kpi_versions
BEGIN SELECT RAISE(ABORT, 'kpi_versions is immutable'); END;
CREATE TRIGGER activations_no_update BEFORE UPDATE ON activations
BEGIN SELECT RAISE(ABORT, 'activations is immutable'); END;
CREATE TRIGGER activations_no_delete BEFORE DELETE ON activations
BEGIN SELECT RAISE(ABORT, 'activations is immutable'); END;
CREATE TRIGGER activation_versions_no_update BEFORE UPDATE ON activation_versions
BEGIN SELECT RAISE(ABORT, 'activation_versions is immutable'); END;
CREATE TRIGGER activation_versions_no_delete BEFORE DELETE ON activation_versions
BEGIN SELECT RAISE(ABORT, 'activation_versions is immutable'); END;
