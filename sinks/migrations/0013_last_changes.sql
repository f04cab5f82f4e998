-- When a dossier's clock ran again, its due time was put off, and a date was rewritten, the last time
-- each. Rows from before say none of it until their dossier changes or the table is rebuilt.
ALTER TABLE dossiers ${ON_CLUSTER}
    ADD COLUMN IF NOT EXISTS resumed_at Nullable(DateTime64(3, 'UTC')) AFTER calendar,
    ADD COLUMN IF NOT EXISTS extended_at Nullable(DateTime64(3, 'UTC')) AFTER resumed_at,
    ADD COLUMN IF NOT EXISTS rewritten_at Nullable(DateTime64(3, 'UTC')) AFTER extended_at;

-- A view keeps the columns that its table had when it was made.
CREATE OR REPLACE VIEW dossiers_current ${ON_CLUSTER} AS
SELECT * FROM dossiers FINAL;
