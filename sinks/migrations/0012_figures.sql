-- What pages count and filter by. Rows from before say none of it until their dossier changes or the
-- table is rebuilt.
ALTER TABLE dossiers ${ON_CLUSTER}
    ADD COLUMN IF NOT EXISTS step_due_at Nullable(DateTime64(3, 'UTC')) AFTER facts,
    ADD COLUMN IF NOT EXISTS step_overdue Bool AFTER step_due_at,
    ADD COLUMN IF NOT EXISTS reopened_at Nullable(DateTime64(3, 'UTC')) AFTER step_overdue,
    ADD COLUMN IF NOT EXISTS extensions Int64 AFTER reopened_at,
    ADD COLUMN IF NOT EXISTS supplements UInt16 AFTER extensions,
    ADD COLUMN IF NOT EXISTS calendar LowCardinality(String) AFTER supplements;

-- A view keeps the columns that its table had when it was made.
CREATE OR REPLACE VIEW dossiers_current ${ON_CLUSTER} AS
SELECT * FROM dossiers FINAL;
