"""Reference data: units, officers, procedures, calendar, rules. Identified by its content hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar, cast

import msgspec
from msgspec.structs import fields

from dossiers.wire.alert_policy import AlertPolicy, DutyHolder, SourceLimit
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.facts import Limit
from dossiers.wire.reading import decoder

OnlineService = Literal["", "full", "partial"]


class Unit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A unit (đơn vị). ``short``: the name on a tile. ``x``, ``y``: rough place on a map, 0..1.

    ``calendar``: the name of one of ``Reference.calendars``; "" takes that of the nearest unit
    above that names one, else the reference's own. ``madonvi``: the code under which the unit
    sends, and to which what it receives belongs (dossiers.admission.ownership); no two units have
    one. ``ended``: the first day (ISO date) on which the unit is no more, "" while it is; from
    then on its dossiers count for ``successor``, another unit's id (dossiers.reference.succession).
    """

    id: str
    name: str
    short: str = ""
    parent: str = ""
    kind: Literal["province", "department", "commune", "division", ""] = ""
    x: float | None = None
    y: float | None = None
    supervisor_email: str = ""
    calendar: str = ""
    madonvi: str = ""
    ended: str = ""
    successor: str = ""


class Officer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An officer (cán bộ, công chức) of one unit. ``valid_from``, ``valid_to``: first and last day
    there (ISO dates), "" for open. ``superior``: the id of another officer. ``email``: the own
    address, at which nobody else reads."""

    id: str
    name: str
    unit: str = ""
    position: str = ""
    valid_from: str = ""
    valid_to: str = ""
    superior: str = ""
    email: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of an internal procedure (quy trình nội bộ). ``hours``: its limit in nominal hours,
    8 of which are one working day of the unit, or in hours by the clock
    (dossiers.time.hours.counts_by_clock). ``holder``: the unit or position in charge. ``aliases``:
    what senders call it beside id and name (dossiers.reference.matching.StepNames)."""

    id: str
    name: str = ""
    hours: float
    holder: str = ""
    aliases: tuple[str, ...] = ()


class Procedure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A procedure (thủ tục hành chính). ``same_day``: due at closing time of the day of reception
    (giải quyết trong ngày); outranks ``limit``. ``level``: of the administration that handles it
    (province, commune), as the directory of procedures has it. ``online``: as an online public
    service it is offered for the whole way (full, toàn trình) or a part of it (partial, một phần);
    "" if not at all, or nobody says so."""

    id: str
    name: str
    field: str = ""
    limit: Limit | None = None
    steps: tuple[Step, ...] = ()
    same_day: bool = False
    level: str = ""
    online: OnlineService = ""


class Rules(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything about lateness that is a setting. Hours are working hours of the calendar.

    ``same_day_cutoff``: from this clock time on, a same-day procedure is due the next working day.
    ``calendar_days_end``: limits in days and months end at the clock time of the reception, or at
    closing time. ``closing_time_counts``: a reception at the very closing time is within hours.
    ``stop_measure``: a stop moves the due time in the limit's own unit, or by its working time.
    ``portal_midnight``: what a due time of 00:00:00 from a portal means.
    ``on_time_by``: late is what ends after the due time, or only on a later local date.
    ``extensions_allowed``: a dossier extended more often is flagged.
    ``reopened_hours``: a dossier that stays open again for longer raises an alert.
    ``backdated_alerts``: whether dates that a snapshot contradicted raise one.
    ``tombstones``: closed dossiers leave the stream ``retention_days`` after their last event, and
    only ClickHouse counts all time. No window is longer than the shortest retention.

    A unit's backlog (``dossiers.tallies.backlog``): ``backlog_overdue`` dossiers overdue, in units
    with no unit below them, or ``backlog_rate`` percent of the open ones overdue, if at least
    ``minimum_volume`` are open, for ``backlog_minutes`` of data time; resolved after as long
    at or below ``backlog_clear`` percent of these. 0 switches a threshold off.

    The defaults are for a commune. Twenty overdue dossiers are more than one officer works off in a
    day, and at the usual target of 98 % one in ten is five times what may be late. A quarter of an
    hour outlasts the burst at an opening time and a batch that arrives late.
    """

    due_soon_hours: int = 8
    alert_hours: tuple[int, ...] = (16, 4)
    late_reception_hours: int = 8
    stop_mode: Literal["shift", "restart"] = "shift"
    stops_status_8: bool = True
    retention_days: Annotated[int, msgspec.Meta(ge=32)] = 62
    tombstones: bool = False
    target_rate: float = 98.0
    minimum_volume: int = 20
    same_day_cutoff: str = "15:00"
    calendar_days_end: Literal["clock_time", "closing_time"] = "clock_time"
    closing_time_counts: bool = False
    stop_measure: Literal["limit_unit", "working_time"] = "limit_unit"
    portal_midnight: Literal["closing_time", "literal"] = "closing_time"
    backlog_overdue: int = 20
    backlog_rate: float = 10.0
    backlog_minutes: int = 15
    backlog_clear: float = 80.0
    on_time_by: Literal["timestamp", "date"] = "timestamp"
    extensions_allowed: Annotated[int, msgspec.Meta(ge=0)] = 1
    reopened_hours: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 40
    backdated_alerts: bool = False


