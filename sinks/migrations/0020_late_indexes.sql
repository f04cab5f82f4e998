-- By what pages ask of late dossiers: where and by whom they were held; and what was received in a
-- window. Parts from before have none until they are merged.
ALTER TABLE dossiers ${ON_CLUSTER}
    ADD INDEX IF NOT EXISTS by_holding_unit held_units TYPE bloom_filter(0.01) GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_holding_officer held_officers TYPE bloom_filter(0.01) GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_reception received_at TYPE minmax GRANULARITY 1;
