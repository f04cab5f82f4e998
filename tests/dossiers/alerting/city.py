"""A city with a department, its divisions, and people with duties, for the tests of alerts."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dossiers.alerting.people import Duties
from dossiers.reference.context import Context
from dossiers.wire.alert_policy import Duty, DutyHolder
from dossiers.wire.alerts import Alert, AlertKind, AlertStatus
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.reference import Officer, Reference, Unit
from dossiers.wire.roster import Leave, RosterEntry
from tests.dossiers.days import at

UNITS = (
    Unit(id="city", name="City", kind="province"),
    Unit(id="dept", name="Department", parent="city", kind="department", supervisor_email="d@x.vn"),
    Unit(id="div", name="Division", parent="dept", kind="division"),
    Unit(id="bare", name="Bare", parent="city", kind="commune"),
    Unit(id="lone", name="Lone", kind="commune", supervisor_email="lone@x.vn"),
)
OFFICERS = (
    Officer(id="ann", name="Ann", unit="div", superior="head"),
    Officer(id="ben", name="Ben", unit="div", superior="head", email="ben@x.vn"),
    Officer(id="head", name="Head", unit="div", superior="chief"),
    Officer(id="vice", name="Vice", unit="div"),
    Officer(id="chief", name="Chief", unit="dept"),
    Officer(id="mayor", name="Mayor", unit="city"),
    Officer(id="rita", name="Rita", unit="city"),
    Officer(id="gone", name="Gone", unit="div", valid_to="2026-10-31"),
    Officer(id="cora", name="Cora", unit="bare"),
)


def _duty(unit: str, duty: Duty, officer: str) -> DutyHolder:
    return DutyHolder(unit=unit, duty=duty, officer=officer)


DUTIES = (
    _duty("div", "head", "head"), _duty("div", "deputy", "vice"), _duty("dept", "head", "chief"),
    _duty("city", "leader", "mayor"), _duty("city", "reform", "rita"),
)  # fmt: skip
CALENDAR = CalendarSpec(days_off=("2026-11-06",), make_up_days=("2026-11-07",))
CITY = Context(Reference(units=UNITS, officers=OFFICERS, duties=DUTIES, calendar=CALENDAR))
PEOPLE = Duties(CITY)
MONDAY = at("2026-11-02T09:00")


def duties_without(*officers: str) -> Duties:
    """As if these had no duty."""
    left = tuple(each for each in DUTIES if each.officer not in officers)
    return Duties(Context(msgspec.structs.replace(CITY.reference, duties=left)))


def alert(
    kind: AlertKind = "overdue",
    *,
    level: int = 0,
    unit: str = "div",
    officer: str = "ann",
    dossier: str = "d1",
    sequence: int = 1,
    transition: AlertStatus = "raised",
    due_at: int = MONDAY,
    source: str = "",
    alert_id: str = "",
) -> Alert:
    """One transition of the alert that dossier, kind and level name."""
    return Alert(
        timeline="t", alert_id=alert_id or f"{dossier}-{kind}-{level}", sequence=sequence,
        kind=kind, level=level, transition=transition, dossier_id=dossier, unit=unit,
        officer=officer, step="", procedure="p1", due_at=due_at, detected_at=due_at,
        occurred_at=due_at, received_at=due_at, source=source,
    )  # fmt: skip


def away(officer: str, begins: str, ends: str, deputy: str = "") -> RosterEntry:
    """Somebody's leave between two local times."""
    return RosterEntry(
        officer=officer, leaves=(Leave(begins_at=at(begins), ends_at=at(ends), deputy=deputy),)
    )


def roster(*entries: RosterEntry) -> dict[str, RosterEntry]:
    """By officer."""
    return {each.officer: each for each in entries}


def people(told: Iterable[object]) -> list[str]:
    """Of receivers, whom they are."""
    return [str(getattr(each, "person", each)) for each in told]
