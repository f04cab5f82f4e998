"""What people of the simulated city do about what is overdue: plausible, and without any effect on
whether something is late.

An alert's id follows from its cause, so all of it follows from a dossier's life. Drawn apart from
that life, which would be another one if it took numbers from its source.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID, uuid5

from dossiers.fold.alerts import alert_id
from dossiers.fold.folding import fold
from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.time.hours import HOUR, MINUTE
from dossiers.time.limits import due_after
from dossiers.wire.acted import Acted
from dossiers.wire.actions import DESK, Action, Capacity
from dossiers.wire.alerts import AlertState
from dossiers.wire.course import Course
from dossiers.wire.events import AnyDossierEvent, Received
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from sources.simulator.city import City, ProcedureDesk

_REASONS = ("in_hand", "waiting_unit", "waiting_citizen", "verifying", "inherited", "workload")
_HOURS_A_DAY = 8  # working hours; for as many an acknowledgement holds, and then it escalates
Deeds = Generator[Acted, None, bool]  # returns whether the unit's head has acknowledged


@dataclass
class _KnownAlert:
    """An alert of one dossier, as it is shown; ``sequence`` rises with everything that is done."""

    id: str
    dossier: str
    state: AlertState
    sequence: int = 1

    def deed(self, action: Action, person: str, capacity: Capacity, at: int, **more: Any) -> Acted:
        """What somebody does about it at ``at`` (ms), as the API would write it."""
        name = f"{self.sequence}|{action}|{person}"
        done = Acted(
            event_id=str(uuid5(UUID(self.id), name)),
            dossier_id=self.dossier,
            occurred_at=at,
            received_at=at,
            source=DESK,
            source_seq=at,
            action=action,
            alert_id=self.id,
            sequence=self.sequence,
            alert_kind=self.state.kind,
            level=self.state.level,
            cause=self.state.cause,
            person=person,
            capacity=capacity,
            **more,
        )
        self.sequence += 1
        return done


class People:
    """Of one city. ``timeline``: on which its dossiers are followed, and their alerts raised."""

    def __init__(self, city: City, timeline: str) -> None:
        self._settings = city.settings.people
        self._calendar = city.calendar
        self._timeline = UUID(timeline)
        self._context = Context(city.reference())
        self._desks = {desk.unit.id: desk for desk in city.desks}

    def deeds(self, rng: Random, life: Sequence[AnyDossierEvent]) -> Iterator[Acted]:
        """What is done about the dossier of ``life``, as it was delivered: on the first working
        days on which it is overdue, by the head of its unit and by whoever holds it."""
        if not self._settings.days or not self._may_be_late(life):
            return
        due = self._course(life, max(event.received_at for event in life)).due_at
        if due is None:
            return
        overdue = self._alert(life[0].dossier_id, AlertState("overdue", 0, due, 1, "raised"))
        above = self._alert(life[0].dossier_id, AlertState("escalation", 1, due, 1, "raised"))
        escalates = self._calendar.add_hours(due, _HOURS_A_DAY)
        for day in range(self._settings.days):
            at = self._looked_at(rng, due, day)
            course = self._course(life, at)
            desk = self._desks.get(course.unit)
            verdict = standing_at(course, at, self._context).verdict
            if desk is None or (verdict, course.due_at) != ("overdue", due):
                continue
            taken = yield from self._look(rng, course, desk, overdue, at)
            if taken and at < escalates:
                escalates = self._calendar.add_hours(at, _HOURS_A_DAY)
            elif at > escalates and rng.random() < self._settings.escalated:
                yield above.deed("acknowledge", desk.head, "receiver", at + MINUTE)

    def _look(
        self, rng: Random, course: Course, desk: ProcedureDesk, alert: _KnownAlert, at: int
    ) -> Deeds:
        """One look at an alert, of which nothing may come."""
        settings, way = self._settings, rng.random()
        by_holder = settings.taken + settings.taken_by_holder
        if way < settings.taken:
            yield alert.deed("acknowledge", desk.head, "receiver", at)
            yield from self._afterwards(rng, desk, alert, at)
        elif way < by_holder and course.officer:
            yield alert.deed("acknowledge", course.officer, "holder", at)
        elif way < by_holder + settings.snoozed:
            until = self._calendar.add_hours(at, settings.snooze_hours)
            yield alert.deed("snooze", desk.head, "receiver", at, until=until)
        if rng.random() < settings.explained and course.officer:
            later, why = at + rng.randint(2, 90) * MINUTE, rng.choice(_REASONS)
            yield alert.deed("explain", course.officer, "holder", later, reason=why)
        return way < settings.taken

    def _afterwards(
        self, rng: Random, desk: ProcedureDesk, alert: _KnownAlert, at: int
    ) -> Iterator[Acted]:
        """Who has taken it may hand it over, to somebody who accepts."""
        if rng.random() < self._settings.handed_over:
            to = rng.choice(desk.officers)
            yield alert.deed("hand_over", desk.head, "receiver", at + MINUTE, to=to)
            yield alert.deed("accept", to, "above", at + rng.randint(5, 60) * MINUTE)

    def _alert(self, dossier: str, state: AlertState) -> _KnownAlert:
        return _KnownAlert(alert_id(self._timeline, dossier, state), dossier, state)

    def _looked_at(self, rng: Random, due: int, day: int) -> int:
        """Within working hours, ``day`` working days after the due time."""
        hours = rng.uniform(self._settings.soonest_hours, self._settings.latest_hours)
        return self._calendar.add(due, int((day * _HOURS_A_DAY + hours) * HOUR))

    def _may_be_late(self, life: Sequence[AnyDossierEvent]) -> bool:
        """Whether it takes longer than its first due time. Few do, and the others cost less."""
        first = next((event for event in life if isinstance(event, Received)), None)
        limit = None if first is None else self._context.limit_of(first.procedure)
        if first is None or limit is None:
            return False
        due = first.due_at
        if due is None:
            due = due_after(first.occurred_at, limit, self._calendar)
        return max(event.occurred_at for event in life) > due

    def _course(self, life: Sequence[AnyDossierEvent], at: int) -> Course:
        """The dossier as it was known at ``at`` (ms)."""
        known = {event.event_id: event for event in life if event.received_at <= at}
        return fold(sorted(map(fact_of, known.values()), key=fact_order), self._context)
