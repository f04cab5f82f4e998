"""Who is reminded by mail of what there is to do about a late list, and when.

Three times at the most: when it begins, a working day before its deadline, and when it is over the
deadline; in the working hours of the person's unit alone. Whoever could not be told in time is told
once, by what has come last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from dossiers.alerting.people import Duties
from dossiers.publication.editions import Edition, Register
from dossiers.publication.tasks import ListTask, TaskKind, Worker, edition_tasks
from dossiers.reference.context import Context
from dossiers.time.calendar import Calendar
from dossiers.wire.publications import Capacity, Case

When = Literal["begins", "soon", "over"]
CasesOf = Callable[[str], tuple[Case, ...]]
_ORDER: tuple[When, ...] = ("begins", "soon", "over")
_Doing = dict[str, tuple[set[Capacity], list[Case]]]  # by person: as what, and for which cases


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    """``key``: of idempotency. ``at``: data time (ms); the others as of a ListTask."""

    key: str
    receiver: str
    at: int
    when: When
    kind: TaskKind
    list_id: str
    edition: int
    count: int
    until: int


class Reminding:
    """``told``: keys of what was said before. ``cases_of``: the cases of a frozen list, by the
    SHA-256 of its rows; none if they cannot be had, and those who are charged are not told."""

    def __init__(self, cases_of: CasesOf, told: Iterable[str] = ()) -> None:
        self.told = set(told)
        self._cases_of = cases_of
        self._open: set[str] = set()  # what is still to be done, as of the last look

    def due(
        self, register: Register, duties: Duties, context: Context, now: int
    ) -> tuple[Reminder, ...]:
        """What is to be said at ``now`` (ms, data time); it counts as told from now on."""
        found: list[Reminder] = []
        self._open = set()
        for edition in _going_on(register):
            for person, (capacities, cases) in self._doing(edition, duties, now).items():
                who = Worker(person, frozenset(capacities))
                calendar = context.calendar_for(duties.home(person))
                for task in edition_tasks(edition, who, now, _always(cases)):
                    found += self._reminder(edition, task, who, cases, calendar, now)
        self._forget(register)
        return tuple(found)

    def is_open(self, reminder: Reminder) -> bool:
        """Whether it was still to be done when this last looked."""
        return _name_of(reminder.key) in self._open

    def _reminder(
        self,
        edition: Edition,
        task: ListTask,
        who: Worker,
        cases: list[Case],
        calendar: Calendar,
        now: int,
    ) -> Iterator[Reminder]:
        name = f"{task.list_id}/{task.edition}/{task.kind}/{_since(edition, task, cases)}"
        name = f"{name}/{who.person}"
        self._open.add(name)
        stage = _stage(task, calendar, now)
        key = f"{name}/{stage}"
        if key in self.told or calendar.next_working(now) > now:
            return
        self.told |= {f"{name}/{each}" for each in _ORDER[: _ORDER.index(stage) + 1]}
        yield Reminder(
            key=f"late-list/{key}", receiver=who.person, at=now, when=stage, kind=task.kind,
            list_id=task.list_id, edition=task.edition, count=task.count, until=task.until,
        )  # fmt: skip

    def _doing(self, edition: Edition, duties: Duties, now: int) -> _Doing:
        """Everybody who may have something to do, and for which cases."""
        found: _Doing = {}
        heads: dict[str, tuple[str, ...]] = {}  # many cases are of one unit

        def add(person: str, capacity: Capacity, cases: Iterable[Case] = ()) -> None:
            capacities, known = found.setdefault(person, (set(), []))
            capacities.add(capacity)
            known.extend(cases)

        if edition.submitted is None:
            for case in self._cases_of(edition.frozen.record.rows):
                if case.officer and duties.serves(case.officer, now):
                    add(case.officer, "officer", (case,))
                if case.unit not in heads:
                    heads[case.unit] = duties.nearest(duties.chain(case.unit), "head", now)
                for head in heads[case.unit]:
                    add(head, "supervisor", (case,))
        for person in duties.anywhere("reform", now):
            add(person, "reform_office")
        for person in duties.anywhere("leader", now):
            add(person, "leader")
        return found

    def _forget(self, register: Register) -> None:
        """What was said about lists that are published."""
        going = tuple(f"{each.list_id}/{each.number}/" for each in _going_on(register))
        self.told = {key for key in self.told if key.startswith(going)}


def _going_on(register: Register) -> Iterator[Edition]:
    return (found.last for found in register.lists.values() if found.last.published is None)


def _always(cases: list[Case]) -> Callable[[Edition], list[Case]]:
    return lambda _: cases


def _since(edition: Edition, task: ListTask, cases: Iterable[Case]) -> int:
    """Number of the record with which it began: what begins again is another task."""
    if task.kind == "approve" and edition.submitted is not None:
        return edition.submitted.record.number
    if task.kind == "publish" and edition.approved is not None:
        return edition.approved.record.number
    if task.kind == "answer":
        asked = (edition.case(case) for case in cases)
        return max(state.asked[-1].number for state in asked if state.unanswered)
    return edition.frozen.record.number


def _stage(task: ListTask, calendar: Calendar, now: int) -> When:
    if task.overdue:
        return "over"
    soon = calendar.subtract(task.until, calendar.day_length)
    return "soon" if now >= soon else "begins"


def _name_of(key: str) -> str:
    return key.removeprefix("late-list/").rpartition("/")[0]
