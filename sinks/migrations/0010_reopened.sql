-- Counts of reopened and of backdated dossiers. Rows from before say 0; when a worker takes its
-- partitions over, every tally is sent again.
ALTER TABLE tallies ${ON_CLUSTER} ADD COLUMN IF NOT EXISTS `reopened` Int64 CODEC(Delta, ZSTD(1)) AFTER `step_overdue`;
ALTER TABLE tallies ${ON_CLUSTER} ADD COLUMN IF NOT EXISTS `backdated` Int64 CODEC(Delta, ZSTD(1)) AFTER `reopened`;

-- A view keeps the columns that its table had when it was made.
CREATE OR REPLACE VIEW tallies_current ${ON_CLUSTER} AS
SELECT * FROM tallies FINAL;
