-- The first half of the recount: what counts of the raw events, and what is told of each dossier.
WITH
-- What the worker put aside as a dead letter never happened, unless it was sent again: then the
-- row of its first arrival stands for the second.
dead AS
(
    SELECT toUInt16(`partition`) AS p, toUInt64(`offset`) AS o
    FROM dead_letters FINAL
    WHERE timeline = {timeline:String} AND topic = 'dossier-events' AND `offset` >= 0
    GROUP BY `partition`, `offset`
    HAVING countIf(reason = 'replayed') = 0
),
-- FINAL leaves the first arrival of every (dossier, event id, madonvi).
taken AS
(
    SELECT * FROM dossier_events FINAL
    WHERE timeline = {timeline:String} AND (`partition`, `offset`) NOT IN (SELECT p, o FROM dead)
        AND dossier_id NOT IN {without:Array(String)}
        AND (empty({until:Array(UInt64)}) OR `offset` < {until:Array(UInt64)}[`partition` + 1])
),
-- What a portal showed, in its order. phase: 1 sent, 2 received, 3 ended; 0 for what takes more than
-- a look at one snapshot, such as a stop.
shown AS
(
    SELECT
        dossier_id, `partition`, unit, occurred_at,
        row_number() OVER (
            PARTITION BY dossier_id ORDER BY occurred_at, source, source_seq, event_id, madonvi
        ) AS place,
        JSONExtract(content, 'status', 'Nullable(Int32)') AS said,
        JSONExtractString(content, 'procedure') AS named,
        multiIf(
            JSONLength(content, 'supplements') > 0 OR officer != '' OR responsible != '', 0,
            said = 1, 1, said IN (2, 4), 2, said IN (3, 7, 9, 10), 3, 0
        ) AS phase,
        multiIf(said = 3, 'refused', said = 7, 'withdrawn', phase = 3, 'finished', '') AS ending,
        JSONExtract(content, 'accepted_at', 'Nullable(Int64)') AS accepted_at,
        JSONExtract(content, 'due_at', 'Nullable(Int64)') AS due_ms,
        JSONExtract(content, 'finished_at', 'Nullable(Int64)') AS finished_at,
        JSONExtract(content, 'refused_at', 'Nullable(Int64)') AS refused_at
    FROM taken WHERE kind = 'snapshot'
),
-- Dossiers of which the snapshots say the same as they go on, and nobody else says anything but who
-- did a step. All others are left out: what has happened to them follows from comparing snapshots.
plain AS
(
    SELECT
        dossier_id,
        any(`partition`) AS part,
        argMax(unit, place) AS last_unit,
        max(named) AS procedure,
        minIf(occurred_at, phase = 1) AS sent_at,
        any(accepted_at) AS accepted,
        anyIf(ending, phase = 3) AS outcome,
        countIf(phase = 2 OR ending = 'finished') > 0
            OR (outcome = 'withdrawn' AND accepted IS NOT NULL) AS is_received,
        -- Midnight means closing time, which is the calendar's business.
        anyIf(due_ms, said NOT IN (1, 3)) AS due_given,
        if(
            toHour(fromUnixTimestamp64Milli(assumeNotNull(due_given), {timezone:String})) = 0
                AND due_given % 3600000 = 0,
            NULL, due_given
        ) AS due,
        argMinIf(
            ifNull(if(ending = 'refused', ifNull(refused_at, finished_at), finished_at),
                   toUnixTimestamp64Milli(occurred_at)),
            place, phase = 3
        ) AS ended,
        -- The last moment at which the end, as it is dated now, had not been shown.
        maxIf(toUnixTimestamp64Milli(occurred_at), phase < 3) AS shown_open
    FROM shown
    WHERE dossier_id NOT IN (
        SELECT dossier_id FROM taken
        WHERE kind != 'snapshot' AND (kind != 'progressed' OR officer_name = '' OR unit != '')
    )
    GROUP BY dossier_id
    HAVING min(phase) > 0
        AND arraySort(groupArray((place, phase))).2 = arraySort(groupArray(phase))
        AND uniqExactIf(ending, phase = 3) <= 1
        AND uniqExactIf(accepted_at, accepted_at IS NOT NULL) <= 1
        AND uniqExactIf(named, named != '') <= 1
        AND countIf(accepted_at IS NULL AND (phase = 2 OR ending = 'finished')) = 0
        AND uniqExactIf(ifNull(due_ms, 0), said NOT IN (1, 3)) <= 1
        AND uniqExactIf(finished_at, finished_at IS NOT NULL) <= 1
        AND countIf(finished_at IS NULL AND ending = 'finished') = 0
),
accepted AS
(
    SELECT
        dossier_id, `partition`, kind, event_id, madonvi, source, source_seq, occurred_at,
        if(backfill, occurred_at, greatest(occurred_at, received_at)) AS recorded_at,
        unit, officer, officer_name, responsible, procedure, due_at, limit_amount IS NOT NULL AS has_limit,
        status, target, reason, 0 AS by_portal, toInt64(0) AS shown_open
    FROM taken
    WHERE dossier_id NOT IN (SELECT dossier_id FROM shown)
        OR (kind = 'progressed' AND dossier_id IN (SELECT dossier_id FROM plain))
    UNION ALL
    SELECT
        dossier_id, part, entry.1, toString(entry.4), '', '', entry.4,
        fromUnixTimestamp64Milli(assumeNotNull(entry.2), 'UTC') AS at, at,
        last_unit, '', '', '', procedure, fromUnixTimestamp64Milli(entry.3, 'UTC'),
        due_given IS NOT NULL AND due IS NULL, NULL, '', '', 1, shown_open
    FROM plain
    ARRAY JOIN arrayFilter(
        entry -> entry.1 != '',
        [
            (if(is_received, '', 'submitted'), toNullable(toUnixTimestamp64Milli(sent_at)),
             CAST(NULL, 'Nullable(Int64)'), 1),
            (if(is_received, 'received', ''), accepted, due, 2),
            (outcome, toNullable(ended), CAST(NULL, 'Nullable(Int64)'), 3)
        ]
    ) AS entry
),
-- act: which reference data judges, that of the end or, of an open dossier, the present one. rule:
-- of its rules those of the day of reception, before it of the fact's own. n: the place in the
-- order of facts.
valid AS
(
    SELECT
        *,
        minIf(occurred_at, kind = 'received') OVER (PARTITION BY dossier_id) AS first_received,
        countIf(kind = 'received') OVER (PARTITION BY dossier_id) > 0 AS has_reception,
        minIf(occurred_at, kind IN ('finished', 'withdrawn', 'refused'))
            OVER (PARTITION BY dossier_id) AS first_end,
        countIf(kind IN ('finished', 'withdrawn', 'refused'))
            OVER (PARTITION BY dossier_id) > 0 AS has_end,
        if(
            has_end,
            greatest(1, arrayLastIndex(
                since -> since <= toUnixTimestamp64Milli(first_end), {judge_since:Array(Int64)}
            )),
            {judge_now:UInt32}
        ) AS act,
        arrayLastIndex(
            since -> since <= toUnixTimestamp64Milli(
                if(has_reception, least(occurred_at, first_received), occurred_at)
            ),
            {rule_since:Array(Array(Int64))}[act]
        ) AS rule
    FROM accepted
    WHERE (dossier_id, madonvi, event_id) NOT IN
        (SELECT dossier_id, madonvi, target FROM accepted WHERE kind = 'voided')
),
facts AS
(
    SELECT
        dossier_id, `partition`, kind, occurred_at, unit, officer, officer_name, responsible,
        reason, act, rule, by_portal, shown_open, procedure, has_limit,
        kind IN ('finished', 'withdrawn', 'refused') AS ends,
        kind = 'suspended' AND (
            status IN (5, 6)
            OR (status = 8 AND {rule_stops_8:Array(Array(UInt8))}[act][rule] = 1)
        ) AS stops,
        toUInt32(row_number() OVER (
            PARTITION BY dossier_id ORDER BY occurred_at, source, source_seq, event_id, madonvi
        )) AS n,
        toUnixTimestamp64Milli(occurred_at) AS at,
        toUnixTimestamp64Milli(recorded_at) AS recorded,
        -- Without one a time that nothing has.
        ifNull(toUnixTimestamp64Milli(due_at), -9000000000000) AS due,
        toUnixTimestamp64Milli(toDateTime64(
            toDate(occurred_at, {timezone:String}) + 1, 3, {timezone:String}
        )) - 1 AS day_end,
        ifNull(toUnixTimestamp64Milli(toDateTime64(
            toDate(due_at, {timezone:String}) + 1, 3, {timezone:String}
        )) - 1, -9000000000000) AS due_day_end
    FROM valid
),
-- The first end counts.
placed AS
(
    SELECT
        *,
        min(if(ends, n, 4294967295)) OVER (PARTITION BY dossier_id) AS end_n,
        min(if(ends, at, 9000000000000)) OVER (PARTITION BY dossier_id) AS end_at,
        min(if(kind = 'received', n, 4294967295)) OVER (PARTITION BY dossier_id) AS received_n,
        multiIf(
            n = received_n, 1, kind = 'due_set', 2, kind = 'resumed', 3, stops, 4, ends, 5, 0
        ) AS code
    FROM facts
),
told AS
(
    SELECT
        dossier_id,
        -- One instant for all, or one a partition.
        {as_of:Array(Int64)}[least(any(`partition`) + 1, length({as_of:Array(Int64)}))] AS as_of,
        argMaxIf(unit, n, unit != '') AS last_unit,
        argMaxIf(responsible, n, responsible != '') AS last_responsible,
        argMaxIf(officer, n, officer != '') AS last_officer,
        countIf(officer_name != '') > 0 AS by_name,
        any(act) AS judge,
        max(by_portal) AS is_shown,
        max(shown_open) AS open_until,
        countIf(kind = 'received') > 0 AS received,
        countIf(kind = 'submitted') > 0 AS submitted,
        if(received, anyIf(rule, n = received_n), 1) AS own_rule,
        minIf(at, n = received_n) AS received_ms,
        any(received_n) AS reception_n,
        any(end_n) AS last_n,
        anyIf(kind, n = end_n) AS outcome,
        any(end_at) AS end_ms,
        -- Whether something limits it that only the calendar can turn into a due time.
        if(
            anyIf(procedure, n = received_n) != '', anyIf(procedure, n = received_n),
            argMinIf(procedure, n, kind = 'submitted' AND n < received_n)
        ) AS of_procedure,
        anyIf(has_limit, n = received_n) = 1
            OR {rule_all_limited:Array(Array(UInt8))}[judge][own_rule] = 1
            OR has({rule_limited:Array(Array(Array(String)))}[judge][own_rule], of_procedure)
            AS is_limited,
        -- Then the first due time in the table need not be the end of that limit.
        countIf(code IN (2, 3) AND due != -9000000000000 AND n < least(received_n, end_n)) > 0
            AS named_before,
        groupArrayIf(n, kind = 'due_set' AND reason = 'extension') AS extensions,
        countIf(kind = 'reopened' AND n > end_n) > 0 AS was_reopened,
        argMaxIf(kind, n, n > end_n AND (ends OR kind = 'reopened')) = 'reopened' AS is_reopened,
        arraySort(groupArrayIf(
            (n, toUInt8(code), at, recorded, due, due_day_end, day_end, reason = 'correction'),
            code > 0
        )) AS steps
    FROM placed
    GROUP BY dossier_id
),
