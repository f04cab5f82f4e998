-- Whose hours a late dossier's were: one entry a holding, in order, in working milliseconds
-- (dossiers.reports.held_shares). Empty for what is not late. Rows from before have none until their
-- dossier changes or the table is rebuilt.
ALTER TABLE dossiers ${ON_CLUSTER}
    ADD COLUMN IF NOT EXISTS held_units Array(LowCardinality(String)) AFTER rewritten_at,
    ADD COLUMN IF NOT EXISTS held_officers Array(LowCardinality(String)) AFTER held_units,
    ADD COLUMN IF NOT EXISTS held_steps Array(LowCardinality(String)) AFTER held_officers,
    ADD COLUMN IF NOT EXISTS held_used Array(Int64) AFTER held_steps,
    ADD COLUMN IF NOT EXISTS held_limits Array(Int64) AFTER held_used,
    ADD COLUMN IF NOT EXISTS held_raw Array(Int64) AFTER held_limits,
    ADD COLUMN IF NOT EXISTS held_charges Array(Int64) AFTER held_raw,
    ADD COLUMN IF NOT EXISTS held_inherited Array(Int64) AFTER held_charges,
    ADD COLUMN IF NOT EXISTS late_work Int64 AFTER held_inherited,
    ADD COLUMN IF NOT EXISTS unassigned_work Int64 AFTER late_work,
    ADD COLUMN IF NOT EXISTS before_work Int64 AFTER unassigned_work,
    ADD COLUMN IF NOT EXISTS worked Int64 AFTER before_work,
    ADD COLUMN IF NOT EXISTS grows Bool AFTER worked;

-- A view keeps the columns that its table had when it was made.
CREATE OR REPLACE VIEW dossiers_current ${ON_CLUSTER} AS
SELECT * FROM dossiers FINAL;
