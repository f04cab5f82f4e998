"""Dead letters by reason and source, as ClickHouse has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.statements import Where, moment, ms
from api.viewer import Viewer
from dossiers.time.hours import DAY

_COLUMNS = """l.dl_offset AS number, l.reason AS reason, l.detail AS detail, l.source AS source,
  l.topic AS topic, l.`partition` AS `partition`, l.`offset` AS `offset`, l.key AS key, """ + ms(
    "l.detected_at"
)
# Each with what was decided on it: open, replayed or dropped, and ``why`` it was dropped.
LETTERS = f"""
FROM (
  SELECT {_COLUMNS}, l.payload AS payload, d.why AS why,
    multiIf(l.`offset` >= 0 AND (l.topic, l.`partition`, l.`offset`) IN (
      SELECT topic, `partition`, `offset` FROM dead_letters FINAL
      WHERE timeline = {{timeline:String}} AND reason = 'replayed'
    ), 'replayed', d.found = 1, 'dropped', 'open') AS state
  FROM dead_letters AS l FINAL
  LEFT JOIN (
    SELECT toUInt64(`offset`) AS number, argMin(detail, dl_offset) AS why, 1 AS found
    FROM dead_letters FINAL
    WHERE timeline = {{timeline:String}} AND reason = 'dropped' GROUP BY number
  ) AS d ON d.number = l.dl_offset
  WHERE l.timeline = {{timeline:String}} AND l.reason NOT IN ('replayed', 'dropped')
)
"""  # noqa: S608 (no values of others)
_OPEN = f"""SELECT reason, source, count() AS letters, min(detected_at) AS oldest {LETTERS}
WHERE state = 'open' GROUP BY reason, source ORDER BY letters DESC, reason, source LIMIT 1000"""
_LATELY = """
SELECT source, reason, count() AS letters FROM dead_letters FINAL
WHERE timeline = {timeline:String} AND reason NOT IN ('replayed', 'dropped')
  AND detected_at > {start:DateTime64(3, 'UTC')}
GROUP BY source, reason ORDER BY letters DESC LIMIT 5000
"""


@dataclass(frozen=True)
class ReasonCount:
    """Open dead letters of one ``reason``: how many of which source (most first), and since when
    the oldest is there (ms)."""

    reason: str
    letters: int
    sources: tuple[tuple[str, int], ...]
    oldest: int


@dataclass(frozen=True)
class ListedLetters:
    """One page, the newest first. ``total``: of all pages; ``next``: the number before which the
    next page begins, None on the last."""

    rows: list[dict[str, Any]]
    total: int
    next: int | None


async def open_by_reason(viewer: Viewer) -> list[ReasonCount]:
    """Most first. Raises StoreAway."""
    timeline = {"timeline": viewer.live.config.timeline}
    rows: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in await viewer.live.query.rows(_OPEN, timeline):
        rows[row["reason"]].append(row)
    found = [
        ReasonCount(
            reason,
            sum(int(row["letters"]) for row in own),
            tuple((row["source"], int(row["letters"])) for row in own),
            min(row["oldest"] for row in own),
        )
        for reason, own in rows.items()
    ]
    return sorted(found, key=lambda each: (-each.letters, each.reason))


async def letters_page(
    viewer: Viewer,
    *,
    state: str | None,
    reason: str | None,
    source: str | None,
    before: int | None,
    limit: int,
    last_day: bool = False,
) -> ListedLetters:
    """Those in this state, with this reason and of this source; None: whatever it is. ``last_day``:
    put aside in the last 24 hours of data time. Raises StoreAway."""
    where = Where("1", timeline=viewer.live.config.timeline, limit=limit + 1)
    where.equal("state", "state", state)
    where.equal("reason", "reason", reason)
    where.equal("source", "source", source)
    if last_day:
        where.add("detected_at > {since:Int64}", since=_day_ago(viewer))
    query = viewer.live.query
    total = await query.rows(f"SELECT count() AS letters {LETTERS} WHERE {where}", where.parameters)
    if before is not None:
        where.add("number < {before:Int64}", before=before)
    sql = f"""SELECT * EXCEPT payload {LETTERS} WHERE {where}
ORDER BY number DESC LIMIT {{limit:UInt32}}"""
    rows = await query.rows(sql, where.parameters)
    following = int(rows[limit - 1]["number"]) if len(rows) > limit else None
    return ListedLetters(rows[:limit], int(total[0]["letters"]), following)


async def letter(viewer: Viewer, number: int) -> dict[str, Any] | None:
    """One, with what is kept of its payload. Raises StoreAway."""
    rows = await viewer.live.query.rows(
        f"SELECT * {LETTERS} WHERE number = {{number:UInt64}}",
        {"timeline": viewer.live.config.timeline, "number": number},
    )
    return rows[0] if rows else None


async def letters_of_last_day(viewer: Viewer) -> dict[str, dict[str, int]]:
    """By source, then reason: put aside in the last 24 hours of data time, whatever was decided
    since. Raises StoreAway."""
    parameters = {"timeline": viewer.live.config.timeline, "start": moment(_day_ago(viewer))}
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in await viewer.live.query.rows(_LATELY, parameters):
        found[row["source"]][row["reason"]] = int(row["letters"])
    return found


def _day_ago(viewer: Viewer) -> int:
    return max(0, (viewer.live.view.watermark or 0) - DAY)
