-- The second half: the course of every dossier, as of one instant, by the same rules as the fold's.
-- One row for each (unit, officer, standing).
-- New due times are judged one after the other, as they were recorded: each by those before it that
-- count (.1), and by all stops; what comes with a resumption is judged by its stop, in every walk
-- anew. .2: one of them is a rewrite; .3: of one this cannot tell, because a due time had been moved
-- by working time; .4: how it ends, from the last turn, which judges none.
-- A walk goes over what had happened by then: .1 the due time, .2 the end of its day, .3 how it is
-- known (0: it is not before this; 1: from events; 2: as the table has the end of a limit), .4 since
-- when the clock stands, .5 whether it was received, .6 of a resumption this cannot tell whether its
-- stop explains its due time, or whether that is a new one, .7 one explains none. -9e12 stands for
-- none.
judged AS
(
    SELECT
        told.*,
        {rule_by_date:Array(Array(UInt8))}[judge][own_rule] = 1 AS by_date,
        {rule_by_date:Array(Array(UInt8))}[judge][1] = 1 AS by_date_before,
        ifNull(toUnixTimestamp64Milli(header.first_due_at), -9000000000000) AS limit_end,
        ifNull(toUnixTimestamp64Milli(toDateTime64(
            toDate(header.first_due_at, {timezone:String}) + 1, 3, {timezone:String}
        )) - 1, -9000000000000) AS limit_day_end,
        header.due_at AS table_due,
        arrayFold(
            (acc, s) -> arrayMap(
                w -> arrayMap(
                    answer -> (
                        if(answer = 1, arrayPushBack(acc.1, s.1), acc.1),
                        toUInt8(
                            acc.2 OR (s.2 = 9 AND w.7)
                            OR (s.2 = 2 AND (answer = 0 OR s.8 = 1))
                        ),
                        toUInt8(acc.3 OR answer = 2 OR w.6),
                        w
                    ),
                    -- Whether it counts: 0 no, 1 yes, 2 unknown.
                    [multiIf(
                        s.2 = 9, 3,
                        -- With or after the end.
                        s.1 > last_n OR (s.2 = 2 AND s.3 >= end_ms), 0,
                        -- Before the reception the clock does not run.
                        s.2 = 3 OR w.1 = -9000000000000 OR w.5 = 0, 1,
                        if(w.4 != -9000000000000, w.4, least(s.4, end_ms))
                            <= if(if(w.5 = 1, by_date, by_date_before), w.2, w.1), 1,
                        w.3 > 0, 0,
                        2
                    )]
                )[1],
                [arrayFold(
                    (w, f) -> multiIf(
                        f.2 = 1 AND w.1 != -9000000000000,
                            (w.1, w.2, w.3, w.4, toUInt8(1), w.6, w.7),
                        f.2 = 1 AND f.5 = -9000000000000 AND is_limited AND named_before,
                            (f.3, f.7, toUInt8(0), w.4, toUInt8(1), w.6, w.7),
                        f.2 = 1 AND f.5 = -9000000000000 AND is_limited,
                            (limit_end, limit_day_end, toUInt8(2), w.4, toUInt8(1), w.6, w.7),
                        f.2 = 1, (f.5, f.6, toUInt8(1), w.4, toUInt8(1), w.6, w.7),
                        f.2 = 2,
                            if(has(acc.1, f.1), (f.5, f.6, toUInt8(1), w.4, w.5, w.6, w.7), w),
                        f.2 = 4,
                            (w.1, w.2, w.3, if(w.4 = -9000000000000, f.3, w.4), w.5, w.6, w.7),
                        -- Any other ends a stop, if there is one.
                        w.4 = -9000000000000, (
                            w.1, w.2, w.3, w.4, w.5,
                            toUInt8(
                                w.6 OR (f.2 = 3 AND has(acc.1, f.1) AND w.3 = 0 AND f.5 >= w.1)
                            ),
                            toUInt8(w.7 OR (f.2 = 3 AND has(acc.1, f.1) AND f.5 != w.1))
                        ),
                        -- One that began in time explains a new due time, not before its own end,
                        f.2 = 3 AND has(acc.1, f.1) AND (
                            w.1 = -9000000000000
                            OR w.4 <= if(if(w.5 = 1, by_date, by_date_before), w.2, w.1)
                        ), (
                            greatest(f.5, f.3), greatest(f.6, f.7), toUInt8(1),
                            toInt64(-9000000000000), w.5, w.6, w.7
                        ),
                        w.1 = -9000000000000 OR w.4 > if(if(w.5 = 1, by_date, by_date_before), w.2, w.1),
                        (
                            w.1, w.2, w.3, toInt64(-9000000000000), w.5,
                            toUInt8(w.6 OR (f.2 = 3 AND has(acc.1, f.1) AND w.3 = 0)),
                            toUInt8(w.7 OR (f.2 = 3 AND has(acc.1, f.1) AND f.5 != w.1))
                        ),
                        -- or moves the due time by working time, and at least to its own end.
                        (
                            greatest(w.1, f.3), greatest(w.2, f.7), toUInt8(0),
                            toInt64(-9000000000000), w.5, w.6, w.7
                        )
                    ),
                    CAST(arrayFilter(
                        f -> multiIf(
                            s.2 = 9, f.1 <= last_n OR f.2 = 1,
                            f.1 < last_n AND f.3 <= least(s.4, end_ms)
                        ),
                        steps
                    ), 'Array(Tuple(UInt32, UInt8, Int64, Int64, Int64, Int64, Int64, UInt8))'),
                    CAST(
                        (-9000000000000, -9000000000000, 1, -9000000000000, 0, 0, 0),
                        'Tuple(Int64, Int64, UInt8, Int64, UInt8, UInt8, UInt8)'
                    )
                )]
            )[1],
            arrayPushBack(
                arraySort(
                    s -> (s.4, s.1),
                    arrayFilter(s -> s.2 IN (2, 3) AND s.5 != -9000000000000, steps)
                ),
                CAST(
                    (0, 9, 0, 0, 0, 0, 0, 0),
                    'Tuple(UInt32, UInt8, Int64, Int64, Int64, Int64, Int64, UInt8)'
                )
            ),
            CAST(
                ([], 0, 0, (-9000000000000, -9000000000000, 1, -9000000000000, 0, 0, 0)),
                'Tuple(Array(UInt32), UInt8, UInt8, Tuple(
                    Int64, Int64, UInt8, Int64, UInt8, UInt8, UInt8
                ))'
            )
        ) AS found
    FROM told
    LEFT JOIN (
        SELECT dossier_id, due_at, first_due_at FROM dossiers FINAL
        WHERE timeline = {timeline:String}
    ) AS header USING (dossier_id)
),
due AS
(
    SELECT
        *,
        found.3 = 1 AS unclear,
        hasAny(extensions, found.1) AS was_extended,
        found.4.3 != 1 AS from_fold,
        multiIf(
            found.4.3 = 0, table_due,
            found.4.1 = -9000000000000, NULL,
            fromUnixTimestamp64Milli(found.4.1, 'UTC')
        ) AS due_at,
        -- What is the due time already is no new one.
        found.2 = 1 OR was_reopened OR arrayExists(
            s -> s.2 = 3 AND s.1 > last_n AND s.5 != -9000000000000 AND NOT (
                s.5 = ifNull(toUnixTimestamp64Milli(due_at), -9000000000000)
                AND (reception_n < s.1 OR named_before)
            ),
            steps
        ) AS rewritten,
        fromUnixTimestamp64Milli(end_ms, 'UTC') AS ended_at,
        found.4.4 != -9000000000000 AS stands,
        -- The last instant that is in time.
        if(
            received AND by_date,
            addMilliseconds(
                toDateTime64(toDate(assumeNotNull(due_at), {timezone:String}) + 1, 3, {timezone:String}),
                -1
            ),
            due_at
        ) AS breach_at,
        due_at IS NOT NULL AND end_ms > toUnixTimestamp64Milli(assumeNotNull(breach_at)) AS is_over,
        stands AND (
            due_at IS NULL OR found.4.4 <= toUnixTimestamp64Milli(assumeNotNull(breach_at))
        ) AS waits,
        -- Late only by what had been shown before the end was dated so.
        is_shown = 1 AND received AND outcome != '' AND NOT is_over AND due_at IS NOT NULL
            AND open_until > greatest(end_ms, toUnixTimestamp64Milli(assumeNotNull(breach_at)))
            AS backdated
    FROM judged
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
        unclear, 'unclear',
        NOT received AND outcome IN ('withdrawn', 'refused'), outcome,
        NOT received, if(submitted AND outcome = '', 'pending', 'unreceived'),
        outcome IN ('withdrawn', 'refused'),
            if(is_over AND received_ms <= end_ms, 'late', outcome),
        outcome = 'finished' AND due_at IS NULL, 'no_due',
        outcome = 'finished' AND is_over, 'late',
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
    countIf(stands) AS suspended,
    countIf(was_extended) AS extended,
    countIf(rewritten) AS rewritten_,
    countIf(is_reopened) AS reopened_,
    countIf(backdated) AS backdated_,
    groupArrayIf(dossier_id, unclear) AS unclear_,
    groupArrayIf(dossier_id, is_shown = 1) AS shown_,
    groupArrayIf(dossier_id, by_name AND last_responsible = '') AS named_,
    countIf(from_fold AND due_at IS NOT NULL AND NOT unclear) AS due_from_fold
FROM due
WHERE outcome = '' OR end_ms >= {ended_since:Int64}
GROUP BY unit, judge, is_shown, officer, standing
