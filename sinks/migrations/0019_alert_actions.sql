-- What people did about an alert, and whose it is after that; of a silent source its name.
ALTER TABLE alerts ${ON_CLUSTER}
    ADD COLUMN IF NOT EXISTS source LowCardinality(String) AFTER open,
    ADD COLUMN IF NOT EXISTS action LowCardinality(String) AFTER source,
    ADD COLUMN IF NOT EXISTS actor LowCardinality(String) AFTER action,
    ADD COLUMN IF NOT EXISTS taken_by LowCardinality(String) AFTER actor,
    ADD COLUMN IF NOT EXISTS taken_until Int64 AFTER taken_by,
    ADD COLUMN IF NOT EXISTS offered_to LowCardinality(String) AFTER taken_until,
    ADD COLUMN IF NOT EXISTS snoozed_until Int64 AFTER offered_to,
    ADD COLUMN IF NOT EXISTS reason LowCardinality(String) AFTER snoozed_until,
    ADD COLUMN IF NOT EXISTS text String AFTER reason;

-- A view keeps the columns it was made with.
CREATE OR REPLACE VIEW alerts_current ${ON_CLUSTER} AS
SELECT * FROM alerts FINAL ORDER BY alert_id, sequence DESC LIMIT 1 BY alert_id;
