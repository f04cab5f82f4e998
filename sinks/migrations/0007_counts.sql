-- Counts of their own for stopped clocks, extensions, rewritten dates and step limits. Rows from
-- before say 0; when a worker takes its partitions over, every tally is sent again.
ALTER TABLE tallies ${ON_CLUSTER} ADD COLUMN IF NOT EXISTS `suspended` Int64 CODEC(Delta, ZSTD(1)) AFTER `flagged`;
ALTER TABLE tallies ${ON_CLUSTER} ADD COLUMN IF NOT EXISTS `extended` Int64 CODEC(Delta, ZSTD(1)) AFTER `suspended`;
ALTER TABLE tallies ${ON_CLUSTER} ADD COLUMN IF NOT EXISTS `rewritten` Int64 CODEC(Delta, ZSTD(1)) AFTER `extended`;
ALTER TABLE tallies ${ON_CLUSTER} ADD COLUMN IF NOT EXISTS `step_overdue` Int64 CODEC(Delta, ZSTD(1)) AFTER `rewritten`;

-- A view keeps the columns that its table had when it was made.
CREATE OR REPLACE VIEW tallies_current ${ON_CLUSTER} AS
SELECT * FROM tallies FINAL;
