"""The officers of a unit: what they hold and returned, and what delays were theirs.

Only for those who may see the officers of the unit by name; in the order that the address asks for,
never as a list of the worst.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from api.insight.officers import OfficerFigures, OfficerRest, OfficerTable, officers, rest_of
from api.pages.dossiers.access import opens_officer
from api.pages.parts.charts import Sparkline, sparkline
from api.pages.parts.figure import help_of
from api.pages.parts.rates import rate_cell
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.units.subject import UnitSubject

OfficerOrder = Literal[
    "-overdue", "-in_hand", "-due_soon", "-finished", "-late", "-charge", "-over", "name",
]  # fmt: skip
SHOWN = 7
MOST_SHOWN = 200
_KEYS: dict[str, Callable[[OfficerFigures], int]] = {
    "-overdue": lambda line: -line.overdue.number,
    "-in_hand": lambda line: -line.in_hand.number,
    "-due_soon": lambda line: -line.due_soon.number,
    "-finished": lambda line: -line.finished.number,
    "-late": lambda line: -line.late.number,
    "-charge": lambda line: -line.hours.charge,
    "-over": lambda line: -line.hours.over,
}
_COLUMNS: tuple[tuple[str, str], ...] = (
    ("name", "name"),
    ("in_hand", "-in_hand"),
    ("due_soon", "-due_soon"),
    ("overdue", "-overdue"),
    ("finished", "-finished"),
    ("late", "-late"),
    ("rate", ""),
    ("charged", "-charge"),
    ("over", "-over"),
    ("weeks", ""),
)


@dataclass(frozen=True)
class ShownOfficers:
    """``table``: of ``shown`` officers out of ``known``."""

    table: DataTable
    shown: int
    known: int
    as_of: int


def may_name(subject: UnitSubject) -> bool:
    """Whether the reader sees the officers of the unit: the whole, or a subtree with the unit."""
    within = subject.viewer.within
    return subject.viewer.reach.whole or within is None or subject.of.unit in within.units


async def officer_table(
    subject: UnitSubject, order: str = "-overdue", *, every: bool = False
) -> ShownOfficers:
    """``every``: all of them instead of the first SHOWN. Raises StoreAway."""
    found = await officers(subject.of, subject.viewer)
    lines = _ordered(subject, found.lines, order)
    shown = min(len(lines), MOST_SHOWN if every else SHOWN)
    sorted_table = OfficerTable(lines, found.unassigned, found.total, found.as_of)
    rest = rest_of(sorted_table, shown)
    most = max((line.hours.over for line in lines), default=0)
    low = _lowest(subject, [*lines[:shown], found.total])
    rows = [_officer(subject, line, most, low) for line in lines[:shown]]
    if rest is not None:
        rows.append(_rest(subject, rest, shown))
    if found.unassigned is not None:
        rows.append(_unassigned(subject, found.unassigned))
    rows.append(_total(subject, found.total, low))
    return ShownOfficers(
        DataTable(
            caption=subject.words("units_officers"),
            columns=_columns(subject, order),
            rows=tuple(rows),
            density="compact",
            note=_note(subject),
            id="officers",
        ),
        shown, len(lines), found.as_of,
    )  # fmt: skip


def _note(subject: UnitSubject) -> str:
    """By which rules, and what has no list for this reader."""
    note = subject.words("units_officers_note")
    if subject.viewer.reach.whole:
        return note
    return f"{note} {subject.words('units_charged_hidden')}"


def _ordered(subject: UnitSubject, lines: list[OfficerFigures], order: str) -> list[OfficerFigures]:
    if order == "name":
        return sorted(lines, key=lambda line: (_name(subject, line).casefold(), line.officer))
    return sorted(lines, key=lambda line: (_KEYS[order](line), line.officer))


def _name(subject: UnitSubject, line: OfficerFigures) -> str:
    return subject.viewer.labels.officer(line.officer)


def _columns(subject: UnitSubject, order: str) -> tuple[TableColumn, ...]:
    words, asked = subject.words, subject.viewer.asked
    target = words.decimal(subject.viewer.view.reference.rules.target_rate, 0)
    found = []
    for name, by in _COLUMNS:
        at = by if by in get_args(OfficerOrder) else ""
        found.append(
            TableColumn(
                words(f"units_officer_{name}", target=target),
                number=name != "name",
                sort=asked.address(officers_by=at) + "#officers" if at else "",
                sorted=("up" if by == "name" else "down") if by == order else "",
                phone={"name": "lead", "overdue": "main", "weeks": "off"}.get(name, "more"),  # type: ignore[arg-type]
                help=help_of(words, f"units_{name}") if name in ("charged", "over") else None,
            )
        )
    return tuple(found)


def _officer(subject: UnitSubject, line: OfficerFigures, most: int, low: float) -> DataRow:
    """``most``: hours of the longest bar, ms; ``low``: where the lines of weeks begin, percent."""
    words = subject.words
    name = _name(subject, line)
    return DataRow(
        (
            TableCell(
                name or words("units_nameless"),
                href=opens_officer(subject.viewer)(line.officer) if name else "",
            ),
            *_numbers(subject, line),
            TableCell(
                subject.hours(line.hours.over),
                bar=line.hours.over / most if most else None,
            ),
            TableCell(chart=_weeks(subject, line, low)),
        )
    )


def _numbers(subject: UnitSubject, line: OfficerFigures) -> tuple[TableCell, ...]:
    """From what is in hand to what is charged."""
    rules = subject.viewer.view.reference.rules
    judged = line.finished.filter.with_(what="judged")
    return (
        subject.count(line.in_hand),
        subject.count(line.due_soon),
        subject.count(line.overdue, "late", strong=True),
        subject.count(line.finished),
        subject.count(line.late),
        rate_cell(line.rate, line.judged, rules, subject.words, href=subject.href(judged)),
        _charged(subject, line),
    )


def _charged(subject: UnitSubject, line: OfficerFigures) -> TableCell:
    """Hours, which lead to the dossiers that they are of: those of them that count for another unit
    now are listed only for somebody who sees all units."""
    number = line.charged.number
    may_list = number and subject.viewer.reach.whole
    return TableCell(
        subject.hours(line.hours.charge),
        href=line.charged.filter.url() if may_list else "",
        title=subject.words("units_backlog_aside", n=subject.words.number(number))
        if may_list
        else "",
    )


def _rates(line: OfficerFigures) -> list[float | None]:
    return [100.0 * fine / judged if judged else None for judged, fine in line.weeks]


def _lowest(subject: UnitSubject, lines: Sequence[OfficerFigures]) -> float:
    """The end of the scale that all lines of weeks share: a little under what is lowest."""
    known = [rate for line in lines for rate in _rates(line) if rate is not None]
    return max(0.0, min([*known, subject.viewer.view.reference.rules.target_rate]) - 2)


def _weeks(subject: UnitSubject, line: OfficerFigures, low: float) -> Sparkline:
    rates = _rates(line)
    said = ", ".join(subject.words.decimal(rate, 0) for rate in rates)
    return sparkline(
        rates, subject.words("units_weeks_label", rates=said),
        target=subject.viewer.view.reference.rules.target_rate, least=low, most=100.0,
    )  # fmt: skip


def _rest(subject: UnitSubject, rest: OfficerRest, shown: int) -> DataRow:
    words = subject.words
    more = ""
    if shown < MOST_SHOWN:
        more = subject.viewer.asked.address(officers_all="1") + "#officers"
    cells = (
        TableCell(words("units_other_officers", n=words.number(rest.officers)), href=more),
        *(TableCell(words.number(n)) for n in
          (rest.in_hand, rest.due_soon, rest.overdue, rest.finished, rest.late)),
        rate_cell(rest.rate, rest.judged, subject.viewer.view.reference.rules, words),
        TableCell(subject.hours(rest.charge)),
        TableCell(subject.hours(rest.over)),
        TableCell(),
    )  # fmt: skip
    return DataRow(cells, kind="rest")


def _unassigned(subject: UnitSubject, line: OfficerFigures) -> DataRow:
    cells = (
        TableCell(subject.words("units_unassigned")),
        *_numbers(subject, line),
        TableCell(subject.hours(line.hours.over)),
        TableCell(),
    )
    return DataRow(cells, kind="rest")


def _total(subject: UnitSubject, line: OfficerFigures, low: float) -> DataRow:
    cells = (
        TableCell(subject.words("units_sum")),
        *_numbers(subject, line),
        TableCell(subject.hours(line.hours.over)),
        TableCell(chart=_weeks(subject, line, low)),
    )
    return DataRow(cells, kind="total")
