"""Reference data from a folder of CSV and TOML files, checked as a whole."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfoNotFoundError

from dossiers.reference.check import problems
from dossiers.reference.context import Context
from dossiers.reference.problem import ReferenceProblem
from dossiers.text.identity import folded, identity
from dossiers.time.hours import CalendarError
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.facts import Limit, LimitUnit
from dossiers.wire.reference import (
    Officer,
    OnlineService,
    Procedure,
    Reference,
    Step,
    Unit,
    canonical,
)
from sources.portal.fields import FieldRefusal, id_of
from sources.reference.findings import Finding, Findings
from sources.reference.tables import TableRow, read_table
from sources.reference.toml_files import Head, read_calendars, read_head, read_rules

HEAD = "reference.toml"
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
OFFICERS = ("id", "name", "position", "unit", "valid_from", "valid_to", "superior")
PROCEDURES = ("id", "name", "field", "limit", "unit", "level", "same_day", "online")
_ONLINE: dict[str, OnlineService] = {
    "full": "full", "toàn trình": "full", "partial": "partial", "một phần": "partial",
}  # fmt: skip
STEPS = ("procedure", "step", "name", "hours", "holder", "aliases")


@dataclass(frozen=True)
class LoadedFolder:
    """``reference``: None if there are errors. ``says_tombstones``: rules.toml decides about
    closed dossiers; else they leave the stream."""

    reference: Reference | None
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    says_tombstones: bool


def read_folder(folder: Path) -> LoadedFolder:
    """Read and check ``folder``; every mistake is among the findings, not the first one only."""
    findings = Findings(folder)
    tables = {
        "units": read_table(folder / "units.csv", UNITS, ("id", "name"), findings),
        "officers": read_table(folder / "officers.csv", OFFICERS, ("id", "name"), findings),
        "procedures": read_table(folder / "procedures.csv", PROCEDURES, ("id", "name"), findings),
        "steps": read_table(folder / "steps.csv", STEPS, ("procedure", "step", "hours"), findings),
    }
    _expect(folder, findings)
    head = read_head(folder / HEAD, findings)
    timezone = _timezone(head, folder, findings)
    calendars = read_calendars(folder / "calendars", timezone, findings)
    rules, versions, lines, says = read_rules(folder / "rules.toml", findings)
    procedures, step_rows = _procedures(tables["procedures"], tables["steps"])
    reference = canonical(
        Reference(
            title=head.title,
            timezone=timezone,
            calendar=_own_calendar(head, calendars, folder, findings),
            limit=head.limit.limit() if head.limit is not None else None,
            rules=rules,
            units=tuple(_unit(row) for row in tables["units"]),
            officers=tuple(_officer(row) for row in tables["officers"]),
            procedures=procedures,
            calendars=tuple(spec for name, spec in calendars.items() if name),
            rule_versions=versions,
        )
    )
    for problem in problems(reference):
        _note(problem, tables, step_rows, lines, folder, findings)
    if not findings.errors:
        try:
            Context(reference)
        except CalendarError as error:  # what no table has a line for
            findings.add(folder / HEAD, 0, "", str(error))
    errors = tuple(findings.errors)
    return LoadedFolder(None if errors else reference, errors, tuple(findings.warnings), says)


def _timezone(head: Head, folder: Path, findings: Findings) -> str:
    """The time zone of the head if there is one of that name, else the usual one."""
    try:
        Context(Reference(timezone=head.timezone))
    except (CalendarError, ZoneInfoNotFoundError, ValueError):
        text = f"there is no time zone {head.timezone!r}: write it as Asia/Ho_Chi_Minh"
        findings.add(folder / HEAD, 0, "timezone", text)
        return Head().timezone
    return head.timezone


def _own_calendar(
    head: Head, calendars: dict[str, CalendarSpec], folder: Path, findings: Findings
) -> CalendarSpec:
    """The calendar that the head names, else Vietnam's offices'."""
    own = identity(head.calendar)
    if own not in calendars:
        text = f"there is no calendars/{head.calendar}.toml: add it, or leave calendar out"
        findings.add(folder / HEAD, 0, "calendar", text)
    return calendars.get(own, calendars[""])


def _expect(folder: Path, findings: Findings) -> None:
    if not (folder / "units.csv").exists():
        findings.add(
            folder / "units.csv", 0, "", "is missing: a folder of reference data has at least this"
        )
    known = {"units.csv", "officers.csv", "procedures.csv", "steps.csv", HEAD}
    known |= {"rules.toml"}
    for path in sorted(folder.glob("*")):
        if path.suffix in (".csv", ".toml") and path.name not in known:
            text = f"is no file that is read; known are {', '.join(sorted(known))}"
            findings.add(path, 0, "", text, warning=True)


def _note(
    problem: ReferenceProblem, tables: dict[str, list[TableRow]], step_rows: list[list[TableRow]],
    version_lines: list[int], folder: Path, findings: Findings,
) -> None:  # fmt: skip
    if problem.table == "rule_versions":
        line = version_lines[problem.place[0]]
        path = folder / "rules.toml"
        findings.add(path, line, problem.field, problem.text, warning=problem.warning)
        return
    if problem.table == "steps":
        row = step_rows[problem.place[0]][problem.place[1]]
    else:
        row = tables[problem.table][problem.place[0]]
    row.wrong(problem.field, problem.text, warning=problem.warning)


def _unit(row: TableRow) -> Unit:
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


def _officer(row: TableRow) -> Officer:
    return Officer(
        id=row.required("id"),
        name=row.required("name"),
        position=row.text("position"),
        unit=row.text("unit"),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        superior=row.text("superior"),
    )


def _procedures(
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
