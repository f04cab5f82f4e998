-- Officers that a portal knows by name only, and what it showed of a dossier (JSON).
ALTER TABLE dossier_events ${ON_CLUSTER}
    ADD COLUMN IF NOT EXISTS officer_name LowCardinality(String) AFTER reason,
    ADD COLUMN IF NOT EXISTS content String AFTER officer_name;

-- A view keeps the columns it was made with.
CREATE OR REPLACE VIEW dossier_events_current ${ON_CLUSTER} AS
SELECT * FROM dossier_events FINAL;
