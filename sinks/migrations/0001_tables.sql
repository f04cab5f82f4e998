-- One row a record of the topics. Every table is a ReplacingMergeTree, because a batch may be
-- delivered again: readers use FINAL. Times are UTC milliseconds.

-- The first arrival of an event counts, as in the fold; a row with the lower offset must win a
-- merge, hence the inverted version.
CREATE TABLE IF NOT EXISTS dossier_events ${ON_CLUSTER}
(
    timeline LowCardinality(String),
    `partition` UInt16,
    `offset` UInt64,
    event_id String,
    dossier_id String,
    kind LowCardinality(String),
    occurred_at DateTime64(3, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    source_seq Int64,
    unit LowCardinality(String),
    officer LowCardinality(String),
    responsible LowCardinality(String),
    step LowCardinality(String),
    procedure LowCardinality(String),
    due_at Nullable(DateTime64(3, 'UTC')),
    limit_amount Nullable(Int32),
    limit_unit LowCardinality(String),
    status Nullable(Int32),
    target String,
    reason LowCardinality(String),
    first_wins UInt64 MATERIALIZED 18446744073709551615 - `offset`
)
ENGINE = ${REPLICATED}ReplacingMergeTree(first_wins)
ORDER BY (dossier_id, event_id)
SETTINGS non_replicated_deduplication_window = 1000;

-- The newest header of every dossier. A tombstone in the topic removes nothing here.
CREATE TABLE IF NOT EXISTS dossiers ${ON_CLUSTER}
(
    timeline LowCardinality(String),
    epoch Int64,
    `offset` Int64,
    dossier_id String,
    as_of DateTime64(3, 'UTC'),
    standing LowCardinality(String),
    unit LowCardinality(String),
    officer LowCardinality(String),
    step LowCardinality(String),
    procedure LowCardinality(String),
    scopes Array(LowCardinality(String)),
    submitted_at Nullable(DateTime64(3, 'UTC')),
    received_at Nullable(DateTime64(3, 'UTC')),
    due_at Nullable(DateTime64(3, 'UTC')),
    first_due_at Nullable(DateTime64(3, 'UTC')),
    stopped_at Nullable(DateTime64(3, 'UTC')),
    outcome LowCardinality(String),
    finished_at Nullable(DateTime64(3, 'UTC')),
    breached_at Nullable(DateTime64(3, 'UTC')),
    due_soon Bool,
    late_reception Bool,
    late_reception_at Nullable(DateTime64(3, 'UTC')),
    next_at Nullable(DateTime64(3, 'UTC')),
    flags Array(LowCardinality(String)),
    alerts String CODEC(ZSTD(1)),
    version UInt64
)
ENGINE = ${REPLICATED}ReplacingMergeTree(version)
ORDER BY dossier_id
SETTINGS non_replicated_deduplication_window = 1000;

-- Absolute values, one row a scope and minute in which it changed: carry the last one forward.
-- The columns after version are dossiers.vector.FIELDS, in that order.
CREATE TABLE IF NOT EXISTS tallies ${ON_CLUSTER}
(
    timeline LowCardinality(String),
    scope LowCardinality(String),
    minute DateTime('UTC'),
    now DateTime64(3, 'UTC'),
    version UInt64,
    `total` Int64 CODEC(Delta, ZSTD(1)),
    `open` Int64 CODEC(Delta, ZSTD(1)),
    `within` Int64 CODEC(Delta, ZSTD(1)),
    `waiting` Int64 CODEC(Delta, ZSTD(1)),
    `due_soon` Int64 CODEC(Delta, ZSTD(1)),
    `overdue` Int64 CODEC(Delta, ZSTD(1)),
    `early` Int64 CODEC(Delta, ZSTD(1)),
    `on_time` Int64 CODEC(Delta, ZSTD(1)),
    `late` Int64 CODEC(Delta, ZSTD(1)),
    `no_due` Int64 CODEC(Delta, ZSTD(1)),
    `refused` Int64 CODEC(Delta, ZSTD(1)),
    `withdrawn` Int64 CODEC(Delta, ZSTD(1)),
    `pending` Int64 CODEC(Delta, ZSTD(1)),
    `late_receptions` Int64 CODEC(Delta, ZSTD(1)),
    `flagged` Int64 CODEC(Delta, ZSTD(1)),
    `received_1h` Int64 CODEC(Delta, ZSTD(1)),
    `early_1h` Int64 CODEC(Delta, ZSTD(1)),
    `on_time_1h` Int64 CODEC(Delta, ZSTD(1)),
    `late_1h` Int64 CODEC(Delta, ZSTD(1)),
    `no_due_1h` Int64 CODEC(Delta, ZSTD(1)),
    `newly_overdue_1h` Int64 CODEC(Delta, ZSTD(1)),
    `late_receptions_1h` Int64 CODEC(Delta, ZSTD(1)),
    `received_24h` Int64 CODEC(Delta, ZSTD(1)),
    `early_24h` Int64 CODEC(Delta, ZSTD(1)),
    `on_time_24h` Int64 CODEC(Delta, ZSTD(1)),
    `late_24h` Int64 CODEC(Delta, ZSTD(1)),
    `no_due_24h` Int64 CODEC(Delta, ZSTD(1)),
    `newly_overdue_24h` Int64 CODEC(Delta, ZSTD(1)),
    `late_receptions_24h` Int64 CODEC(Delta, ZSTD(1)),
    `received_7d` Int64 CODEC(Delta, ZSTD(1)),
    `early_7d` Int64 CODEC(Delta, ZSTD(1)),
    `on_time_7d` Int64 CODEC(Delta, ZSTD(1)),
    `late_7d` Int64 CODEC(Delta, ZSTD(1)),
    `no_due_7d` Int64 CODEC(Delta, ZSTD(1)),
    `newly_overdue_7d` Int64 CODEC(Delta, ZSTD(1)),
    `late_receptions_7d` Int64 CODEC(Delta, ZSTD(1)),
    `received_30d` Int64 CODEC(Delta, ZSTD(1)),
    `early_30d` Int64 CODEC(Delta, ZSTD(1)),
    `on_time_30d` Int64 CODEC(Delta, ZSTD(1)),
    `late_30d` Int64 CODEC(Delta, ZSTD(1)),
    `no_due_30d` Int64 CODEC(Delta, ZSTD(1)),
    `newly_overdue_30d` Int64 CODEC(Delta, ZSTD(1)),
    `late_receptions_30d` Int64 CODEC(Delta, ZSTD(1)),
    `received_month` Int64 CODEC(Delta, ZSTD(1)),
    `early_month` Int64 CODEC(Delta, ZSTD(1)),
    `on_time_month` Int64 CODEC(Delta, ZSTD(1)),
    `late_month` Int64 CODEC(Delta, ZSTD(1)),
    `no_due_month` Int64 CODEC(Delta, ZSTD(1)),
    `newly_overdue_month` Int64 CODEC(Delta, ZSTD(1)),
    `late_receptions_month` Int64 CODEC(Delta, ZSTD(1))
)
ENGINE = ${REPLICATED}ReplacingMergeTree(version)
ORDER BY (scope, minute)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS alerts ${ON_CLUSTER}
(
    timeline LowCardinality(String),
    alert_id String,
    sequence Int64,
    kind LowCardinality(String),
    level Int32,
    transition LowCardinality(String),
    dossier_id String,
    unit LowCardinality(String),
    officer LowCardinality(String),
    step LowCardinality(String),
    procedure LowCardinality(String),
    due_at DateTime64(3, 'UTC'),
    detected_at DateTime64(3, 'UTC'),
    occurred_at DateTime64(3, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    version UInt64
)
ENGINE = ${REPLICATED}ReplacingMergeTree(version)
ORDER BY (alert_id, sequence)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS dead_letters ${ON_CLUSTER}
(
    timeline LowCardinality(String),
    reason LowCardinality(String),
    detail String,
    source LowCardinality(String),
    topic LowCardinality(String),
    `partition` Int32,
    `offset` Int64,
    detected_at DateTime64(3, 'UTC'),
    key String,
    payload String CODEC(ZSTD(1)),
    dl_partition UInt16,
    dl_offset UInt64
)
ENGINE = ${REPLICATED}ReplacingMergeTree
ORDER BY (dl_partition, dl_offset)
SETTINGS non_replicated_deduplication_window = 1000;

-- Which time line this database holds, and the name its consumer groups carry: a new, empty
-- database gets a new name and is filled from the topics' beginning.
CREATE TABLE IF NOT EXISTS sink_timeline ${ON_CLUSTER}
(
    timeline String,
    sink_id String,
    created_at DateTime64(3, 'UTC')
)
ENGINE = ${REPLICATED}MergeTree
ORDER BY (created_at, sink_id);
