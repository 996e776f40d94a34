DROP TABLE kpi_health;
DROP TABLE activation_versions;
DROP TABLE activations;
DROP TABLE kpi_versions;

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