# Of Rules, what a dossier keeps from its day of reception. The rest says how the installation works
# and holds for all dossiers at once.
VERSIONED_RULES = (
    "late_reception_hours", "stop_mode", "stops_status_8", "same_day_cutoff", "calendar_days_end",
    "closing_time_counts", "stop_measure", "portal_midnight", "on_time_by", "extensions_allowed",
)  # fmt: skip


class RuleVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What holds for dossiers received from ``since`` (ISO date, local midnight) on, until the next
    version. Of ``rules`` only VERSIONED_RULES count. ``limits``: by procedure id, if they are
    other than the procedure's own."""

    since: str
    name: str
    rules: Rules = Rules()
    limits: dict[str, Limit] = {}


class Reference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``calendar`` holds for every unit that names none of ``calendars``, nor has one above it.
    ``rules`` hold for dossiers received before the first of ``rule_versions`` (in order).
    ``hashed``: keyed hash to name, of all names here, for facts that came while nobody knew the
    name (dossiers.reference.unlisted); made by whoever loads it, in no file of an operator.
    ``alert_policies``, ``duties``, ``sources``: dossiers.wire.alert_policy."""

    title: str = ""
    timezone: str = "Asia/Ho_Chi_Minh"
    calendar: CalendarSpec = CalendarSpec()
    limit: Limit | None = None  # if neither the event nor the procedure has one
    rules: Rules = Rules()
    units: tuple[Unit, ...] = ()
    officers: tuple[Officer, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    calendars: tuple[CalendarSpec, ...] = ()  # by name, for units with days or hours of their own
    rule_versions: tuple[RuleVersion, ...] = ()
    hashed: dict[str, str] = {}
    alert_policies: tuple[AlertPolicy, ...] = ()
    duties: tuple[DutyHolder, ...] = ()
    sources: tuple[SourceLimit, ...] = ()


def encode_reference(reference: Reference) -> bytes:
    return msgspec.json.encode(reference, order="sorted")


_Any = TypeVar("_Any")


def canonical(value: _Any) -> _Any:
    """``value`` (a Struct, or tuples and dicts of them) with every default as the very same object.

    The encoder leaves a default out only if it is that object: an equal one that was read from a
    file would be written, and the same content would have two hashes.
    """
    found: Any = value
    if isinstance(value, tuple):
        found = tuple(map(canonical, value))
    elif isinstance(value, dict):
        found = {key: canonical(each) for key, each in value.items()}
    elif isinstance(value, msgspec.Struct):
        said = {field.name: getattr(value, field.name) for field in fields(value)}
        usual = {f.name: f.default for f in fields(value) if f.default is not msgspec.NODEFAULT}
        kept = {n: canonical(v) for n, v in said.items() if n not in usual or usual[n] != v}
        found = type(value)(**kept)
    return cast("_Any", found)


_decode: Callable[[bytes], Reference] = decoder(Reference)


def decode_reference(value: bytes) -> Reference:
    return _decode(value)


def read_under(name: str, value: bytes, known: bytes | None) -> bool:
    """Whether ``value`` is to be believed as the reference data of this name, if ``known`` was
    the last: it can be read, and is not put over what the name itself proves."""
    if known is not None and hashlib.sha256(known).hexdigest() == name:
        return False
    try:
        decode_reference(value)
    except msgspec.MsgspecError:
        return False
    return True


def content_hash(reference: Reference) -> str:
    """SHA-256 (hex) of the canonical JSON: the name under which events activate it."""
    return hashlib.sha256(encode_reference(reference)).hexdigest()
