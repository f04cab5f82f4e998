"""Reference data: units, officers, procedures, calendar, rules. Identified by its content hash."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from dossiers.events import Limit


class Unit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A unit (đơn vị). ``short``: the name on a tile. ``x``, ``y``: rough place on a map, 0..1."""

    id: str
    name: str
    short: str = ""
    parent: str = ""
    kind: Literal["province", "department", "commune", "division", ""] = ""
    x: float | None = None
    y: float | None = None
    supervisor_email: str = ""


class Officer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str
    name: str
    unit: str = ""
    position: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of an internal procedure (quy trình nội bộ). ``hours``: its limit in nominal hours,
    8 of which are one working day of the unit. ``holder``: the unit or position in charge."""

    id: str
    name: str = ""
    hours: float
    holder: str = ""


class Procedure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str
    name: str
    field: str = ""
    limit: Limit | None = None
    steps: tuple[Step, ...] = ()


class CalendarSpec(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``24x7``, or ``vn-office``: Monday to Friday, 07:30-11:30 and 13:00-17:00.

    ``days_off`` and ``make_up_days`` are ISO dates; a make-up day is a working day.
    """

    kind: Literal["24x7", "vn-office"] = "vn-office"
    version: str = ""
    days_off: tuple[str, ...] = ()
    make_up_days: tuple[str, ...] = ()


class Rules(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything about lateness that is a setting. Hours are working hours of the calendar."""

    due_soon_hours: int = 8
    alert_hours: tuple[int, ...] = (16, 4)
    late_reception_hours: int = 8
    stop_mode: Literal["shift", "restart"] = "shift"
    stops_status_8: bool = True
    retention_days: int = 62
    tombstones: bool = False
    target_rate: float = 98.0
    minimum_volume: int = 20


class Reference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str = ""
    timezone: str = "Asia/Ho_Chi_Minh"
    calendar: CalendarSpec = CalendarSpec()
    limit: Limit | None = None  # where neither the event nor the procedure has one
    rules: Rules = Rules()
    units: tuple[Unit, ...] = ()
    officers: tuple[Officer, ...] = ()
    procedures: tuple[Procedure, ...] = ()


def encode_reference(reference: Reference) -> bytes:
    return msgspec.json.encode(reference, order="sorted")


def decode_reference(value: bytes) -> Reference:
    return msgspec.json.decode(value, type=Reference)


def content_hash(reference: Reference) -> str:
    """SHA-256 (hex) of the canonical JSON: the name under which events activate it."""
    return hashlib.sha256(encode_reference(reference)).hexdigest()
