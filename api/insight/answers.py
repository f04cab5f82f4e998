"""What is asked of ClickHouse, with the age of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.insight.conditions import TABLE, Standpoint, matching, where_of
from api.insight.filters import Filter
from api.months import Months
from api.ports import Query
from api.statements import Where
from api.viewer import Viewer
from dossiers.wire.keys import ALL

_NEWEST = """
SELECT now AS newest FROM tallies
WHERE timeline = {timeline:String} AND scope = {scope:String} ORDER BY minute DESC, now DESC LIMIT 1
"""
# Conditions of a filter that say the same whatever else it asks.
_APART = ("unit", "officer", "procedure", "field", "level", "online", "channel")

# Of the event loop: the parts of a page begin in turns of their own, and what they begin, too.
_TURNS = 3


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
    rows = await viewer.live.recent.rows(viewer.live.query, _NEWEST, parameters)
    newest: datetime | None = rows[0]["newest"] if rows else None
    stored = 0 if newest is None else round(newest.timestamp() * 1000)
    live = view.tallies.get(ALL)
    behind = live is not None and stored < live.now
    return stored if behind else view.watermark or stored


async def count(filter_: Filter, viewer: Viewer) -> CountedDossiers:
    """How many dossiers: what ``api.insight.listing`` lists of the same filter, for whoever may see
    dossiers. Raises StoreAway."""
    at = await as_of(viewer)
    [number] = await counts([filter_], viewer)
    return CountedDossiers(number, at, filter_)


async def counts(
    filters: Sequence[Filter], viewer: Viewer, shared: Filter | None = None
) -> list[int]:
    """As ``count``, several with one statement, together with what this request asks at the same
    time of the same rows. ``shared``: what all of ``filters`` ask for, by which rows are read; by
    default the ids that they have in common. Raises StoreAway."""
    read_by = shared or _shared(filters)
    batch = viewer.together.get(read_by)
    if batch is None:
        batch = viewer.together[read_by] = _Batch()
        batch.answer = asyncio.ensure_future(_counted_together(read_by, viewer))
    batch.filters.update(dict.fromkeys(filters))
    found = await asyncio.shield(batch.answer)
    return [found[filter_] for filter_ in filters]


@dataclass
class _Batch:
    """``filters``: as an ordered set."""

    filters: dict[Filter, None] = field(default_factory=dict)
    answer: asyncio.Future[dict[Filter, int]] = field(init=False)


async def _counted_together(read_by: Filter, viewer: Viewer) -> dict[Filter, int]:
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    batch = viewer.together.pop(read_by)
    numbers = await _counts(list(batch.filters), viewer, read_by)
    return dict(zip(batch.filters, numbers, strict=True))


async def _counts(filters: Sequence[Filter], viewer: Viewer, common: Filter) -> list[int]:
    read = where_of(common, Standpoint.counting(viewer, common))
    wheres = [where_of(each, Standpoint.counting(viewer, each)) for each in filters]
    read.months = read.months.within(Months.of_any(each.months for each in wheres))
    read.few = read.few or all(each.few for each in wheres)
    columns, bound = [], {}
    for number, asked in enumerate(wheres):
        own = asked.beyond(read).renamed(f"f{number}_")
        columns.append(f"countIf({own}) AS n{number}")
        bound.update(own.parameters)
    rows = await asked_of(viewer, ", ".join(columns), read, **bound)
    return [int(rows[0][f"n{number}"]) for number in range(len(columns))]


def _shared(filters: Sequence[Filter]) -> Filter:
    """What all ask for by id: ClickHouse reads no more than that."""
    first = filters[0]
    same = {n: getattr(first, n) for n in _APART if len({getattr(f, n) for f in filters}) == 1}
    return Filter(**same)


async def asked_of(
    viewer: Viewer, select: str, where: Where, rest: str = "", **more: Any
) -> list[dict[str, Any]]:
    """As ``rows_of``, for figures: who asked the same a moment ago has the answer already, and it
    holds all that ``as_of`` says. Raises StoreAway."""
    sql = f"SELECT {select} FROM {TABLE} WHERE {matching(where)} {rest}"  # noqa: S608
    return await recent_rows(viewer, sql, {**where.parameters, **more})


async def recent_rows(
    viewer: Viewer, sql: str, parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The rows of a whole statement, as ``asked_of``. ``as_of`` is asked first, so that no answer
    is said to be younger than it is. Raises StoreAway."""
    at = await as_of(viewer)
    return await viewer.live.recent.rows(viewer.live.query, sql, parameters, at)


async def rows_of(
    query: Query, select: str, where: Where, rest: str = "", **more: Any
) -> list[dict[str, Any]]:
    """Rows of a question over the dossiers of ``where``. ``select`` and ``rest`` (GROUP BY and so
    on) are text of ours; values are bound in ``more``. Raises StoreAway."""
    sql = f"SELECT {select} FROM {TABLE} WHERE {matching(where)} {rest}"  # noqa: S608
    return await query.rows(sql, {**where.parameters, **more})
