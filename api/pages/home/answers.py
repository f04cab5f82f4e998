"""What the home asks of ClickHouse: what is due, what waits, and what changed since the last close.

Each answer is the number of a filter, so that its list has exactly these dossiers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from api.insight.answers import as_of, asked_of, counts
from api.insight.conditions import Standpoint, where_of
from api.insight.filters import Filter
from api.insight.listing import Sort, list_page
from api.pages.home.day import OfficeDay
from api.queries import Row
from api.viewer import Viewer

CHANGES = ("submitted", "resumed", "rewritten", "newly_overdue", "extended")
_MOST_STEPS = 3
_OVERDUE = Filter(standing=("overdue",))
_WITHIN = Filter(standing=("within",))
_UNENDED = Filter(standing=("overdue", "pending", "within"))  # of all that lies ahead


@dataclass(frozen=True)
class HomeAnswers:
    """``numbers``: by the names of ``filters_of``. ``steps``: of the dossiers that are due first,
    (step, how many), most first. ``first_due``: the next due time (ms) of the due day, else of any
    later day, None if nothing is due. ``oldest``: the dossier overdue longest. ``as_of``: ms."""

    filters: Mapping[str, Filter]
    numbers: Mapping[str, int]
    steps: tuple[tuple[str, int], ...]
    first_due: int | None
    oldest: Row | None
    as_of: int

    def url(self, name: str) -> str:
        """The list of what ``numbers`` counts under that name."""
        return self.filters[name].url()


def filters_of(day: OfficeDay) -> dict[str, Filter]:
    """By name. ``due``: open, not overdue, due on the due day; ``early``: of these, before ten;
    ``receptions``: submitted, and late receptions on the due day if nobody accepts them."""
    since = day.window_since()
    return {
        "due": _WITHIN.with_(due=day.window_due()),
        "early": _WITHIN.with_(due=day.window_early()),
        "later": _WITHIN.with_(due=day.window_later()),
        "receptions": Filter(standing=("pending",), turns=day.window_due()),
        "overdue": _OVERDUE,
        **{what: Filter(what=what, window=since) for what in CHANGES},
    }


async def ask(viewer: Viewer, day: OfficeDay) -> HomeAnswers:
    """All of it, for what lies within the viewer's reach. Raises StoreAway."""
    filters = filters_of(day)
    at = await as_of(viewer)
    numbers = await _numbers(filters, viewer)
    first = filters[first_task(numbers, day)]
    due = filters["due"] if numbers["due"] else filters["later"]
    return HomeAnswers(
        filters=filters,
        numbers=numbers,
        steps=await _steps(viewer, first) if numbers["due"] else (),
        first_due=await _first_due(viewer, due) if numbers["due"] or numbers["later"] else None,
        oldest=await _oldest(viewer) if numbers["overdue"] else None,
        as_of=at,
    )


async def _numbers(filters: Mapping[str, Filter], viewer: Viewer) -> dict[str, int]:
    """What lies ahead by one statement, what happened by one each: so ClickHouse reads what is
    asked for, and not every dossier that there ever was."""
    ahead = [name for name in filters if name not in CHANGES]
    first, *others = await asyncio.gather(
        counts([filters[name] for name in ahead], viewer, _UNENDED),
        *(counts([filters[name]], viewer, filters[name]) for name in CHANGES),
    )
    happened = zip(CHANGES, (number for [number] in others), strict=True)
    return dict(zip(ahead, first, strict=True)) | dict(happened)


def first_task(numbers: Mapping[str, int], day: OfficeDay) -> str:
    """Of which due dossiers the first thing to do is: those before ten while it is earlier, else
    those of the day."""
    return "early" if numbers["early"] and (day.early or not day.of_today) else "due"


async def _steps(viewer: Viewer, filter_: Filter) -> tuple[tuple[str, int], ...]:
    rows = await asked_of(
        viewer,
        "d.step AS step, count() AS dossiers",
        where_of(filter_, Standpoint.listing(viewer)),
        "GROUP BY step ORDER BY dossiers DESC, step LIMIT {most:UInt8}",
        most=_MOST_STEPS,
    )
    return tuple((row["step"], int(row["dossiers"])) for row in rows)


async def _first_due(viewer: Viewer, filter_: Filter) -> int | None:
    page = await list_page(filter_, viewer, sort=Sort("due"), cursor=None, limit=1)
    return page.rows[0]["due_at"] if page.rows else None


async def _oldest(viewer: Viewer) -> Row | None:
    page = await list_page(_OVERDUE, viewer, sort=Sort("due"), cursor=None, limit=1)
    return page.rows[0] if page.rows else None
