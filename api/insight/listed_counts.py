"""How many dossiers a reader's own list has: of somebody who may list less than they may count, the
count of a unit is not the number of rows."""

from __future__ import annotations

from collections.abc import Sequence

from api.insight.conditions import TABLE, Standpoint, matching, where_of
from api.insight.filters import Filter
from api.months import Months
from api.statements import Where
from api.viewer import Viewer


async def listed_counts(filters: Sequence[Filter], viewer: Viewer) -> list[int]:
    """The number of rows that ``api.insight.listing`` has of each filter, with one statement.
    Raises StoreAway."""
    at = Standpoint.listing(viewer)
    bound = Where()
    columns, owns = [], []
    wheres = [where_of(filter_, at) for filter_ in filters]
    for number, where in enumerate(wheres):
        own = where.renamed(f"f{number}_")
        owns.append(f"({own})")
        columns.append(f"countIf({own}) AS n{number}")
        bound.parameters.update(own.parameters)
    bound.add(f"({' OR '.join(owns)})")
    bound.few = all(where.few for where in wheres)
    bound.months = Months.of_any(where.months for where in wheres)
    sql = f"SELECT {', '.join(columns)} FROM {TABLE} WHERE {matching(bound)}"  # noqa: S608
    rows = await viewer.live.query.rows(sql, bound.parameters)
    return [int(rows[0][f"n{number}"]) for number in range(len(columns))]
