"""Everything about the simulated city that is a number or a name: city.toml, checked."""

from __future__ import annotations

import tomllib
from datetime import time
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dossiers.errors import UserError
from dossiers.wire.alert_policy import Duty
from dossiers.wire.facts import LimitUnit
from dossiers.wire.reference import OnlineService

CITY_FILE = Path(__file__).with_name("city.toml")

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class SettingsError(UserError):
    """The settings file of the simulator cannot be used; says where and why."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CitySettings(_Model):
    """``dossiers_per_day``: on a Wednesday; other days follow ``weekdays`` (Monday first)."""

    id: str
    name: str
    short: str
    title: str
    timezone: str
    dossiers_per_day: int = Field(gt=0)
    weekdays: tuple[Positive, Positive, Positive, Positive, Positive]
    off_day_share: Share  # of a day's online dossiers that come on a day off
    communes: int = Field(ge=1, le=400)
    officers_per_1000: Positive  # officers for each 1,000 dossiers a day


class ClockSettings(_Model):
    """``history_days``: working days before the demo's own moment; ``whole_month``: as many more as
    it takes to begin on the last working day before the month before, so that a month is seen whole
    and its late list can be tried. Between ``closed_from`` and
    ``closed_to``, and on days off, the demo's clock runs ``idle_speedup`` times as fast."""

    history_days: int = Field(ge=1, le=130)
    whole_month: bool = False
    opens_at: time
    closed_from: time
    closed_to: time
    idle_speedup: float = Field(ge=1)


class CourseSettings(_Model):
    """What may become of a dossier. Hours are working hours unless said otherwise."""

    online: Share
    due_given: Share  # the source sends an appointment date; else the procedure's limit counts
    reception_hours: Positive  # median until an online dossier is received
    reception_sigma: Positive
    late_reception_hours: Positive  # mean beyond the 8 hours, if reception is late
    refused: Share  # of the online ones
    withdrawn: Share
    supplement: Share
    payment: Share  # of the requests: to pay, not to supplement
    wait_hours: Positive  # median that a citizen takes, by the clock on the wall
    wait_sigma: Positive
    stuck: Share  # takes three times as long
    extended: Share
    consulted: Share  # another unit is asked
    service_sigma: Positive
    officer_sigma: Positive
    shortest_minutes: Positive


class DeliverySettings(_Model):
    """How events reach us: mostly within seconds, sometimes late, twice, or wrong at first."""

    usual_seconds: Positive  # mean
    late: Share
    late_minutes: Positive  # median
    late_sigma: Positive
    duplicate: Share
    duplicate_minutes: Positive  # mean
    corrected: Share
    correction_minutes: Positive  # mean


class PeopleSettings(_Model):
    """What is done about overdue dossiers, on each of the first ``days`` working days. Shares are
    of looks at one of them; without any, nobody does anything. Hours are working hours."""

    days: int = Field(default=0, ge=0, le=20)
    soonest_hours: float = Field(default=0.3, ge=0, le=8)  # of a day
    latest_hours: float = Field(default=6.0, ge=0, le=8)
    taken: Share = 0.0  # its head acknowledges it
    taken_by_holder: Share = 0.0
    snoozed: Share = 0.0
    snooze_hours: int = Field(default=4, ge=1, le=40)
    explained: Share = 0.0
    handed_over: Share = 0.0  # of what a head acknowledges
    escalated: Share = 0.0  # of what was escalated, its head acknowledges that as well


class DepartmentSettings(_Model):
    """``share``: of the city's dossiers. ``late``: chance that one takes longer than its limit."""

    id: str
    name: str
    short: str
    share: Share
    late: Share
    late_reception: Share = 0.03


class CommuneSettings(_Model):
    """Communes get the departments' rest, unevenly: the n-th has weight n ** -skew."""

    skew: float = Field(ge=0)
    late: Share  # median
    late_sigma: Positive
    late_most: Share
    worst: int = Field(ge=0)  # so many are as bad as ``worst_late``
    worst_late: Share
    late_reception: Share


class ProcedureSettings(_Model):
    """``at``: "communes" or department ids. ``weight``: within such a unit. ``online``: as of
    dossiers.wire.reference.Procedure. ``charged``: whether there is a fee."""

    id: str
    name: str
    field: str
    limit: int = Field(gt=0)
    unit: LimitUnit
    weight: Positive
    at: tuple[str, ...]
    online: OnlineService = ""
    charged: bool = False


class StepSettings(_Model):
    """A step of every internal procedure. ``share``: of the limit, ``rest``: what others leave."""

    id: str
    name: str
    holder: str
    share: Share = 0.0
    rest: bool = False
    from_hours: int = 0


class RuleVersionSettings(_Model):
    """A version of the rules. ``since``: its first day (ISO date)."""

    since: str
    name: str


class StaffSettings(_Model):
    """Officers of ``unit``, so many, who have ``duty`` for the whole city."""

    position: str
    unit: str
    duty: Duty
    count: int = Field(default=1, ge=1, le=20)


class SourceSettings(_Model):
    """A source that must not fall silent for ``minutes`` within office hours."""

    id: str
    name: str
    system: str
    minutes: int = Field(gt=0)


class ReminderSettings(_Model):
    """``hours``: working hours before the due time of these procedures, at which officers are
    reminded."""

    procedures: tuple[str, ...]
    hours: tuple[int, ...]


class SimulationSettings(_Model):
    """All of city.toml."""

    city: CitySettings
    clock: ClockSettings
    course: CourseSettings
    delivery: DeliverySettings
    people: PeopleSettings = PeopleSettings()
    communes: CommuneSettings
    departments: tuple[DepartmentSettings, ...]
    procedures: tuple[ProcedureSettings, ...]
    steps: tuple[StepSettings, ...] = ()
    rule_versions: tuple[RuleVersionSettings, ...] = ()
    staff: tuple[StaffSettings, ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    reminders: tuple[ReminderSettings, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> SimulationSettings:
        ids = {department.id for department in self.departments}
        if sum(department.share for department in self.departments) >= 1:
            raise ValueError("departments: their shares add up to 1 or more; communes need a rest")
        served = {place for procedure in self.procedures for place in procedure.at}
        unknown = served - ids - {"communes"}
        if unknown:
            raise ValueError(f"procedures: at names no department: {', '.join(sorted(unknown))}")
        idle = (ids | {"communes"}) - served
        if idle:
            raise ValueError(f"procedures: none is at {', '.join(sorted(idle))}")
        strays = {each.unit for each in self.staff} - ids - {self.city.id}
        if strays:
            raise ValueError(f"staff: no such unit: {', '.join(sorted(strays))}")
        return self


def load_settings(path: Path = CITY_FILE, **city: Any) -> SimulationSettings:
    """The settings in ``path``; ``city`` outranks its [city] section. Raises SettingsError."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        content.setdefault("city", {}).update(city)
        return SimulationSettings.model_validate(content)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}).") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not TOML: {error}.") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()
        )
        raise SettingsError(f"{path}: {problems}.") from error
