-- For which unit an event was sent. An event id is one within a madonvi only, so the sort key, by
-- which rows replace each other, ends with it. Rows from before have none, as their events.
ALTER TABLE dossier_events ${ON_CLUSTER}
    ADD COLUMN IF NOT EXISTS madonvi LowCardinality(String) AFTER content,
    MODIFY ORDER BY (dossier_id, event_id, madonvi);

-- A view keeps the columns it was made with.
CREATE OR REPLACE VIEW dossier_events_current ${ON_CLUSTER} AS
SELECT * FROM dossier_events FINAL;
