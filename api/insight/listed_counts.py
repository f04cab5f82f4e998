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
    columns, owns = [], []
    few = True
    for number, filter_ in enumerate(filters):
        where = where_of(filter_, at)
        few = few and where.few
        own = where.renamed(f"f{number}_")
        owns.append(f"({own})")
        columns.append(f"countIf({own}) AS n{number}")
        bound.parameters.update(own.parameters)
    bound.add(f"({' OR '.join(owns)})")
    bound.few = few
    sql = f"SELECT {', '.join(columns)} FROM {TABLE} WHERE {matching(bound)}"  # noqa: S608
    rows = await viewer.live.query.rows(sql, bound.parameters)
    return [int(rows[0][f"n{number}"]) for number in range(len(columns))]
