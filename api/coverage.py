"""Coverage by ClickHouse: SQL for the route and for ``dunghen reconcile``.

No route and no I/O here. Every statement binds ``timeline``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dossiers.reference.context import Context
from dossiers.reports.reconciliation import Seen

# By the unit that holds a dossier now. Shares are of dossiers that were received.
BY_UNIT = """
SELECT if(unit = '', 'unknown', unit) AS name,
  countIf(received_at IS NOT NULL) AS dossiers,
  countIf(received_at IS NOT NULL AND step != '') AS with_step,
  countIf(received_at IS NOT NULL AND officer NOT IN ('', 'unknown')) AS with_officer,
  countIf(has(flags, 'rewritten')) AS rewritten,
  countIf(standing = 'unreceived') AS unreceived
FROM dossiers FINAL WHERE timeline = {timeline:String}
GROUP BY name ORDER BY name
"""

SOURCES = """
SELECT source, toUnixTimestamp64Milli(max(occurred_at)) AS last_event_at
FROM dossier_events WHERE timeline = {timeline:String}
GROUP BY source ORDER BY source
"""

_LETTERS = """
FROM dead_letters FINAL
WHERE timeline = {timeline:String} AND reason NOT IN ('replayed', 'dropped')
  AND (topic, `partition`, `offset`) NOT IN (
    SELECT topic, `partition`, `offset` FROM dead_letters FINAL
    WHERE timeline = {timeline:String} AND reason = 'replayed'
  )
"""
# Those that were sent again or dropped are none any more.
DEAD_LETTERS = f"""
SELECT reason, count() AS letters {_LETTERS}
  AND (dl_partition, dl_offset) NOT IN (
    SELECT toUInt16(`partition`), toUInt64(`offset`) FROM dead_letters FINAL
    WHERE timeline = {{timeline:String}} AND reason = 'dropped'
  )
GROUP BY reason ORDER BY letters DESC, reason
"""  # noqa: S608 (no values of others)
# Why dossiers with these ids are not here: also after somebody has dropped what came of them.
REASONS = f"""
SELECT key, argMax(reason, detected_at) AS why {_LETTERS}
  AND key IN {{ids:Array(String)}} GROUP BY key
"""

# Received by the unit that the reception names, else by the first that any event names; finished by
# the last. Refused ones were not received, and withdrawn ones not finished. Dead letters say
# nothing. ``by_portal``: a snapshot names the unit, perhaps by its name (``seen_by_unit``).
SEEN = """
WITH
  fromUnixTimestamp64Milli({start:Int64}, 'UTC') AS first,
  fromUnixTimestamp64Milli({end:Int64}, 'UTC') AS last
SELECT if(unit = '', 'unknown', unit) AS name, by_portal, month, sum(received) AS received,
  sum(finished) AS finished
FROM (
  SELECT multiIf(r.at_reception != '', r.at_reception, r.at_first != '', r.at_first, d.unit)
      AS unit,
    r.at_reception = '' AND r.first_kind = 'snapshot' AS by_portal,
    formatDateTime(d.received_at, '%Y-%m', {timezone:String}) AS month,
    1 AS received, 0 AS finished
  FROM (
    SELECT dossier_id, unit, received_at FROM dossiers FINAL
    WHERE timeline = {timeline:String} AND received_at >= first AND received_at < last
      AND outcome != 'refused'
  ) AS d
  LEFT JOIN (
    SELECT dossier_id,
      argMinIf(unit, (occurred_at, source, source_seq, event_id, madonvi), kind = 'received')
        AS at_reception,
      argMin(unit, (occurred_at, source, source_seq, event_id, madonvi)) AS at_first,
      argMin(kind, (occurred_at, source, source_seq, event_id, madonvi)) AS first_kind
    FROM dossier_events FINAL
    WHERE timeline = {timeline:String} AND unit != ''
      AND (`partition`, `offset`) NOT IN (
        SELECT toUInt16(`partition`), toUInt64(`offset`) FROM dead_letters FINAL
        WHERE timeline = {timeline:String} AND topic = 'dossier-events' AND `offset` >= 0
        GROUP BY `partition`, `offset` HAVING countIf(reason = 'replayed') = 0
      )
      AND dossier_id IN (
      SELECT dossier_id FROM dossiers FINAL
      WHERE timeline = {timeline:String} AND received_at >= first AND received_at < last
    )
    GROUP BY dossier_id
  ) AS r ON r.dossier_id = d.dossier_id
  UNION ALL
  SELECT unit, false, formatDateTime(finished_at, '%Y-%m', {timezone:String}), 0, 1
  FROM dossiers FINAL
  WHERE timeline = {timeline:String} AND finished_at >= first AND finished_at < last
    AND outcome = 'finished' AND received_at IS NOT NULL
)
GROUP BY name, by_portal, month ORDER BY name, month
"""


def seen_by_unit(
    rows: Iterable[Mapping[str, Any]], context: Context
) -> dict[tuple[str, str], Seen]:
    """What rows of ``SEEN`` say by (unit, month): the same units as in the live figures."""
    found: dict[tuple[str, str], Seen] = {}
    for row in rows:
        unit = context.unit_named(row["name"]) if row["by_portal"] else row["name"]
        before = found.get((unit, row["month"]), Seen())
        found[unit, row["month"]] = Seen(
            before.received + int(row["received"]), before.finished + int(row["finished"])
        )
    return found


def share(part: int, whole: int) -> float | None:
    """Percent, two decimals; None of nothing."""
    return None if whole == 0 else round(100.0 * part / whole, 2)
