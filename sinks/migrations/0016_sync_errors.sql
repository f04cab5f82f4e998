-- Errors that one-stop systems met with ministries' systems, as their senders report them. An error
-- that is reported again is the same row, the first report of it.
CREATE TABLE IF NOT EXISTS sync_errors ${ON_CLUSTER}
(
    timeline LowCardinality(String),
    error_id String,
    system LowCardinality(String),
    dossier_id String,
    code LowCardinality(String),
    at DateTime64(3, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    madonvi LowCardinality(String),
    `offset` UInt64,
    first_wins UInt64 MATERIALIZED 18446744073709551615 - `offset`
)
ENGINE = ${REPLICATED}ReplacingMergeTree(first_wins)
ORDER BY (at, error_id)
SETTINGS non_replicated_deduplication_window = 1000, concurrent_part_removal_threshold = 1000000;
