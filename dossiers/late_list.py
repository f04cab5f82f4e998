"""The month's late list (Decision 766): officers, units and dossiers that caused delays.

A dossier is in month M when it was finished late in M or is overdue at M's end. It is judged by
what had happened by then, so that the list of a past month does not change because time went on.
An officer's lates are the late dossiers with a charge to that officer, and the total is every
dossier the officer held in M: several may be charged with one dossier, so they may add up to more
than their unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from dossiers.attribution import METHOD
from dossiers.calendar import instant
from dossiers.case import Case, case_in_force
from dossiers.context import UNKNOWN, Context
from dossiers.flags import REWRITTEN
from dossiers.in_force import InForce
from dossiers.records import Fact

Who = tuple[str, str]  # unit, officer; "" for the unit as a whole, or for its inbox


class Month(NamedTuple):
    """``name``: YYYY-MM. ``start`` and ``end`` (ms): local midnights, the end outside."""

    name: str
    start: int
    end: int


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """One officer of one unit, or (``officer`` "") one unit. Days are working days, one decimal.

    ``done`` and ``open``: late dossiers charged, finished or not at the end. ``rate``: late of
    total in percent, one decimal. ``ranked``: total reaches the minimum volume. ``step``: the one
    that cost the most. ``apologised``: None until somebody says so.
    """

    unit: str
    officer: str
    total: int
    late: int
    done: int
    open: int
    rate: float
    days_most: float
    days_mean: float
    ranked: bool
    step: str
    apologised: bool | None = None
    note: str = ""


class LateDossier(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the annex; times in ms, ``finished_at`` None while it is open. ``officer``: who
    is charged the most, "" for an inbox."""

    dossier: str
    procedure: str
    unit: str
    officer: str
    received_at: int
    due_at: int
    finished_at: int | None
    days_late: float
    step: str
    rewritten: bool


