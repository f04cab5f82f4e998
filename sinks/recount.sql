-- Recount of all dossiers from the raw events, as of one instant: the same rules as the fold's,
-- told in SQL. One row for each (unit, officer, standing).
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
-- FINAL leaves the first arrival of every (dossier, event id).
taken AS
(
    SELECT * FROM dossier_events FINAL
    WHERE timeline = {timeline:String} AND (`partition`, `offset`) NOT IN (SELECT p, o FROM dead)
        AND (empty({until:Array(UInt64)}) OR `offset` < {until:Array(UInt64)}[`partition` + 1])
),
-- What snapshots say follows from comparing them, and officers from matching their names: neither
-- is done here, so such dossiers are left out.
accepted AS
(
    SELECT * FROM taken WHERE dossier_id NOT IN
        (SELECT dossier_id FROM taken WHERE kind = 'snapshot' OR officer_name != '')
),
-- n: the place in the order of facts. rule: of the day of reception, before it of the fact's own.
valid AS
(
    SELECT
        *,
        minIf(occurred_at, kind = 'received') OVER (PARTITION BY dossier_id) AS first_received,
        countIf(kind = 'received') OVER (PARTITION BY dossier_id) > 0 AS has_reception,
        arrayLastIndex(
            since -> since <= toUnixTimestamp64Milli(
                if(has_reception, least(occurred_at, first_received), occurred_at)
            ),
            {rule_since:Array(Int64)}
        ) AS rule
    FROM accepted
    WHERE (dossier_id, event_id) NOT IN
        (SELECT dossier_id, target FROM accepted WHERE kind = 'voided')
),
facts AS
(
    SELECT
        dossier_id, `partition`, kind, occurred_at, unit, officer, responsible, due_at, reason,
        kind IN ('finished', 'withdrawn', 'refused') AS ends,
        kind = 'suspended' AND (status != 8 OR {rule_stops_8:Array(UInt8)}[rule] = 1) AS stops,
        row_number() OVER (
            PARTITION BY dossier_id ORDER BY occurred_at, source, source_seq, event_id
        ) AS n
    FROM valid
),
-- The first end counts. Before it the dossier can be stopped, resumed and given a new due time.
placed AS
(
    SELECT
        *,
        min(if(ends, n, 4294967295)) OVER (PARTITION BY dossier_id) AS end_n,
        n < end_n AS before_end,
        kind IN ('due_set', 'resumed') AND due_at IS NOT NULL AND n < end_n AS sets_due
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
        countIf(kind = 'received') > 0 AS received,
        countIf(kind = 'submitted') > 0 AS submitted,
        arrayLastIndex(
            since -> since <= toUnixTimestamp64Milli(minIf(occurred_at, kind = 'received')),
            {rule_since:Array(Int64)}
        ) AS rule,
        -- In a tuple, because aggregates pass over NULL and the first reception may have no due.
        argMinIf(tuple(due_at), n, kind = 'received').1 AS reception_due,
        maxIf(n, sets_due) AS set_n,
        argMaxIf(due_at, n, sets_due) AS set_due,
        anyIf(kind, n = end_n) AS outcome,
        anyIf(occurred_at, n = end_n) AS ended_at,
        maxIf(n, kind = 'resumed' AND before_end) AS resumed_n,
        maxIf(n, (kind = 'resumed' AND due_at IS NULL AND before_end) OR n = end_n) AS shift_n,
        countIf(kind = 'due_set' AND reason = 'extension' AND before_end) AS extensions,
        arraySort(groupArrayIf((n, occurred_at), stops AND before_end)) AS stopped
    FROM placed
    GROUP BY dossier_id
),
due AS
(
    SELECT
        told.*,
        -- Working time is the calendar's business: a limit that was turned into a due time, and a
        -- stop that shifted one, are taken from the fold's own row.
        notEmpty(stopped) AND shift_n > set_n AND stopped[1].1 < shift_n AS shifted,
        NOT shifted AND set_n > 0 AS is_set,
        shifted OR (NOT is_set AND reception_due IS NULL) AS from_fold,
        multiIf(from_fold, header.due_at, is_set, set_due, reception_due) AS due_at,
        arrayFirst(stop -> stop.1 > resumed_n, stopped) AS stop,
        stop.1 > 0 AND (due_at IS NULL OR stop.2 <= due_at) AS waits,
        -- The last instant that is in time.
        if(
            received AND {rule_by_date:Array(UInt8)}[rule] = 1,
            addMilliseconds(
                toDateTime64(toDate(assumeNotNull(due_at), {timezone:String}) + 1, 3, {timezone:String}),
                -1
            ),
            due_at
        ) AS breach_at
    FROM told
    LEFT JOIN (SELECT dossier_id, due_at FROM dossiers FINAL) AS header USING (dossier_id)
)
SELECT
    if(last_unit = '', 'unknown', last_unit) AS unit,
    multiIf(
        last_responsible != '', last_responsible, last_officer != '', last_officer, 'unknown'
    ) AS officer,
    multiIf(
        outcome = 'refused', 'refused',
        NOT received AND outcome = 'withdrawn', 'withdrawn',
        NOT received, if(submitted AND outcome = '', 'pending', 'unreceived'),
        outcome = 'withdrawn', if(due_at IS NOT NULL AND ended_at > breach_at, 'late', 'withdrawn'),
        outcome = 'finished' AND due_at IS NULL, 'no_due',
        outcome = 'finished' AND ended_at > breach_at, 'late',
        outcome = 'finished',
        if(
            toDate(ended_at, {timezone:String}) < toDate(assumeNotNull(due_at), {timezone:String}),
            'early', 'on_time'
        ),
        waits, 'waiting',
        due_at IS NOT NULL
            AND fromUnixTimestamp64Milli(as_of, 'UTC') > breach_at, 'overdue',
        'within'
    ) AS standing,
    count() AS dossiers,
    countIf(stop.1 > 0) AS suspended,
    countIf(extensions > 0) AS extended,
    countIf(from_fold AND due_at IS NOT NULL) AS due_from_fold
FROM due
WHERE outcome = '' OR ended_at >= fromUnixTimestamp64Milli({ended_since:Int64}, 'UTC')
GROUP BY unit, officer, standing
