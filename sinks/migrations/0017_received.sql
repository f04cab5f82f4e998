-- What came lately is found without reading all times of the table: page /data asks for the last weeks and the present
-- day. Parts from before have no index until they are merged.
ALTER TABLE dossier_events ${ON_CLUSTER}
    ADD INDEX IF NOT EXISTS received_range received_at TYPE minmax GRANULARITY 1;