class LateList(msgspec.Struct, frozen=True, kw_only=True):
    """All that the list says. ``as_of`` (ms): the month's end, or the data's now if it is not over.
    ``reference``, ``calendars``, ``method``: what it was judged by. ``unmatched``: late dossiers
    with a charge to nobody known."""

    month: str
    scope: str
    timezone: str
    as_of: int
    reference: str
    calendars: tuple[str, ...]
    method: str
    minimum_volume: int
    total: int
    late: int
    unmatched: int
    officers: tuple[Holder, ...]
    units: tuple[Holder, ...]
    dossiers: tuple[LateDossier, ...]


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

    ``now`` (ms): the data's; a month that is not over is judged as of then. ``scope``: a unit; only
    what it and the units below it held. ``in_force``: where other reference data than ``context``
    counted before: each dossier is judged by that of its end, open ones by that of the month's.
    """
    in_force = in_force or InForce([(0, context)])
    count = _Counting(month, min(now, month.end), context, scope)
    for dossier_id, facts in dossiers:
        known = [fact for fact in facts if fact.occurred_at < month.end]
        if known:
            count.take(dossier_id, case_in_force(known, count.as_of, in_force))
    return count.result()


class _Sum:
    """What is summed for one officer or unit; charges in working days."""

    def __init__(self) -> None:
        self.total = self.done = self.open = 0
        self.days: list[float] = []
        self.steps: dict[str, int] = {}


class _Counting:
    def __init__(self, month: Month, as_of: int, context: Context, scope: str) -> None:
        self.as_of = as_of
        self._month = month
        self._context = context
        self._scope = scope
        self._sums: dict[Who, _Sum] = {}
        self._annex: list[LateDossier] = []
        self._calendars: set[str] = set()
        self._total = self._unmatched = 0

    def take(self, dossier_id: str, case: Case) -> None:
        """Count one dossier, if it was held in the month by somebody of the scope."""
        if case.end < self._month.start:
            return
        held = {
            (h.unit, h.officer)
            for h in case.holdings
            if h.end >= self._month.start and self._within(h.unit)
        }
        if not held:
            return
        self._total += 1
        units = {(unit, "") for unit, _ in held}
        for who in {who for who in held if who[1]} | units:
            self._sum(who).total += 1
        found = case.attribution
        if found is None or not found.late or case.standing.verdict not in ("late", "overdue"):
            return
        charges: dict[Who, dict[str, int]] = {}
        unmatched = False
        for part in found.parts:
            unit, officer, step = part.holding.unit, part.holding.officer, part.holding.step
            if part.charge and self._within(unit):
                unmatched |= officer in ("", UNKNOWN)
                for who in {(unit, officer), (unit, "")}:
                    steps = charges.setdefault(who, {})
                    steps[step] = steps.get(step, 0) + part.charge
        if not charges:
            return
        self._unmatched += unmatched
        self._charge(charges, case)
        self._annex.append(self._line(dossier_id, case, charges))

    def _charge(self, charges: dict[Who, dict[str, int]], case: Case) -> None:
        self._calendars.add(case.calendar.version)
        for who, steps in charges.items():
            entry = self._sum(who)
            if case.standing.verdict == "overdue":
                entry.open += 1
            else:
                entry.done += 1
            entry.days.append(sum(steps.values()) / case.calendar.day_length)
            for step, amount in steps.items():
                entry.steps[step] = entry.steps.get(step, 0) + amount

    def _line(self, dossier_id: str, case: Case, charges: dict[Who, dict[str, int]]) -> LateDossier:
        course, found = case.course, case.attribution
        if found is None or course.received_at is None or course.due_at is None:
            raise ValueError(f"{dossier_id} is not late")
        people = {who: sum(steps.values()) for who, steps in charges.items() if who[1]}
        most = min(people, key=lambda who: (-people[who], who)) if people else ("", "")
        return LateDossier(
            dossier=dossier_id,
            procedure=course.procedure,
            unit=course.unit,
            officer=most[1],
            received_at=course.received_at,
            due_at=course.due_at,
            finished_at=course.finished_at,
            days_late=round(found.late / case.calendar.day_length, 1),
            step=_costliest(found.by_step()),
            rewritten=REWRITTEN in course.flags,
        )

    def _sum(self, who: Who) -> _Sum:
        found = self._sums.get(who)
        if found is None:
            found = self._sums[who] = _Sum()
        return found

    def _within(self, unit: str) -> bool:
        scope = self._scope
        return not scope or unit == scope or scope in self._context.ancestors(unit)

    def result(self) -> LateList:
        """The whole list, in its order: most lates first, then the most days."""
        least = self._context.rules.minimum_volume
        holders = [_holder(who, entry, least) for who, entry in self._sums.items() if entry.days]
        holders.sort(key=lambda h: (-h.late, -h.days_most, h.unit, h.officer))
        return LateList(
            month=self._month.name,
            scope=self._scope,
            timezone=self._context.reference.timezone,
            as_of=self.as_of,
            reference=self._context.hash,
            calendars=tuple(sorted(self._calendars)),
            method=METHOD,
            minimum_volume=least,
            total=self._total,
            late=len(self._annex),
            unmatched=self._unmatched,
            officers=tuple(h for h in holders if h.officer),
            units=tuple(h for h in holders if not h.officer),
            dossiers=tuple(sorted(self._annex, key=lambda d: (-d.days_late, d.dossier))),
        )


def _holder(who: Who, entry: _Sum, least: int) -> Holder:
    late = len(entry.days)
    return Holder(
        unit=who[0],
        officer=who[1],
        total=entry.total,
        late=late,
        done=entry.done,
        open=entry.open,
        rate=round(100 * late / entry.total, 1) if entry.total else 100.0,
        days_most=round(max(entry.days), 1),
        days_mean=round(sum(entry.days) / late, 1),
        ranked=entry.total >= least,
        step=_costliest(entry.steps),
    )


def _costliest(steps: dict[str, int]) -> str:
    """The step with the largest charge; of equal ones the first by name."""
    return min(steps, key=lambda step: (-steps[step], step)) if any(steps.values()) else ""
