"""What each holding of a late dossier used, was given and is charged with, as numbers to store.

All amounts are working ms by the calendar that made the due time. Of a dossier that is still open
and overdue they are those of one instant. They go on by a rule that needs no dossier: what has
passed since belongs to the last holding, and the lateness is split over what each took beyond the
slack (``raw``), as dossiers.reports.attribution does.
"""

from __future__ import annotations

from typing import NamedTuple

from dossiers.reports.case import JudgedCase

NO_LIMIT = -1  # in place of a limit, where there is no step data


class HeldShares(NamedTuple):
    """One entry a holding, in their order. ``limits``: NO_LIMIT where there is none. ``raw``: what
    it took beyond the slack, below 0 if it made up time. ``charges`` and ``unassigned`` add up to
    ``late``; ``before``: late before anybody held it. ``worked``: working ms from the beginning of
    the calendar to the instant of all this; ``grows``: open, and its clock runs."""

    units: tuple[str, ...]
    officers: tuple[str, ...]
    steps: tuple[str, ...]
    used: tuple[int, ...]
    limits: tuple[int, ...]
    raw: tuple[int, ...]
    charges: tuple[int, ...]
    inherited: tuple[int, ...]
    late: int
    unassigned: int
    before: int
    worked: int
    grows: bool


NOTHING_HELD = HeldShares((), (), (), (), (), (), (), (), 0, 0, 0, 0, False)


def shares_of(case: JudgedCase) -> HeldShares:
    """Of a dossier that ended late or is overdue; NOTHING_HELD of any other."""
    found, verdict = case.attribution, case.standing.verdict
    if found is None or verdict not in ("late", "overdue"):
        return NOTHING_HELD
    parts = found.parts
    return HeldShares(
        units=tuple(part.holding.unit for part in parts),
        officers=tuple(part.holding.officer for part in parts),
        steps=tuple(part.holding.step for part in parts),
        used=tuple(part.used for part in parts),
        limits=tuple(NO_LIMIT if part.limit is None else part.limit for part in parts),
        raw=tuple(part.raw for part in parts),
        charges=tuple(part.charge for part in parts),
        inherited=tuple(part.inherited for part in parts),
        late=found.late,
        unassigned=found.unassigned,
        before=parts[0].inherited if parts else 0,
        worked=case.calendar.elapsed(case.end),
        grows=verdict == "overdue" and case.course.stopped_at is None,
    )
