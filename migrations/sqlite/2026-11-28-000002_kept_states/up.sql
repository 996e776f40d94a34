-- States that were computed of facts, so that these are not read again: of what `mark` stands for (a measure, in a breakdown,
-- by the rules in force), over the dates from `slice_from` to `slice_until`, as seen at any instant from `seen_from` to
-- `seen_until`. They were right when `generation` transactions had written facts (see `touched`). Whatever is here can be
-- computed anew: those that nobody asked for since the day `used_on` go when there are too many.
CREATE TABLE kept_states (
    id INTEGER PRIMARY KEY NOT NULL,
    mark TEXT NOT NULL,
    slice_from BIGINT NOT NULL,
    slice_until BIGINT NOT NULL,
    seen_from BIGINT NOT NULL,
    seen_until BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    used_on BIGINT NOT NULL,
    size BIGINT NOT NULL,
    states BLOB NOT NULL,
    UNIQUE (mark, slice_from, slice_until, seen_from)
);
CREATE INDEX kept_states_used ON kept_states (used_on, size);
CREATE INDEX kept_states_generation ON kept_states (generation);

-- How many slices of time of a KPI's measures were computed of rows, and how many were kept, when it was computed last.
ALTER TABLE kpi_health ADD COLUMN slices_computed BIGINT;
ALTER TABLE kpi_health ADD COLUMN slices_kept BIGINT;
