"""Rows of tables as entries of the reference data; what is wrong with a cell is noted."""

from __future__ import annotations

from collections import defaultdict
from typing import get_args

from dossiers.text.identity import folded, identity
from dossiers.wire.alert_policy import Duty, DutyHolder, SourceLimit
from dossiers.wire.facts import Limit, LimitUnit
from dossiers.wire.reference import Officer, OnlineService, Procedure, Step, Unit
from sources.portal.fields import FieldRefusal, id_of
from sources.reference.tables import TableRow

KINDS = ("province", "department", "commune", "division")
LIMIT_UNITS = get_args(LimitUnit)
UNITS = (
    "id",
    "name",
    "short",
    "parent",
    "kind",
    "calendar",
    "supervisor_email",
    "x",
    "y",
    "madonvi",
    "ended",
    "successor",
)
OFFICERS = ("id", "name", "position", "unit", "valid_from", "valid_to", "superior", "email")
PROCEDURES = ("id", "name", "field", "limit", "unit", "level", "same_day", "online")
_ONLINE: dict[str, OnlineService] = {
    "full": "full", "toàn trình": "full", "partial": "partial", "một phần": "partial",
}  # fmt: skip
STEPS = ("procedure", "step", "name", "hours", "holder", "aliases")
DUTIES = ("unit", "duty", "officer")
SOURCES = ("id", "name", "system", "minutes", "calendar")
_DUTIES: tuple[Duty, ...] = get_args(Duty)


def unit_of(row: TableRow) -> Unit:
    """One of units.csv."""
    return Unit(
        id=row.required("id"),
        name=row.required("name"),
        short=row.text("short"),
        parent=row.text("parent"),
        kind=row.choice("kind", KINDS),  # type: ignore[arg-type]
        calendar=row.text("calendar"),
        supervisor_email=row.text("supervisor_email"),
        x=row.number("x"),
        y=row.number("y"),
        madonvi=_madonvi(row),
        ended=row.day("ended"),
        successor=row.text("successor"),
    )


def _madonvi(row: TableRow) -> str:
    code = row.text("madonvi")
    try:
        return id_of(code, "madonvi") if code else ""
    except FieldRefusal as refusal:
        said = str(refusal).removeprefix("madonvi ").replace("is no id", "is no code")
        row.wrong("madonvi", said)
        return ""


def officer_of(row: TableRow) -> Officer:
    """One of officers.csv."""
    return Officer(
        id=row.required("id"),
        name=row.required("name"),
        position=row.text("position"),
        unit=row.text("unit"),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        superior=row.text("superior"),
        email=row.text("email"),
    )


def duty_of(row: TableRow) -> DutyHolder:
    """One of receivers.csv."""
    duty = row.choice("duty", _DUTIES)
    if not row.text("duty"):
        row.required("duty")
    return DutyHolder(
        unit=row.required("unit"),
        duty=duty or _DUTIES[0],  # type: ignore[arg-type]
        officer=row.required("officer"),
    )


def source_of(row: TableRow) -> SourceLimit:
    """One of sources.csv."""
    usual = SourceLimit(id="", name="")
    minutes = row.number("minutes")
    if minutes is not None and minutes != int(minutes):
        row.wrong("minutes", f"{row.text('minutes')!r} is no whole number")
    return SourceLimit(
        id=row.required("id"),
        name=row.required("name"),
        system=row.text("system"),
        minutes=usual.minutes if minutes is None else int(minutes),
        calendar=row.text("calendar"),
    )


def procedures_of(
    rows: list[TableRow], steps: list[TableRow]
) -> tuple[tuple[Procedure, ...], list[list[TableRow]]]:
    """The procedures, and the rows of the steps of each."""
    own: dict[str, list[TableRow]] = defaultdict(list)
    ids = {row.text("id") for row in rows}
    for step in steps:
        name = step.required("procedure")
        if name and name not in ids:
            step.wrong("procedure", f"there is no procedure {name!r}: add it, or correct the step")
        own[name].append(step)
    found, step_rows = [], []
    for row in rows:
        mine = own.pop(row.text("id"), [])
        step_rows.append(mine)
        found.append(
            Procedure(
                id=row.required("id"),
                name=row.required("name"),
                field=row.text("field"),
                limit=_limit(row),
                steps=tuple(_step(each) for each in mine),
                same_day=row.flag("same_day"),
                level=row.text("level"),
                online=_online(row),
            )
        )
    return tuple(found), step_rows


def _online(row: TableRow) -> OnlineService:
    """In the words of the file, or those of the directory of procedures."""
    text = row.text("online")
    found = _ONLINE.get(folded(text))
    if text and found is None:
        row.wrong("online", "is none of full, partial: leave it empty for neither")
    return found or ""


def _limit(row: TableRow) -> Limit | None:
    amount, unit = row.number("limit"), row.choice("unit", LIMIT_UNITS)
    if amount is None:
        return None
    if amount != int(amount):
        row.wrong("limit", f"{row.text('limit')!r} is no whole number: take hours instead of days")
        return None
    if not unit and not row.text("unit"):
        row.wrong("unit", f"is empty, but limit is not: write one of {', '.join(LIMIT_UNITS)}")
    return Limit(int(amount), unit) if unit else None  # type: ignore[arg-type]


def _step(row: TableRow) -> Step:
    hours = row.number("hours")
    if hours is None and not row.text("hours"):
        row.required("hours")
    return Step(
        id=row.required("step"),
        name=row.text("name"),
        hours=1.0 if hours is None else hours,
        holder=row.text("holder"),
        aliases=tuple(dict.fromkeys(filter(None, map(identity, row.text("aliases").split("|"))))),
    )
