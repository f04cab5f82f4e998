"""The month's late list (Decision 766): officers, units and dossiers that caused delays.

A dossier is in month M when it was finished late in M or is overdue at M's end: the same ones that
the live counters of the month and of what is overdue count. It is judged by what had happened by
then, so that the list of a past month does not change because time went on.

An officer's lates are the late dossiers with a charge to that officer, and the total is every
dossier that the officer held in M, or is charged with in its list: several may be charged with one
dossier, so they may add up to more than their unit. A late dossier with no working time beyond its
due time (finished in the evening of that day, open over a weekend) charges nobody; it is in the
list with 0.0 days, for the unit that held it when the due time passed. A unit's list is the whole
one, filtered by who is charged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.case import case_in_force
from dossiers.reports.late_counting import Counting
from dossiers.reports.late_lines import LateList, Month
from dossiers.time.day_table import instant
from dossiers.wire.facts import Fact


def month_of(name: str, context: Context) -> Month:
    """The month ``name`` (YYYY-MM) on the local clocks; raises ValueError."""
    first = datetime.strptime(name, "%Y-%m").replace(tzinfo=context.calendar.zone)
    year, month = divmod(first.year * 12 + first.month, 12)
    following = datetime(year, month + 1, 1, tzinfo=context.calendar.zone)
    return Month(name, instant(first), instant(following))


def late_list(
    dossiers: Iterable[tuple[str, Sequence[Fact]]],
    month: Month,
    now: int,
    context: Context,
    scope: str = "",
    in_force: InForce | None = None,
) -> LateList:
    """The list of ``month`` from the facts (in order) of every dossier.

    ``now`` (ms): the watermark; a month that is not over is judged as of then. ``scope``: a unit;
    only what is charged to it and the units below it. ``in_force``: if other reference data than
    ``context`` counted at other times: each dossier is judged by that of its end, open ones by
    ``context``, which is that of the month's end (``last_of``).
    """
    in_force = in_force or InForce([(0, context)])
    count = Counting(month, min(now, month.end), context, scope)
    until = min(now + 1, month.end)
    for dossier_id, facts in dossiers:
        count.take(dossier_id, case_in_force(facts, count.as_of, in_force, context, until))
    return count.result()


def last_of(month: Month, now: int) -> int:
    """The instant (ms) whose reference data counts for the list as of ``now`` (ms): what begins to
    count with the next month is none of this one's."""
    return min(now, month.end - 1)
