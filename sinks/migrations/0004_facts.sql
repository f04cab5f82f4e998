-- The facts of a dossier as the changelog has them (JSON): what an explanation and the late list are
-- computed from. Rows from before have none until their dossier changes or the table is rebuilt.
ALTER TABLE dossiers ${ON_CLUSTER} ADD COLUMN IF NOT EXISTS facts String DEFAULT '[]' CODEC(ZSTD(3)) AFTER alerts;
