"""One dossier's life, from arrival to the end: a pure function of (seed, day, number)."""

from __future__ import annotations

import math
from bisect import bisect
from dataclasses import dataclass
from random import Random
from typing import Any

from dossiers.time.hours import HOUR, MINUTE
from dossiers.time.limits import due_after
from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import (
    AnyDossierEvent,
    DueSet,
    Finished,
    Progressed,
    Received,
    Refused,
    Resumed,
    Submitted,
    Suspended,
    Withdrawn,
)
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Procedure
from sources.simulator.city import City, ProcedureDesk

PORTAL, COUNTER = "portal", "one-stop"
RECEIVING, EXAMINING, CONSULTING, SIGNING, ISSUING = (
    "Tiếp nhận",
    "Thẩm định",
    "Xin ý kiến",
    "Trình ký",
    "Văn thư",
)
_IN_TIME_HOURS = 7.5  # an online dossier received within these working hours is not late


@dataclass
class SimulatedDossier:
    """A life in the making: ``events`` in the order in which they happen."""

    city: City
    rng: Random
    id: str
    desk: ProcedureDesk
    procedure: Procedure
    limit: Limit
    online: bool
    events: list[AnyDossierEvent]

    def add(self, kind: type[DossierEvent], at: int, **fields: Any) -> None:
        """Appends an event; it is known in the office at once (delivery.py makes it late)."""
        number = len(self.events) + 1
        event = kind(
            event_id=f"{self.id}-{number}",
            dossier_id=self.id,
            occurred_at=at,
            received_at=at,
            source=PORTAL if kind is Submitted or kind is Refused else COUNTER,
            source_seq=number,
            **fields,
        )
        self.events.append(event)  # type: ignore[arg-type]

    def lognormal(self, median: float, sigma: float) -> float:
        """A random number of the log-normal distribution with this median and sigma."""
        return median * math.exp(self.rng.gauss(0.0, sigma))


def live(city: City, rng: Random, dossier_id: str, at: int, online: bool) -> list[AnyDossierEvent]:
    """Everything that happens to the dossier that arrives at ``at`` (ms)."""
    desk = city.desk(rng)
    place = bisect(desk.procedure_weights, rng.random() * desk.procedure_weights[-1])
    procedure = desk.procedures[min(place, len(desk.procedures) - 1)]
    limit = procedure.limit or Limit(amount=10, unit="working_days")
    dossier = SimulatedDossier(city, rng, dossier_id, desk, procedure, limit, online, [])
    received = _reception(dossier, at)
    if received is not None:
        _processing(dossier, received)
    return dossier.events


def _reception(dossier: SimulatedDossier, at: int) -> int | None:
    """The instant of reception, None if it was refused."""
    rng, desk, course = dossier.rng, dossier.desk, dossier.city.settings.course
    calendar = dossier.city.calendar
    if dossier.online:
        dossier.add(Submitted, at, unit=desk.unit.id, procedure=dossier.procedure.id)
        hours = min(
            dossier.lognormal(course.reception_hours, course.reception_sigma), _IN_TIME_HOURS
        )
        if rng.random() < desk.late_reception:
            hours = 8 + rng.expovariate(1 / course.late_reception_hours)
        at = calendar.add(calendar.next_working(at), int(hours * HOUR))
        if rng.random() < course.refused:
            dossier.add(Refused, at, unit=desk.unit.id, officer=rng.choice(desk.clerks))
            return None
    given = rng.random() < course.due_given
    dossier.add(
        Received,
        at,
        unit=desk.unit.id,
        officer=rng.choice(desk.clerks),
        step=RECEIVING,
        procedure=dossier.procedure.id,
        due_at=due_after(at, dossier.limit, calendar) if given else None,
    )
    return at


def _processing(dossier: SimulatedDossier, received: int) -> None:
    """From reception to the finish, or to the citizen's withdrawal."""
    rng, desk, course = dossier.rng, dossier.desk, dossier.city.settings.course
    calendar = dossier.city.calendar
    start = calendar.next_working(received)
    due = due_after(received, dossier.limit, calendar)
    allowed = max(calendar.between(start, due), HOUR)
    who = rng.randrange(len(desk.officers))
    service = allowed * dossier.lognormal(desk.median, course.service_sigma) * desk.pace[who]
    if rng.random() < course.stuck:
        service *= 3
    service = max(service, course.shortest_minutes * MINUTE)
    if rng.random() < course.extended:
        # Seen coming: the officer asks for more time before the due time, and mostly needs it.
        service = max(service, allowed * rng.uniform(0.9, 1.35))
        asked = calendar.add(start, int(allowed * rng.uniform(0.6, 0.9)))
        longer = calendar.add(due, int(allowed * 0.5))
    else:
        asked = longer = 0
    stops_at = _share_or_never(rng, course.supplement, 0.15, 0.6)
    leaves_at = _share_or_never(rng, course.withdrawn, 0.1, 0.9)
    officer = desk.officers[who]
    holder = {"unit": desk.unit.id, "officer": officer, "responsible": officer}

    def at(share: float) -> int:
        """When ``share`` of the service is done; what was waited for comes on top."""
        return calendar.add(start, int(service * share) + waited)

    waited = 0
    steps: list[tuple[float, str, dict[str, str]]] = [(rng.uniform(0.02, 0.12), EXAMINING, holder)]
    if rng.random() < course.consulted:
        other = dossier.city.desk(rng)
        asked_there = {"unit": other.unit.id, "officer": other.officers[0]}
        steps += [(0.3, CONSULTING, asked_there), (rng.uniform(0.5, 0.75), EXAMINING, holder)]
    signer = {"unit": desk.unit.id, "officer": desk.head, "responsible": officer}
    clerk = {"unit": desk.unit.id, "officer": rng.choice(desk.clerks), "responsible": officer}
    steps += [(0.86, SIGNING, signer), (0.95, ISSUING, clerk)]
    for share, step, held_by in steps:
        if stops_at < share and not waited:
            waited = _wait(dossier, at(stops_at))
        if leaves_at < share:
            dossier.add(Withdrawn, at(leaves_at))
            return
        if asked and at(share) > asked:
            dossier.add(DueSet, asked, due_at=longer, reason="extension")
            asked = 0
        dossier.add(Progressed, at(share), step=step, **held_by)
    if asked and at(1.0) > asked:
        dossier.add(DueSet, asked, due_at=longer, reason="extension")
    dossier.add(Finished, at(1.0))


def _wait(dossier: SimulatedDossier, stopped: int) -> int:
    """A request to the citizen, and the answer: working time that passed in between (ms)."""
    rng, course = dossier.rng, dossier.city.settings.course
    calendar = dossier.city.calendar
    status = 6 if rng.random() < course.payment else 5
    dossier.add(Suspended, stopped, status=status)
    answered = stopped + int(dossier.lognormal(course.wait_hours, course.wait_sigma) * HOUR)
    resumed = calendar.next_working(answered)
    dossier.add(Resumed, resumed)
    return max(1, calendar.between(stopped, resumed))


def _share_or_never(rng: Random, chance: float, low: float, high: float) -> float:
    """At which share of the service something happens; beyond the end if it does not."""
    return rng.uniform(low, high) if rng.random() < chance else 2.0
