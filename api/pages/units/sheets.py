"""What the pages of units show, as typed rows for files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.insight.backlog_classes import backlog
from api.insight.by_unit import UnitFigures
from api.insight.officers import OfficerFigures, OfficerRest, OfficerTable, officers, rest_of
from api.insight.procedures import procedures
from api.insight.steps import steps
from api.insight.unit_windows import WindowRow, windows
from api.labels import step_name
from api.pages.parts.rates import fair_rate
from api.pages.units.index_page import rate_of
from api.pages.units.officer_table import may_name
from api.pages.units.subject import UnitSubject
from api.pages.units.window_table import window_name
from documents.tables import Cell, Column, Kind, Sheet
from dossiers.reference.context import UNKNOWN
from dossiers.time.hours import HOUR
from dossiers.wire.reference import Unit

MOST_OFFICERS = 900  # of a sheet: beyond them one row has the rest


@dataclass(frozen=True)
class WrittenTable:
    """One table of a file."""

    sheet: Sheet
    rows: Sequence[Sequence[Cell]]


def _table(
    subject: UnitSubject,
    name: str,
    columns: Sequence[tuple[str, Kind]],
    rows: Sequence[Sequence[Cell]],
    about: str,
    note: str = "",
) -> WrittenTable:
    words, view = subject.words, subject.viewer.view
    as_of = subject.age(view.watermark or 0)
    kinds = tuple(
        Column(title, kind, 34 if n == 0 else 0) for n, (title, kind) in enumerate(columns)
    )
    heading = (f"{about}: {words(name)}", "; ".join((*conditions(subject), as_of)))
    sheet = Sheet(
        name=words(name), columns=kinds, heading=heading, notes=(note,) if note else (),
        timezone=view.reference.timezone,
    )  # fmt: skip
    return WrittenTable(sheet, rows)


def conditions(subject: UnitSubject) -> list[str]:
    """What the page is narrowed by, in words."""
    words, of, labels = subject.words, subject.of, subject.viewer.labels
    said = {
        "field": of.field,
        "procedure": labels.procedure(of.procedure) if of.procedure else "",
        "level": str(of.level),
        "online": words(f"units_online_{of.online}") if of.online else "",
        "channel": words(f"units_channel_{of.channel}") if of.channel else "",
    }
    return [f"{words(f'units_by_{name}')}: {text}" for name, text in said.items() if text]


def units_sheet(
    subject: UnitSubject, units: Sequence[Unit], lines: dict[str, UnitFigures], window: str
) -> WrittenTable:
    """All units, in the order of the page."""
    words = subject.words
    names = ("open", "due_soon", "overdue", "late_receptions", "received", "late")
    month = window_name(subject, window)
    columns: list[tuple[str, Kind]] = [
        ("ID", "text"),
        (words("unit"), "text"),
        *((words(f"units_column_{name}", window=month), "whole") for name in names),
        (words("units_column_rate", window=month), "percent"),
    ]
    rows = [
        [unit.id, unit.name, *(lines[unit.id].counts[name].number for name in names),
         rate_of(subject, lines[unit.id])]
        for unit in units
    ]  # fmt: skip
    return _table(subject, "units_title", columns, rows, subject.viewer.view.reference.title)


async def unit_sheets(subject: UnitSubject, name: str) -> list[WrittenTable]:
    """All tables of a unit's page; officers only for those who see them. Raises StoreAway."""
    found = [
        await _windows(subject, name),
        await _backlog(subject, name),
        await _steps(subject, name),
        await _procedures(subject, name),
    ]
    if may_name(subject):
        found.insert(3, await _officers(subject, name))
    return found


def _rate(subject: UnitSubject, of: WindowRow | OfficerFigures | OfficerRest) -> float | None:
    """As the page has it: none of a few dossiers."""
    return fair_rate(of.rate, of.judged, subject.viewer.view.reference.rules)


async def _windows(subject: UnitSubject, about: str) -> WrittenTable:
    words = subject.words
    numbers = ("received", "finished", "late", "newly_overdue", "late_receptions")
    columns: list[tuple[str, Kind]] = [
        (words("units_window"), "text"),
        *((words(f"units_{name}"), "whole") for name in numbers),
        (words("units_rate_percent"), "percent"),
    ]
    rows = [
        [window_name(subject, row.window), *(getattr(row, n).number for n in numbers),
         _rate(subject, row)]
        for row in await windows(subject.of, subject.viewer)
    ]  # fmt: skip
    return _table(subject, "units_windows", columns, rows, about, words("units_windows_note"))


