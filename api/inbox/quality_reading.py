"""What the quality of alerting is judged from, out of ClickHouse."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from api.inbox.quality import AlertLife, AlertQuality, loads_of, quality_of
from api.ports import Query
from api.statements import Where, moment
from dossiers.reference.context import Context

MOST = 50_000  # alerts that are judged; of more the newest
_CHOSEN = """
SELECT alert_id FROM alerts AS a WHERE {where} ORDER BY a.detected_at DESC LIMIT {{most:UInt32}}
"""
_LIVES = """
SELECT any(b.kind) AS kind, any(b.level) AS level, argMax(b.unit, b.sequence) AS unit,
  argMax(b.procedure, b.sequence) AS procedure, argMax(b.transition, b.sequence) AS status,
  toUnixTimestamp64Milli(minIf(b.detected_at, b.transition = 'raised')) AS raised_at,
  toUnixTimestamp64Milli(minIf(b.detected_at, b.action = 'acknowledge')) AS taken_at,
  toUnixTimestamp64Milli(maxIf(b.detected_at, b.transition = 'resolved')) AS ended_at
FROM alerts AS b FINAL WHERE b.timeline = {{timeline:String}} AND b.alert_id IN ({chosen})
GROUP BY b.alert_id
"""
# When something was sent is real time; the day that counts is the alert's, in data time.
_SENT = """
SELECT d.receiver AS receiver, if(uniqExact(d.unit) = 1, any(d.unit), '') AS unit,
  toRelativeDayNum(a.detected_at, {{zone:String}}) AS day, uniqExact(d.at) AS groups
FROM deliveries AS d INNER JOIN
  (SELECT alert_id, sequence, any(detected_at) AS detected_at FROM alerts AS a WHERE {where}
   GROUP BY alert_id, sequence) AS a
  ON d.alert_id = a.alert_id AND d.sequence = a.sequence
WHERE d.timeline = {{timeline:String}} AND d.outcome = 'delivered' AND d.channel != 'webhook'
GROUP BY receiver, day ORDER BY receiver, day LIMIT {{most:UInt32}}
"""


async def read_quality(
    query: Query,
    timeline: str,
    context: Context,
    within: tuple[int, int],
    now: int,
    units: Sequence[str] | None = None,
) -> AlertQuality:
    """Of what was raised ``within`` two instants (ms) about ``units`` (None: all), as of ``now``
    (ms). Raises StoreAway."""
    where = Where(
        "a.timeline = {timeline:String}",
        "a.detected_at >= {start:DateTime64(3, 'UTC')}",
        "a.detected_at < {end:DateTime64(3, 'UTC')}",
        timeline=timeline,
        start=moment(within[0]),
        end=moment(within[1]),
        most=MOST + 1,
    )
    if units is not None:
        where.add("a.unit IN {units:Array(String)}", units=list(units))
    sent_sql = _SENT.format(where=where)
    where.add("a.sequence = 1")
    lives, sent = await asyncio.gather(
        query.rows(_LIVES.format(chosen=_CHOSEN.format(where=where)), where.parameters),
        query.rows(sent_sql, {**where.parameters, "zone": context.reference.timezone}),
    )

    def judged() -> AlertQuality:
        loads = loads_of(
            sent, lambda unit: context.alert_settings(unit, "").budget, context.calendar.works_on
        )
        return quality_of(
            [AlertLife(**row) for row in lives[:MOST]],
            loads,
            now,
            context.calendar_for,
            lambda unit, procedure: context.alert_settings(unit, procedure).acknowledge_hours,
            cut=len(lives) > MOST,
        )

    # In a thread: the working time of a month's alerts takes longer than the feed may wait.
    return await asyncio.to_thread(judged)
