"""How many dossiers a reader's own list has: of somebody who may list less than they may count, the
count of a unit is not the number of rows."""

from __future__ import annotations

from collections.abc import Sequence

from api.insight.conditions import TABLE, Standpoint, matching, where_of
from api.insight.filters import Filter
from api.statements import Where
from api.viewer import Viewer


async def listed_counts(filters: Sequence[Filter], viewer: Viewer) -> list[int]:
    """The number of rows that ``api.insight.listing`` has of each filter, with one statement.
    Raises StoreAway."""
    at = Standpoint.listing(viewer)
    bound = Where()
    columns = []
    for number, filter_ in enumerate(filters):
        own = where_of(filter_, at).renamed(f"f{number}_")
        columns.append(f"countIf({own}) AS n{number}")
        bound.parameters.update(own.parameters)
    shared = where_of(_same(filters), at)
    sql = f"SELECT {', '.join(columns)} FROM {TABLE} WHERE {matching(shared)}"  # noqa: S608
    rows = await viewer.live.query.rows(sql, {**shared.parameters, **bound.parameters})
    return [int(rows[0][f"n{number}"]) for number in range(len(columns))]


def _same(filters: Sequence[Filter]) -> Filter:
    """Whose dossiers all ask for: ClickHouse reads no more than that."""
    if len(filters) == 1:
        return filters[0]
    names = ("unit", "officer")
    return Filter(
        **{n: getattr(filters[0], n) for n in names if len({getattr(f, n) for f in filters}) == 1}
    )
