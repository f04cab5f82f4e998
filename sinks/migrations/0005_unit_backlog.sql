-- What an alert about a unit saw: overdue dossiers among the open ones.
ALTER TABLE alerts ${ON_CLUSTER}
    ADD COLUMN IF NOT EXISTS overdue Int64 AFTER received_at,
    ADD COLUMN IF NOT EXISTS open Int64 AFTER overdue;

-- A view keeps the columns it was made with.
CREATE OR REPLACE VIEW alerts_current ${ON_CLUSTER} AS
SELECT * FROM alerts FINAL ORDER BY alert_id, sequence DESC LIMIT 1 BY alert_id;
