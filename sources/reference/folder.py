"""Reference data from a folder of CSV and TOML files, checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

from dossiers.reference.check import problems
from dossiers.reference.context import Context
from dossiers.reference.problem import ReferenceProblem
from dossiers.text.identity import identity
from dossiers.time.hours import CalendarError
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.reference import Reference, canonical
from sources.reference import rows
from sources.reference.findings import Finding, Findings
from sources.reference.policy_file import ALERTS, PolicyFile, read_policies
from sources.reference.tables import TableRow, read_table
from sources.reference.toml_files import Head, read_calendars, read_head, read_rules

HEAD = "reference.toml"
RULES = "rules.toml"
# By table: its file, its columns, and those that it must have.
TABLES = {
    "units": ("units.csv", rows.UNITS, ("id", "name")),
    "officers": ("officers.csv", rows.OFFICERS, ("id", "name")),
    "procedures": ("procedures.csv", rows.PROCEDURES, ("id", "name")),
    "steps": ("steps.csv", rows.STEPS, ("procedure", "step", "hours")),
    "duties": ("receivers.csv", rows.DUTIES, rows.DUTIES),
    "sources": ("sources.csv", rows.SOURCES, ("id", "name")),
}


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
        name: read_table(folder / file, columns, needed, findings)
        for name, (file, columns, needed) in TABLES.items()
    }
    _expect(folder, findings)
    head = read_head(folder / HEAD, findings)
    timezone = _timezone(head, folder, findings)
    calendars = read_calendars(folder / "calendars", timezone, findings)
    rules, versions, lines, says = read_rules(folder / RULES, findings)
    policies = read_policies(folder / ALERTS, findings)
    procedures, step_rows = rows.procedures_of(tables["procedures"], tables["steps"])
    reference = canonical(
        Reference(
            title=head.title,
            timezone=timezone,
            calendar=_own_calendar(head, calendars, folder, findings),
            limit=head.limit.limit() if head.limit is not None else None,
            rules=rules,
            units=tuple(map(rows.unit_of, tables["units"])),
            officers=tuple(map(rows.officer_of, tables["officers"])),
            procedures=procedures,
            calendars=tuple(spec for name, spec in calendars.items() if name),
            rule_versions=versions,
            alert_policies=policies.policies,
            duties=tuple(map(rows.duty_of, tables["duties"])),
            sources=tuple(map(rows.source_of, tables["sources"])),
        )
    )
    places = _Places(folder, tables, step_rows, lines, policies)
    for problem in problems(reference):
        places.note(problem, findings)
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
    known = {HEAD, RULES, ALERTS, *(file for file, _, _ in TABLES.values())}
    for path in sorted(folder.glob("*")):
        if path.suffix in (".csv", ".toml") and path.name not in known:
            text = f"is no file that is read; known are {', '.join(sorted(known))}"
            findings.add(path, 0, "", text, warning=True)


@dataclass(frozen=True)
class _Places:
    """Where each entry of the reference data stands. ``steps``: the rows of each procedure.
    ``versions``: the lines in rules.toml."""

    folder: Path
    tables: dict[str, list[TableRow]]
    steps: list[list[TableRow]]
    versions: list[int]
    policies: PolicyFile

    def note(self, problem: ReferenceProblem, findings: Findings) -> None:
        """Add the problem to the findings, with its file and line."""
        place, field, warning = problem.place[0], problem.field, problem.warning
        if problem.table == "rule_versions":
            path, line = self.folder / RULES, self.versions[place]
            findings.add(path, line, field, problem.text, warning=warning)
        elif problem.table == "policies":
            path, line = self.folder / ALERTS, self.policies.line(place, field, problem.value)
            findings.add(path, line, field, problem.text, warning=warning)
        elif problem.table == "steps":
            row = self.steps[place][problem.place[1]]
            row.wrong(field, problem.text, warning=warning)
        else:
            self.tables[problem.table][place].wrong(field, problem.text, warning=warning)
