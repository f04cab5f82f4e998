-- What pages count and list, in the order in which they ask for it: what is open (end_month 0), then
-- what has ended by the month of its end (yyyymm, by clocks seven hours ahead of UTC). So a question
-- merges the rows of its months only. To what ended before something else that its row tells, a
-- rewritten date for example, no month is certain: it stays with what is open (unsettled). A row
-- that leaves its place leaves one there that says so (is_gone); among the unsettled ones those are
-- removed from time to time.
CREATE TABLE IF NOT EXISTS dossiers_by_end ${ON_CLUSTER}
(
    unsettled Bool,
    end_month UInt32,
    dossier_id String,
    timeline LowCardinality(String),
    epoch Int64,
    `offset` Int64,
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
    step_due_at Nullable(DateTime64(3, 'UTC')),
    step_overdue Bool,
    reopened_at Nullable(DateTime64(3, 'UTC')),
    extensions Int64,
    supplements UInt16,
    calendar LowCardinality(String),
    resumed_at Nullable(DateTime64(3, 'UTC')),
    extended_at Nullable(DateTime64(3, 'UTC')),
    rewritten_at Nullable(DateTime64(3, 'UTC')),
    held_units Array(LowCardinality(String)),
    held_officers Array(LowCardinality(String)),
    held_steps Array(LowCardinality(String)),
    held_used Array(Int64),
    held_limits Array(Int64),
    held_raw Array(Int64),
    held_charges Array(Int64),
    held_inherited Array(Int64),
    late_work Int64,
    unassigned_work Int64,
    before_work Int64,
    worked Int64,
    grows Bool,
    version UInt64,
    is_gone UInt8,
    INDEX by_scope scopes TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_standing standing TYPE set(12) GRANULARITY 1,
    INDEX by_end finished_at TYPE minmax GRANULARITY 1,
    INDEX by_breach breached_at TYPE minmax GRANULARITY 1,
    INDEX by_reception received_at TYPE minmax GRANULARITY 1,
    INDEX by_holding_unit held_units TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_holding_officer held_officers TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ${REPLICATED}ReplacingMergeTree(version, is_gone)
PARTITION BY unsettled
ORDER BY (unsettled, end_month, dossier_id)
SETTINGS non_replicated_deduplication_window = 1000, concurrent_part_removal_threshold = 1000000,
    allow_experimental_replacing_merge_with_cleanup = 1;

-- What the database has already.
INSERT INTO dossiers_by_end (
    unsettled, end_month,
    timeline, epoch, `offset`, dossier_id, as_of, standing, unit, officer, step, procedure,
    scopes, submitted_at, received_at, due_at, first_due_at, stopped_at, outcome, finished_at,
    breached_at, due_soon, late_reception, late_reception_at, next_at, flags, step_due_at,
    step_overdue, reopened_at, extensions, supplements, calendar, resumed_at, extended_at,
    rewritten_at, held_units, held_officers, held_steps, held_used, held_limits, held_raw,
    held_charges, held_inherited, late_work, unassigned_work, before_work, worked, grows,
    version, is_gone
)
SELECT
    end_month = 0 AS unsettled,
    if(isNull(d.finished_at) OR arrayMax(at -> ifNull(toYYYYMM(at + INTERVAL 7 HOUR), 0), [
        d.submitted_at, d.received_at, d.breached_at, d.late_reception_at,
        d.resumed_at, d.extended_at, d.rewritten_at
    ]) > toYYYYMM(assumeNotNull(d.finished_at) + INTERVAL 7 HOUR),
        0, toYYYYMM(assumeNotNull(d.finished_at) + INTERVAL 7 HOUR)) AS end_month,
    timeline, epoch, `offset`, dossier_id, as_of, standing, unit, officer, step, procedure,
    scopes, submitted_at, received_at, due_at, first_due_at, stopped_at, outcome, finished_at,
    breached_at, due_soon, late_reception, late_reception_at, next_at, flags, step_due_at,
    step_overdue, reopened_at, extensions, supplements, calendar, resumed_at, extended_at,
    rewritten_at, held_units, held_officers, held_steps, held_used, held_limits, held_raw,
    held_charges, held_inherited, late_work, unassigned_work, before_work, worked, grows,
    version, 0
FROM dossiers AS d FINAL
SETTINGS max_insert_block_size = 100000, min_insert_block_size_rows = 100000,
    min_insert_block_size_bytes = 67108864, max_block_size = 16384;
