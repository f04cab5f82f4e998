"""What of a dossier, an officer or a unit stands in late lists: lines for their own pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from urllib.parse import quote, urlencode

from api.late_list.sight import SeenCases, seen_cases
from api.pages.dossiers.amounts import Written
from api.pages.parts.marks import Link
from api.pages.parts.states import Notice
from api.publications.case_rows import CaseRow
from api.publications.errors import LateListError
from api.viewer import Viewer
from dossiers.wire.late_lists import Counts
from dossiers.wire.publications import month_and_scope

MOST_LISTS = 3  # looked at, the newest first
Entry = tuple[str, str]  # what stands there, and where it leads
Find = Callable[[SeenCases], Entry | None]
_PAGE = "/publications"


async def dossier_entries(viewer: Viewer, dossier: str, say: Written) -> tuple[Notice, ...]:
    """Of one dossier."""

    def found(seen: SeenCases) -> Entry | None:
        rows = [row for row in seen.rows if row.line.dossier == dossier]
        return _dossier(viewer, rows, seen, say) if rows else None

    return tuple([each async for each in _entries(viewer, say, found)])


async def officer_entries(viewer: Viewer, officer: str, say: Written) -> tuple[Notice, ...]:
    """Of one officer, in the unit where most is charged."""

    def found(seen: SeenCases) -> Entry | None:
        units = {row.case.unit for row in seen.rows if row.case.officer == officer}
        lines = [
            line
            for (unit, who), line in seen.index.officers.items()
            if who == officer and unit in units
        ]
        if not lines:
            return None
        line = max(lines, key=lambda each: each.counts.late)
        return _counts(line.counts, say), _goal(viewer, seen, of=line.unit, officer=officer)

    return tuple([each async for each in _entries(viewer, say, found)])


async def unit_entries(viewer: Viewer, unit: str, say: Written) -> tuple[Notice, ...]:
    """Of one unit with those below it."""

    def found(seen: SeenCases) -> Entry | None:
        if not seen.whole and unit not in seen.units:
            return None
        line = next((each for each in seen.core.units if each.unit == unit), None)
        if line is None or not line.counts.late:
            return None
        return _counts(line.counts, say), _goal(viewer, seen, unit=unit)

    return tuple([each async for each in _entries(viewer, say, found)])


async def _entries(viewer: Viewer, say: Written, find: Find) -> AsyncIterator[Notice]:
    lists = viewer.live.publications.state
    for id_ in list(lists.months())[:MOST_LISTS]:
        try:
            seen = await seen_cases(viewer, lists.lists[id_].last)
        except LateListError:
            continue
        # To look through 400,000 rows takes long enough to be felt on a wall.
        entry = await asyncio.to_thread(find, seen)
        if entry is not None:
            month, _ = month_and_scope(id_)
            when = say.words("late_in_month", month=month[5:], year=month[:4])
            text = say.words("late_entry", month=when, what=entry[0])
            yield Notice(text, link=Link(say.words("late_entry_open"), entry[1]))


def _dossier(viewer: Viewer, rows: list[CaseRow], seen: SeenCases, say: Written) -> Entry:
    """Its first officer's, else its unit's."""
    row = next((each for each in rows if each.case.officer), rows[0])
    state = seen.edition.case(row.case)
    parts = [say.words("late_entry_dossier", amount=say.amount(row.line.late))]
    if state.pending:
        parts.append(say.words("late_waiting"))
    elif state.decision is not None:
        parts.append(say.words("late_accepted" if state.decision.accepted else "late_rejected"))
    goal = _goal(viewer, seen, of=row.case.unit, officer=row.case.officer)
    return ", ".join(parts), goal


def _goal(viewer: Viewer, seen: SeenCases, **asked: str) -> str:
    """The list's page; officers have one of their own."""
    if viewer.principal.roles == {"officer"}:
        return f"{_PAGE}/mine"
    query = urlencode({"show": "all", **{name: value for name, value in asked.items() if value}})
    return f"{_PAGE}/{quote(seen.edition.list_id, safe='~')}?{query}"


def _counts(counts: Counts, say: Written) -> str:
    late, total = say.words.number(counts.late), say.words.number(counts.total)
    return say.words("late_entry_lines", late=late, total=total)
