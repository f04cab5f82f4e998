"""What is asked of ClickHouse, with the age of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.insight.conditions import TABLE, Standpoint, matching, where_of
from api.insight.filters import Filter
from api.ports import Query
from api.statements import Where
from api.viewer import Viewer
from dossiers.wire.keys import ALL

_NEWEST = """
SELECT max(now) AS newest FROM tallies
WHERE timeline = {timeline:String} AND scope = {scope:String}
  AND minute = (
    SELECT max(minute) FROM tallies WHERE timeline = {timeline:String} AND scope = {scope:String}
  )
"""
# Conditions of a filter that say the same whatever else it asks.
_APART = ("unit", "officer", "procedure", "field", "level", "online", "channel")


@dataclass(frozen=True)
class CountedDossiers:
    """``number`` of dossiers of ``filter`` as of ``as_of`` (ms)."""

    number: int
    as_of: int
    filter: Filter


async def as_of(viewer: Viewer) -> int:
    """Up to which data time (ms) ClickHouse has what the stream made: the live watermark, if it has
    the newest tally of all that the live view has; else the time of its own newest one."""
    view = viewer.live.view
    parameters = {"timeline": view.timeline, "scope": ALL}
    rows = await viewer.live.query.rows(_NEWEST, parameters)
    newest: datetime | None = rows[0]["newest"] if rows else None
    stored = 0 if newest is None else round(newest.timestamp() * 1000)
    live = view.tallies.get(ALL)
    behind = live is not None and stored < live.now
    return stored if behind else view.watermark or stored


async def count(filter_: Filter, viewer: Viewer) -> CountedDossiers:
    """How many dossiers: what ``api.insight.listing`` lists of the same filter, for whoever may see
    dossiers. Raises StoreAway."""
    [number] = await counts([filter_], viewer)
    return CountedDossiers(number, await as_of(viewer), filter_)


async def counts(
    filters: Sequence[Filter], viewer: Viewer, shared: Filter | None = None
) -> list[int]:
    """As ``count``, several with one statement. ``shared``: what all of them ask for, by which rows
    are read; by default the ids that they have in common. Raises StoreAway."""
    where = Where()
    columns = []
    common = shared or _shared(filters)
    for number, filter_ in enumerate(filters):
        at = Standpoint.counting(viewer, filter_)
        own = where_of(_beyond(filter_, common), at).renamed(f"f{number}_")
        columns.append(f"countIf({own}) AS n{number}")
        where.parameters.update(own.parameters)
    read = where_of(common, Standpoint.counting(viewer, common))
    sql = f"SELECT {', '.join(columns)} FROM {TABLE} WHERE {matching(read)}"  # noqa: S608
    rows = await viewer.live.query.rows(sql, {**read.parameters, **where.parameters})
    return [int(rows[0][f"n{number}"]) for number in range(len(columns))]


def _shared(filters: Sequence[Filter]) -> Filter:
    """What all ask for by id: ClickHouse reads no more than that."""
    first = filters[0]
    same = {n: getattr(first, n) for n in _APART if len({getattr(f, n) for f in filters}) == 1}
    return Filter(**same)


def _beyond(filter_: Filter, common: Filter) -> Filter:
    """Without what all rows that are read have: nothing is looked up twice, as the traits of
    ``channel`` would be for each count."""
    kept = {n: "" for n in _APART if n != "channel" and getattr(filter_, n) == getattr(common, n)}
    channel = 0 if filter_.channel == common.channel else filter_.channel
    return filter_.with_(**kept, channel=channel)


async def rows_of(
    query: Query, select: str, where: Where, rest: str = "", **more: Any
) -> list[dict[str, Any]]:
    """Rows of a question over the dossiers of ``where``. ``select`` and ``rest`` (GROUP BY and so
    on) are text of ours; values are bound in ``more``. Raises StoreAway."""
    sql = f"SELECT {select} FROM {TABLE} WHERE {matching(where)} {rest}"  # noqa: S608
    return await query.rows(sql, {**where.parameters, **more})
