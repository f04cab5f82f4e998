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
        ) AS ended
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
        AND countIf(accepted_at IS NULL AND (phase = 2 OR ending = 'finished')) = 0
        AND uniqExactIf(ifNull(due_ms, 0), said NOT IN (1, 3)) <= 1
        AND uniqExactIf(finished_at, finished_at IS NOT NULL) <= 1
        AND countIf(finished_at IS NULL AND ending = 'finished') = 0
),
accepted AS
(
    SELECT
        dossier_id, `partition`, kind, event_id, madonvi, source, source_seq, occurred_at, unit, officer,
        officer_name, responsible, due_at, status, target, reason, 0 AS by_portal
    FROM taken
    WHERE dossier_id NOT IN (SELECT dossier_id FROM shown)
        OR (kind = 'progressed' AND dossier_id IN (SELECT dossier_id FROM plain))
    UNION ALL
    SELECT
        dossier_id, part, entry.1, toString(entry.4), '', '', entry.4,
        fromUnixTimestamp64Milli(assumeNotNull(entry.2), 'UTC'), last_unit, '', '', '',
        fromUnixTimestamp64Milli(entry.3, 'UTC'), NULL, '', '', 1
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
        due_at, reason, act, by_portal,
        kind IN ('finished', 'withdrawn', 'refused') AS ends,
        kind = 'suspended'
            AND (status != 8 OR {rule_stops_8:Array(Array(UInt8))}[act][rule] = 1) AS stops,
        row_number() OVER (
            PARTITION BY dossier_id ORDER BY occurred_at, source, source_seq, event_id, madonvi
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
-- What a new due time replaces, as far as events say it: known_n is the fact that had set it.
replaced AS
(
    SELECT
        *,
        max(if(sets_due, n, 0)) OVER before AS known_n,
        argMaxIf(tuple(due_at), n, sets_due) OVER before AS known_due,
        max(if(kind = 'resumed' AND due_at IS NULL, n, 0)) OVER before AS bare_n,
        min(if(stops, n, 4294967295)) OVER before < bare_n AND bare_n > known_n AS was_shifted,
        argMinIf(tuple(due_at), n, kind = 'received') OVER before AS reception,
        countIf(kind = 'received') OVER before > 0 AS after_reception,
        kind = 'due_set' AND (
            reason = 'correction' OR n > end_n
            OR (NOT was_shifted AND known_n > 0 AND occurred_at > known_due.1)
            OR (NOT was_shifted AND known_n = 0 AND after_reception AND occurred_at > reception.1)
        ) AS rewrites,
        kind = 'due_set' AND NOT ifNull(rewrites, false) AS may_rewrite
    FROM placed
    WINDOW before AS
        (PARTITION BY dossier_id ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
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
        countIf(kind = 'received') > 0 AS received,
        countIf(kind = 'submitted') > 0 AS submitted,
        arrayLastIndex(
            since -> since <= toUnixTimestamp64Milli(minIf(occurred_at, kind = 'received')),
            {rule_since:Array(Array(Int64))}[judge]
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
        countIf(ifNull(rewrites, false)) > 0 AS is_rewritten,
        countIf(may_rewrite AND was_shifted) > 0 AS after_shift,
        -- Of a due time that came from a limit, the first one is the fold's.
        maxIf(
            (occurred_at, due_at),
            may_rewrite AND NOT was_shifted AND known_n = 0 AND after_reception
                AND reception.1 IS NULL
        ) AS first_set,
        arraySort(groupArrayIf((n, occurred_at), stops AND before_end)) AS stopped
    FROM replaced
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
            received AND {rule_by_date:Array(Array(UInt8))}[judge][rule] = 1,
            addMilliseconds(
                toDateTime64(toDate(assumeNotNull(due_at), {timezone:String}) + 1, 3, {timezone:String}),
                -1
            ),
            due_at
        ) AS breach_at,
        ifNull(first_set.1 > header.first_due_at, false) AS after_first,
        -- Without any limit the fold's first due time is the very one that was set.
        is_rewritten OR (after_first AND header.first_due_at != first_set.2) AS rewritten,
        NOT rewritten AND (after_shift OR after_first) AS unclear
    FROM told
    LEFT JOIN (SELECT dossier_id, due_at, first_due_at FROM dossiers FINAL) AS header
        USING (dossier_id)
)
SELECT
    if(last_unit = '', 'unknown', last_unit) AS unit,
    judge,
    is_shown,
    -- Empty where it would follow from matching names, which is not done here.
    multiIf(
        by_name AND last_responsible = '', '',
        last_responsible != '', last_responsible,
        last_officer != '', last_officer,
        'unknown'
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
    countIf(rewritten) AS rewritten_,
    groupArrayIf(dossier_id, unclear) AS unclear_,
    groupArrayIf(dossier_id, is_shown = 1) AS shown_,
    groupArrayIf(dossier_id, by_name AND last_responsible = '') AS named_,
    countIf(from_fold AND due_at IS NOT NULL) AS due_from_fold
FROM due
WHERE outcome = '' OR ended_at >= fromUnixTimestamp64Milli({ended_since:Int64}, 'UTC')
GROUP BY unit, judge, is_shown, officer, standing
