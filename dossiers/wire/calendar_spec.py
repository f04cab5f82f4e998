"""What a working calendar is, as reference data has it: its week, its days off, its name."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec


class Week(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Working hours by weekday: segments "HH:MM-HH:MM" in order; an end may be 24:00.

    Nobody works on a weekday that has none.
    """

    mon: tuple[str, ...] = ()
    tue: tuple[str, ...] = ()
    wed: tuple[str, ...] = ()
    thu: tuple[str, ...] = ()
    fri: tuple[str, ...] = ()
    sat: tuple[str, ...] = ()
    sun: tuple[str, ...] = ()


_OFFICE_DAY = ("07:30-11:30", "13:00-17:00")
OFFICE_WEEK = Week(
    mon=_OFFICE_DAY, tue=_OFFICE_DAY, wed=_OFFICE_DAY, thu=_OFFICE_DAY, fri=_OFFICE_DAY
)


class MakeUpDay(msgspec.Struct, frozen=True, kw_only=True):
    """``day`` (ISO date) is worked in place of ``instead_of``, with the hours of that weekday."""

    day: str
    instead_of: str


class CalendarSpec(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``24x7``, or ``vn-office``: weekly hours, less days off, plus make-up days (làm bù).

    ``days_off``, ``local_holidays`` and ``make_up_days`` are ISO dates. A make-up day given as a
    bare date has Monday's hours. Where a date stands in several lists, a local holiday outranks a
    make-up day, and that a day off. ``name``: how units refer to it.
    """

    kind: Literal["24x7", "vn-office"] = "vn-office"
    name: str = ""
    version: str = ""
    hours: Week = OFFICE_WEEK
    days_off: tuple[str, ...] = ()
    local_holidays: tuple[str, ...] = ()
    make_up_days: tuple[str | MakeUpDay, ...] = ()


def calendar_version(spec: CalendarSpec) -> str:
    """The name under which due times record their calendar: it changes with the content, also if
    ``spec.version`` was forgotten."""
    content = msgspec.structs.replace(spec, name="", version="")
    digest = hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()
    return f"{spec.version or spec.kind} #{digest[:8]}"