async def _backlog(subject: UnitSubject, about: str) -> WrittenTable:
    words = subject.words
    found = await backlog(subject.of, subject.viewer)
    soon = subject.viewer.view.reference.rules.due_soon_hours
    rows: list[list[Cell]] = [
        [words(f"units_backlog_{name}", hours=soon), counted.number]
        for name, counted in found.classes.items()
    ]
    rows.append([words("units_sum"), found.open.number])
    columns: list[tuple[str, Kind]] = [
        (words("units_backlog"), "text"), (words("units_dossiers"), "whole"),
    ]  # fmt: skip
    return _table(subject, "units_backlog", columns, rows, about, words("units_backlog_note"))


async def _steps(subject: UnitSubject, about: str) -> WrittenTable:
    words = subject.words
    found = await steps(subject.of, subject.viewer)
    rows: list[list[Cell]] = [
        [
            step_name(subject.viewer.view.reference, line.step) or words("units_no_step"),
            line.over / HOUR, line.share, line.dossiers, line.median / HOUR,
        ]
        for line in found.lines
    ]  # fmt: skip
    rows.append([words("units_sum"), found.over / HOUR, None, found.late.number, None])
    columns: list[tuple[str, Kind]] = [
        (words("step"), "text"), (words("units_officer_over"), "hours"), ("%", "percent"),
        (words("units_dossiers"), "whole"), (words("units_median"), "hours"),
    ]  # fmt: skip
    return _table(subject, "units_lost", columns, rows, about)


_LIVE = ("in_hand", "due_soon", "overdue", "finished", "late")


async def _officers(subject: UnitSubject, about: str) -> WrittenTable:
    words = subject.words
    found = await officers(subject.of, subject.viewer)
    columns: list[tuple[str, Kind]] = [
        (words("officer"), "text"),
        *((words(f"units_officer_{name}"), "whole") for name in _LIVE),
        (words("units_officer_rate"), "percent"),
        (words("units_officer_charged"), "hours"),
        (words("units_officer_over"), "hours"),
    ]
    note = words("units_officers_note")
    return _table(subject, "units_officers", columns, _officer_rows(subject, found), about, note)


def _officer_rows(subject: UnitSubject, found: OfficerTable) -> list[list[Cell]]:
    words, labels = subject.words, subject.viewer.labels
    rows = [
        [labels.officer(line.officer) or words("units_nameless"), *_numbers(subject, line)]
        for line in found.lines[:MOST_OFFICERS]
    ]
    if (rest := rest_of(found, MOST_OFFICERS)) is not None:
        rows.append(
            [words("units_other_officers", n=rest.officers),
             *(getattr(rest, name) for name in _LIVE), _rate(subject, rest),
             rest.charge / HOUR, rest.over / HOUR]
        )  # fmt: skip
    for line in (found.unassigned, found.total):
        if line is not None:
            name = "units_unassigned" if line.officer == UNKNOWN else "units_sum"
            rows.append([words(name), *_numbers(subject, line)])
    return rows


def _numbers(subject: UnitSubject, line: OfficerFigures) -> list[Cell]:
    counts = [getattr(line, name).number for name in _LIVE]
    rate = _rate(subject, line)
    return [*counts, rate, line.hours.charge / HOUR, line.hours.over / HOUR]


async def _procedures(subject: UnitSubject, about: str) -> WrittenTable:
    words, labels = subject.words, subject.viewer.labels
    found = await procedures(subject.of, subject.viewer)
    rows: list[list[Cell]] = [
        [
            labels.procedure(line.procedure) or words("units_no_procedure"),
            line.behind.number, line.handled.number, line.share, line.repeated.number,
        ]
        for line in found.lines[:MOST_OFFICERS]
    ]  # fmt: skip
    total = found.total
    if others := found.lines[MOST_OFFICERS:]:
        behind, handled, repeated = (
            sum(getattr(line, name).number for line in others)
            for name in ("behind", "handled", "repeated")
        )
        share = 100.0 * behind / handled if handled else None
        name = words("units_other_procedures", n=words.number(len(others)))
        rows.append([name, behind, handled, share, repeated])
    rows.append(
        [words("units_sum"), total.behind.number, total.handled.number, total.share,
         total.repeated.number]
    )  # fmt: skip
    columns: list[tuple[str, Kind]] = [
        (words("procedure"), "text"), (words("units_behind"), "whole"),
        (words("units_handled"), "whole"), ("%", "percent"), (words("units_repeated"), "whole"),
    ]  # fmt: skip
    return _table(subject, "units_procedures", columns, rows, about)
