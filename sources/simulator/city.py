"""The simulated city: who is there, what they handle and how well. A pure function of the seed."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from statistics import NormalDist

from dossiers.time.calendar import Calendar, calendar_of
from dossiers.wire.alert_policy import AlertPolicy, DutyHolder, SourceLimit
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.facts import Limit
from dossiers.wire.reference import (
    Officer,
    Procedure,
    Reference,
    Rules,
    RuleVersion,
    Step,
    Unit,
    canonical,
)
from sources.calendars import vn_office
from sources.simulator.names import commune_names, officer_name
from sources.simulator.settings import (
    ProcedureSettings,
    SimulationSettings,
    StepSettings,
    load_settings,
)
from sources.simulator.staff import (
    city_duty,
    clerks_of,
    mailbox,
    position_of,
    unit_duties,
)

_MOST_OFFICERS = 40
_HALF = 0.5  # steps have whole half hours
# Nominal working hours in one unit of a limit; of five in seven calendar days.
_HOURS = {"hours": 1.0, "working_days": 8.0, "days": 8 * 5 / 7, "months": 21 * 8.0}
RULES = Rules(tombstones=True)


def procedure_of(settings: ProcedureSettings, steps: Sequence[StepSettings]) -> Procedure:
    """A procedure with its steps, which together take no longer than its limit."""
    whole = math.floor(settings.limit * _HOURS[settings.unit] / _HALF) * _HALF
    taken = [step for step in steps if whole >= step.from_hours]
    hours = {s.id: max(_HALF, round(s.share * whole / _HALF) * _HALF) for s in taken if not s.rest}
    rest = max(_HALF, whole - sum(hours.values()))
    return Procedure(
        id=settings.id,
        name=settings.name,
        field=settings.field,
        limit=Limit(amount=settings.limit, unit=settings.unit),
        steps=tuple(
            Step(id=s.id, name=s.name, hours=hours.get(s.id, rest), holder=s.holder) for s in taken
        ),
        online=settings.online,
        level="Cấp xã" if settings.at == ("communes",) else "Cấp tỉnh",
    )


@dataclass(frozen=True)
class ProcedureDesk:
    """One unit at work. ``median``: of service time as a share of the limit, such that the unit's
    chance of being late comes out. ``pace``: of each officer, 1 is average."""

    unit: Unit
    share: float
    median: float
    late_reception: float
    procedures: tuple[Procedure, ...]
    procedure_weights: tuple[float, ...]
    clerks: tuple[str, ...]
    officers: tuple[str, ...]
    pace: tuple[float, ...]
    head: str


class City:
    """Units, officers, procedures and calendar of one seed. What happens there is in
    sources.simulator.stream."""

    def __init__(self, seed: int, settings: SimulationSettings | None = None) -> None:
        self.seed = seed
        self.settings = settings or load_settings()
        self.calendar_spec: CalendarSpec = vn_office()
        self.calendar: Calendar = calendar_of(self.calendar_spec, self.settings.city.timezone)
        rng = Random(f"{seed}:city")  # noqa: S311
        self._procedures = {
            p.id: procedure_of(p, self.settings.steps) for p in self.settings.procedures
        }
        self._settings_of = {p.id: p for p in self.settings.procedures}
        self._officers: list[Officer] = []
        self._duties: list[DutyHolder] = []
        self.desks = tuple(self._make_desks(rng))
        self._duties += self._make_staff(Random(f"{seed}:staff"))  # noqa: S311
        self._until = list(accumulate(desk.share for desk in self.desks))

    def desk(self, rng: Random) -> ProcedureDesk:
        """A desk, by its share of the load."""
        return self.desks[
            min(bisect(self._until, rng.random() * self._until[-1]), len(self.desks) - 1)
        ]

    def procedure(self, id_: str) -> ProcedureSettings:
        """Its settings; raises KeyError for one that is not handled here."""
        return self._settings_of[id_]

    def reference(self) -> Reference:
        """Units, officers, procedures, calendar and rules, for topic ``reference``."""
        city = self.settings.city
        root = Unit(id=city.id, name=city.name, short=city.short, kind="province")
        return canonical(
            Reference(
                title=city.title,
                timezone=city.timezone,
                calendar=self.calendar_spec,
                rules=RULES,
                rule_versions=tuple(
                    RuleVersion(since=version.since, name=version.name, rules=RULES)
                    for version in self.settings.rule_versions
                ),
                units=(root, *(desk.unit for desk in self.desks)),
                officers=tuple(self._officers),
                procedures=tuple(self._procedures.values()),
                alert_policies=tuple(
                    AlertPolicy(procedures=each.procedures, reminder_hours=each.hours)
                    for each in self.settings.reminders
                ),
                duties=tuple(self._duties),
                sources=tuple(
                    SourceLimit(**source.model_dump()) for source in self.settings.sources
                ),
            )
        )

    def _make_staff(self, rng: Random) -> Iterator[DutyHolder]:
        """Who is there for the whole city. Drawn apart, so that the desks stay as they are."""
        city = self.settings.city.id
        for staff in self.settings.staff:
            for _ in range(staff.count):
                yield city_duty(staff, city, self._hire(staff.unit, staff.position, rng))

    def _make_desks(self, rng: Random) -> Iterator[ProcedureDesk]:
        parts = self.settings.departments
        for place, part in enumerate(parts):
            unit = Unit(
                id=part.id,
                name=part.name,
                short=part.short,
                parent=self.settings.city.id,
                kind="department",
                # On the map they stand in two rows above the communes.
                x=round((place % 7 + 0.5) / 7, 4),
                y=round(0.03 + 0.07 * (place // 7), 4),
                supervisor_email=mailbox(part.id),
            )
            yield self._desk(
                unit,
                rng,
                share=part.share,
                late=part.late,
                late_reception=part.late_reception,
                at=part.id,
            )
        rest = 1 - sum(part.share for part in parts)
        yield from self._make_communes(rest, rng)

    def _make_communes(self, rest: float, rng: Random) -> Iterator[ProcedureDesk]:
        settings = self.settings.communes
        count = self.settings.city.communes
        names = commune_names(count, rng)
        weights = [(n + 1) ** -settings.skew for n in range(count)]
        rng.shuffle(weights)
        worst = set(rng.sample(range(count), min(settings.worst, count)))
        for n, (name, short) in enumerate(names):
            late = min(
                settings.late * math.exp(rng.gauss(0, settings.late_sigma)), settings.late_most
            )
            # A sunflower: evenly spread, wards (first in the list) in the middle.
            radius, angle = math.sqrt((n + 0.5) / count), n * math.pi * (3 - math.sqrt(5))
            unit = Unit(
                id=f"{self.settings.city.id}.{n + 1:03d}",
                name=name,
                short=short,
                parent=self.settings.city.id,
                kind="commune",
                x=round(0.5 + 0.48 * radius * math.cos(angle), 4),
                y=round(0.59 + 0.39 * radius * math.sin(angle), 4),
                supervisor_email=mailbox(f"xp{n + 1:03d}"),
            )
            yield self._desk(
                unit,
                rng,
                share=rest * weights[n] / sum(weights),
                late=settings.worst_late if n in worst else late,
                late_reception=settings.late_reception,
                at="communes",
            )

    def _desk(
        self, unit: Unit, rng: Random, *, share: float, late: float, late_reception: float, at: str
    ) -> ProcedureDesk:
        course = self.settings.course
        served = [p for p in self.settings.procedures if at in p.at]
        wanted = share * self.settings.city.dossiers_per_day / 1000
        count = min(_MOST_OFFICERS, max(4, round(wanted * self.settings.city.officers_per_1000)))
        names: list[str] = []
        for n in range(count):
            superior = names[0] if names else ""
            names.append(self._hire(unit.id, position_of(n, count), rng, superior))
        self._duties += unit_duties(unit.id, names)
        clerks = clerks_of(count)
        pace = tuple(math.exp(rng.gauss(0, course.officer_sigma)) for _ in names[clerks + 1 :])
        # Service and officer vary independently, so their logarithms' variances add up.
        sigma = math.hypot(course.service_sigma, course.officer_sigma)
        return ProcedureDesk(
            unit=unit,
            share=share,
            median=math.exp(sigma * NormalDist().inv_cdf(min(max(late, 0.0005), 0.5))),
            late_reception=late_reception,
            procedures=tuple(self._procedures[p.id] for p in served),
            procedure_weights=tuple(accumulate(p.weight for p in served)),
            clerks=tuple(names[1 : clerks + 1]),
            officers=tuple(names[clerks + 1 :]),
            pace=pace,
            head=names[0],
        )

    def _hire(self, unit: str, position: str, rng: Random, superior: str = "") -> str:
        id_ = f"CB{len(self._officers) + 1:05d}"
        officer = Officer(
            id=id_,
            name=officer_name(rng),
            unit=unit,
            position=position,
            superior=superior,
            email=mailbox(id_),
        )
        self._officers.append(officer)
        return id_
