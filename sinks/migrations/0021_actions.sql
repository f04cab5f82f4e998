-- What people did about a dossier's alerts, as its state has it (JSON), in order.
ALTER TABLE dossiers ${ON_CLUSTER}
    ADD COLUMN IF NOT EXISTS actions String CODEC(ZSTD(3)) AFTER alerts;
