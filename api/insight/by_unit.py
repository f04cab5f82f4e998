"""All units in one question: what each has open, due soon and overdue, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from api.insight.answers import as_of, asked_of
from api.insight.conditions import where_of
from api.insight.few import lately
from api.insight.filters import Filter
from api.insight.linked import LinkedCount, is_live, live_count, standpoint
from api.insight.live_fields import filter_of
from api.insight.windows import span_of
from api.months import Months
from api.viewer import Viewer
from dossiers.tallies.vector import on_time_rate
from dossiers.wire.keys import unit_scope

GAUGES = ("open", "due_soon", "overdue", "late_receptions")
MEASURES = ("received", "early", "on_time", "late")
MOST_UNITS = 20_000


@dataclass(frozen=True)
class UnitFigures:
    """``counts``: GAUGES now, and received and late in the window. ``judged``: ends with a due time
    in the window; ``rate``: percent of these that were not late."""

    unit: str
    counts: Mapping[str, LinkedCount]
    judged: int
    rate: float | None


async def by_unit(
    units: list[str], of: Filter, viewer: Viewer, window: str = "month"
) -> dict[str, UnitFigures]:
    """Of each of ``units``, whose figures the viewer sees, those of units below it included, what
    ``of`` asks for. ``window``: one
    of the live windows. From the feed if nothing is asked, else from ClickHouse: raises
    StoreAway."""
    if not of.narrows:
        return {unit: _live_line(unit, viewer, window) for unit in units}
    names = [*GAUGES, *(f"{measure}_{window}" for measure in MEASURES)]
    filters = {name: filter_of(name, all_time=viewer.view.all_time) for name in names}
    at = standpoint(of, viewer)
    if at.scopes is not None:  # of these units the figures may be seen, by whoever dossiers are had
        at = replace(at, scopes=tuple(map(unit_scope, units)))
    where, columns = where_of(of, at), []
    wheres = {name: where_of(filter_, at) for name, filter_ in filters.items()}
    where.months = where.months.within(Months.of_any(each.months for each in wheres.values()))
    for name, asked in wheres.items():
        own = asked.beyond(where).renamed(f"{name}_")
        columns.append(f"countIf({own}) AS {name}")
        where.parameters.update(own.parameters)
    lately(where, span_of(window, at.now, at.context.calendar).kept.start, at.now)
    age = await as_of(viewer)
    rows = await asked_of(
        viewer,
        f"arrayJoin(d.scopes) AS scope, {', '.join(columns)}",
        where,
        f"GROUP BY scope HAVING startsWith(scope, '{unit_scope('')}') LIMIT {MOST_UNITS}",
    )
    found = {row["scope"]: row for row in rows}
    return {
        unit: _stored_line(unit, found.get(unit_scope(unit), {}), of, viewer, window, age)
        for unit in units
    }


def _live_line(unit: str, viewer: Viewer, window: str) -> UnitFigures:
    of = Filter(unit=unit)
    names = [*GAUGES, *(f"{measure}_{window}" for measure in MEASURES)]
    counts = {name: live_count(name, of, viewer) for name in names if is_live(of, name, viewer)}
    return _line(unit, counts, window)


def _stored_line(
    unit: str, row: Mapping[str, int], of: Filter, viewer: Viewer, window: str, age: int
) -> UnitFigures:
    counts = {}
    for name in (*GAUGES, *(f"{measure}_{window}" for measure in MEASURES)):
        own = filter_of(name, unit, all_time=viewer.view.all_time)
        said = {key: value for key, value in vars(of).items() if value and key != "unit"}
        counts[name] = LinkedCount(int(row.get(name, 0)), own.with_(**said), age)
    return _line(unit, counts, window)


def _line(unit: str, counts: Mapping[str, LinkedCount], window: str) -> UnitFigures:
    ends = [counts[f"{name}_{window}"].number for name in ("early", "on_time", "late")]
    kept = {name: counts[name] for name in GAUGES}
    kept |= {name: counts[f"{name}_{window}"] for name in ("received", "late")}
    return UnitFigures(unit, kept, sum(ends), on_time_rate(*ends))
