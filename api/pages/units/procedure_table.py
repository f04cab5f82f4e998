"""Procedures of a unit: those with most lates, and those that are sent back again and again."""

from __future__ import annotations

from api.insight.procedures import REPEATED, ProcedureLine, ProcedureTable, procedures
from api.pages.parts.marks import Link
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.units.subject import UnitSubject, unit_path

_SHOWN = 5
_NAMED = 3  # procedures with most repeated supplements


async def procedures_of(subject: UnitSubject) -> ProcedureTable:
    """Of this month. Raises StoreAway."""
    return await procedures(subject.of, subject.viewer)


def procedure_table(subject: UnitSubject, found: ProcedureTable, shown: int = _SHOWN) -> DataTable:
    """The first ``shown`` with lates, the others in one row, and the sum."""
    words = subject.words
    lines = [line for line in found.lines if line.behind.number][:shown]
    rows = [DataRow((_name(subject, line), *_numbers(subject, line))) for line in lines]
    others = len(found.lines) - len(lines)
    if others:
        rows.append(_rest(subject, found, lines, others))
    rows.append(
        DataRow((TableCell(words("units_sum")), *_numbers(subject, found.total)), kind="total")
    )
    return DataTable(
        caption=words("units_procedures"),
        columns=(
            TableColumn(words("procedure"), phone="lead", wide=True),
            TableColumn(words("units_behind"), number=True, phone="main"),
            TableColumn(words("units_handled"), number=True),
            TableColumn("%", number=True),
        ),
        rows=tuple(rows),
        density="compact",
        id="procedures",
    )


def _name(subject: UnitSubject, line: ProcedureLine) -> TableCell:
    """Leads to the unit's page for this procedure."""
    name = subject.viewer.labels.procedure(line.procedure) or subject.words("units_no_procedure")
    if not line.procedure or subject.of.procedure:
        return TableCell(name)
    narrower = subject.of.with_(procedure=line.procedure, unit="")
    return TableCell(name, href=narrower.url(unit_path(subject.of.unit)), title=name)


def _numbers(subject: UnitSubject, line: ProcedureLine) -> tuple[TableCell, ...]:
    return (
        subject.count(line.behind, "late", strong=True),
        subject.count(line.handled),
        TableCell(subject.words.decimal(line.share)),
    )


def _rest(
    subject: UnitSubject, found: ProcedureTable, lines: list[ProcedureLine], others: int
) -> DataRow:
    words = subject.words
    behind = found.total.behind.number - sum(line.behind.number for line in lines)
    handled = found.total.handled.number - sum(line.handled.number for line in lines)
    share = 100.0 * behind / handled if handled else None
    cells = (
        TableCell(words("units_other_procedures", n=words.number(others))),
        TableCell(words.number(behind)),
        TableCell(words.number(handled)),
        TableCell(words.decimal(share)),
    )
    return DataRow(cells, kind="rest")


def repeated_of(subject: UnitSubject, found: ProcedureTable) -> tuple[str, str, Link | None]:
    """How many were asked for more at least twice, in which procedures, and their list."""
    words, total = subject.words, found.total
    number, handled = total.repeated.number, total.handled.number
    if not number:
        return "0", words("units_repeated_none", times=REPEATED), None
    lines = sorted(found.lines, key=lambda line: (-line.repeated.number, line.procedure))
    named = [line for line in lines if line.repeated.number][:_NAMED]
    said = [f"{_name(subject, line).text} {words.number(line.repeated.number)}" for line in named]
    left = number - sum(line.repeated.number for line in named)
    if left:
        said.append(words("units_repeated_rest", n=words.number(left)))
    share = words.decimal(100.0 * number / handled) if handled else "–"
    text = words("units_repeated_share", share=share, of=words.number(handled))
    [*links] = subject.listed(words("units_list_of", n=words.number(number)), total.repeated.filter)
    return words.number(number), f"{text} {', '.join(said)}.", links[0] if links else None
