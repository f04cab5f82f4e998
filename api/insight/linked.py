"""Numbers of a page, each with the filter whose list it is and its age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.insight.answers import as_of, counts
from api.insight.conditions import Standpoint
from api.insight.filters import Filter
from api.insight.live_fields import filter_of
from api.viewer import Viewer
from dossiers.tallies.vector import FIELD
from dossiers.wire.keys import ALL, officer_scope, unit_scope


@dataclass(frozen=True)
class LinkedCount:
    """``number`` dossiers of ``filter``. ``as_of``: ms. ``live``: from the feed, which keeps it so;
    else from ClickHouse."""

    number: int
    filter: Filter
    as_of: int
    live: bool = False


def live_count(field: str, of: Filter, viewer: Viewer) -> LinkedCount:
    """Field ``field`` of the tally of the unit or officer of ``of``, of all if it names none."""
    view = viewer.view
    filter_ = filter_of(field, of.unit, of.officer, all_time=view.all_time)
    return LinkedCount(view.value(scope_of(of), field), filter_, view.watermark or 0, live=True)


def scope_of(filter_: Filter) -> str:
    """Whose tally says what an otherwise empty filter counts."""
    if filter_.officer:
        return officer_scope(filter_.officer)
    return unit_scope(filter_.unit) if filter_.unit else ALL


def is_live(of: Filter, field: str, viewer: Viewer) -> bool:
    """Whether the feed has the number: of one unit or officer, and nothing else is asked. An
    officer within a unit is two conditions."""
    plain = not of.narrows and not (of.unit and of.officer)
    return plain and field in FIELD and viewer.sees_scope(scope_of(of))


async def linked(
    wanted: Mapping[str, Filter], viewer: Viewer, shared: Filter | None = None
) -> dict[str, LinkedCount]:
    """Counts from ClickHouse, by one statement, under the names of ``wanted``. ``shared``: what
    every one of these filters asks for, if that is more than their ids say. Raises StoreAway."""
    names = list(wanted)
    at = await as_of(viewer)
    numbers = await counts([wanted[name] for name in names], viewer, shared)
    return {
        name: LinkedCount(number, wanted[name], at)
        for name, number in zip(names, numbers, strict=True)
    }


async def figures(fields: Sequence[str], of: Filter, viewer: Viewer) -> dict[str, LinkedCount]:
    """Fields of a tally (dossiers.tallies.vector) for the dossiers of ``of``: from the feed where
    it has them, else from ClickHouse. Raises StoreAway only if it is asked."""
    found = {f: live_count(f, of, viewer) for f in fields if is_live(of, f, viewer)}
    rest = [f for f in fields if f not in found]
    if rest:
        all_time = viewer.view.all_time
        wanted = {f: merged(of, filter_of(f, all_time=all_time)) for f in rest}
        found |= await linked(wanted, viewer)
    return {field: found[field] for field in fields}


def merged(of: Filter, more: Filter) -> Filter:
    """The conditions of both; what ``more`` names outranks."""
    said = {name: value for name, value in vars(more).items() if value}
    for name in ("marks", "flags"):
        said[name] = (*getattr(of, name), *getattr(more, name))
    return of.with_(**said)


def standpoint(of: Filter, viewer: Viewer) -> Standpoint:
    """From where the figures of a page about ``of`` are asked."""
    return Standpoint.counting(viewer, of)
