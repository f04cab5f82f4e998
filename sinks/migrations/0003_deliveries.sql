-- What was tried to reach whom, for every transition of an alert. receiver is a digest of the
-- address, which itself stays in the reference data.
CREATE TABLE IF NOT EXISTS deliveries ${ON_CLUSTER}
(
    timeline LowCardinality(String),
    alert_id String,
    sequence Int64,
    channel LowCardinality(String),
    receiver LowCardinality(String),
    unit LowCardinality(String),
    attempt UInt32,
    outcome LowCardinality(String),
    detail LowCardinality(String),
    at DateTime64(3, 'UTC')
)
ENGINE = ${REPLICATED}ReplacingMergeTree
ORDER BY (alert_id, sequence, receiver, at, attempt)
SETTINGS non_replicated_deduplication_window = 1000;
