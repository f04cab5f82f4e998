-- What a dossier is like, the last in the order of facts: the first five of the tuple, then the one
-- that came first. Rows of one dossier merge to the largest. Read it through the view: parts of the
-- tuple that are read by themselves are not merged.
CREATE TABLE IF NOT EXISTS traits ${ON_CLUSTER}
(
    dossier_id String,
    timeline LowCardinality(String),
    newest SimpleAggregateFunction(max, Tuple(
        occurred_at DateTime64(3, 'UTC'),
        source String,
        source_seq Int64,
        event_id String,
        madonvi String,
        first_wins UInt64,
        channel Nullable(UInt8),
        paid_online Nullable(UInt8),
        fees Nullable(UInt32),
        fees_charged Nullable(UInt32),
        components Nullable(UInt32),
        components_with_file Nullable(UInt32),
        components_digitised Nullable(UInt32),
        components_reused Nullable(UInt32),
        components_from_store Nullable(UInt32),
        digitised Nullable(Bool),
        result_file Nullable(Bool),
        result_code Nullable(Bool),
        verified_account Nullable(Bool),
        databases_said Bool,
        databases Array(String),
        supplement_components_said Bool,
        supplement_components Array(String)
    ))
)
ENGINE = ${REPLICATED}AggregatingMergeTree
ORDER BY (dossier_id, timeline)
SETTINGS non_replicated_deduplication_window = 1000, concurrent_part_removal_threshold = 1000000;

-- NULL: not said.
CREATE OR REPLACE VIEW traits_current ${ON_CLUSTER} AS
WITH identity(newest) AS n
SELECT
    timeline,
    dossier_id,
    n.occurred_at AS occurred_at,
    n.source AS source,
    n.source_seq AS source_seq,
    n.event_id AS event_id,
    n.madonvi AS madonvi,
    18446744073709551615 - n.first_wins AS `offset`,
    n.channel AS channel,
    n.paid_online AS paid_online,
    n.fees AS fees,
    n.fees_charged AS fees_charged,
    n.components AS components,
    n.components_with_file AS components_with_file,
    n.components_digitised AS components_digitised,
    n.components_reused AS components_reused,
    n.components_from_store AS components_from_store,
    n.digitised AS digitised,
    n.result_file AS result_file,
    n.result_code AS result_code,
    n.verified_account AS verified_account,
    n.databases_said AS databases_said,
    n.databases AS databases,
    n.supplement_components_said AS supplement_components_said,
    n.supplement_components AS supplement_components
FROM traits FINAL;
