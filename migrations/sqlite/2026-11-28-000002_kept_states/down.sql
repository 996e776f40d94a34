ALTER TABLE kpi_health DROP COLUMN slices_kept;
ALTER TABLE kpi_health DROP COLUMN slices_computed;
DROP TABLE kept_states;
