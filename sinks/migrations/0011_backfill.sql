-- Whether an event was filled in later: then it counts as recorded when it happened. Rows from before
-- say that it was not.
ALTER TABLE dossier_events ${ON_CLUSTER} ADD COLUMN IF NOT EXISTS backfill Bool AFTER madonvi;

-- A view keeps the columns it was made with.
CREATE OR REPLACE VIEW dossier_events_current ${ON_CLUSTER} AS
SELECT * FROM dossier_events FINAL;
