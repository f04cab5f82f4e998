"""The SQL behind lists of dossiers, shared by REST and the plain pages, in pages (api.paging) by
(due time, id)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.ports import Query
from api.statements import Where, ms
from dossiers.wire.keys import officer_scope, unit_scope

NO_DUE = 253_402_300_799_000  # sorts dossiers without a due time last (year 9999, ms)
CSV_PAGE = 5_000  # rows of a download that are in memory at once
Row = dict[str, Any]
_WITHIN = "hasAny(d.scopes, {within:Array(String)})"


_TIMES = ("submitted_at", "received_at", "due_at", "first_due_at", "finished_at", "breached_at")
DOSSIER_COLUMNS = ", ".join(
    (
        "dossier_id AS id",
        "standing",
        "unit",
        "officer",
        "step",
        "procedure",
        "flags",
        *(ms(f"d.{name}") for name in (*_TIMES, "as_of")),
        f"ifNull(toUnixTimestamp64Milli(d.due_at), {NO_DUE}) AS place",
    )
)

# Events that were not their senders' to send, or had no room, or came after their dossier had left,
# have rows among the raw events, as all dead letters have: no timeline is told from them. One that
# was sent again and refused again is none, either.
NEVER_TAKEN = """(
  SELECT toUInt16(`partition`), toUInt64(`offset`) FROM (
    SELECT *, max(NOT again) OVER (PARTITION BY sent) AS waits FROM (
      SELECT `partition`, `offset`, reason,
        (key, JSONExtractString(payload, 'madonvi'), JSONExtractString(payload, 'event_id'))
          AS sent,
        countIf(reason = 'replayed') OVER (PARTITION BY `partition`, `offset`) > 0 AS again
      FROM dead_letters FINAL
      WHERE timeline = {timeline:String} AND topic = 'dossier-events' AND `offset` >= 0
        AND reason IN ('not_yours', 'too_many_facts', 'archived', 'replayed')
        AND startsWith({id:String}, key)
    )
  ) WHERE reason != 'replayed' AND (NOT again OR waits)
)"""


def place_of(row: Row) -> tuple[int, str]:
    """The sort key of a row of ``find_dossiers``."""
    return int(row["place"]), str(row["id"])


async def find_dossiers(
    query: Query,
    timeline: str,
    *,
    unit: str | None = None,
    officer: str | None = None,
    standings: Sequence[str] = (),
    within: Sequence[str] | None = None,
    after: tuple[int, str] | None = None,
    limit: int,
) -> list[Row]:
    """Dossiers by due time, then id. ``unit`` and ``officer`` are those that the dossiers count
    for, units below ``unit`` included. ``within``: only dossiers that have one of these scopes.
    ``place`` and ``id`` are the sort key."""
    where = Where("d.timeline = {timeline:String}", timeline=timeline, limit=limit)
    if unit is not None:
        where.add("has(d.scopes, {unit:String})", unit=unit_scope(unit))
    if officer is not None:
        where.add("has(d.scopes, {officer:String})", officer=officer_scope(officer))
    if within is not None:
        where.add(_WITHIN, within=list(within))
    if standings:
        where.add("d.standing IN {standings:Array(String)}", standings=list(standings))
    if after is not None:
        where.add("(place, id) > ({place:Int64}, {id:String})", place=after[0], id=after[1])
    sql = (
        f"SELECT {DOSSIER_COLUMNS} FROM dossiers AS d FINAL WHERE {where} "  # noqa: S608
        "ORDER BY place, id LIMIT {limit:UInt32}"
    )
    return await query.rows(sql, where.parameters)


async def find_dossier(
    query: Query, timeline: str, dossier_id: str, within: Sequence[str] | None = None
) -> Row | None:
    """One dossier with its facts (JSON), or None. ``within``: only if it has one of the scopes."""
    where = Where("d.dossier_id = {id:String}", "d.timeline = {timeline:String}")
    if within is not None:
        where.add(_WITHIN, within=list(within))
    sql = f"SELECT {DOSSIER_COLUMNS}, facts FROM dossiers AS d FINAL WHERE {where}"  # noqa: S608
    rows = await query.rows(sql, {"id": dossier_id, "timeline": timeline, **where.parameters})
    return rows[0] if rows else None
