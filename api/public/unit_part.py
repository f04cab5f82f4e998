"""The units of a list as a table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from api.public.asking import ROWS, Asking, Links
from api.public.paging_links import pages_of
from api.public.printing import Printer
from api.public.tables import ListCell, ListColumn, ListLine, ListPart, ListTable
from api.public.unit_table import FIRST, UnitRow, unit_table
from dossiers.publication.figures import unit_ranked
from dossiers.wire.late_lists import UnitLine


def unit_part(
    printer: Printer,
    asking: Asking,
    links: Links,
    chosen: tuple[UnitLine, ...] | None = None,
    corrected: Collection[str] = (),
) -> ListPart:
    """``chosen``: those that a search found, None for all."""
    words, opened = printer.words, printer.opened
    full = asking.show == "units"
    found = unit_table(
        opened,
        root=asking.unit,
        chosen=chosen,
        start=(asking.page - 1) * ROWS if full else 0,
        most=ROWS if full else FIRST,
        deep=full and chosen is None,
        corrected=corrected,
    )
    whole = replace(asking, show="units", page=1)
    rows = tuple(_row(row, printer, asking, links) for row in found.rows)
    shown = any(row.kind == "unit" for row in found.rows)
    return ListPart(
        key="units",
        title=words("pub_units"),
        count=words.number(found.units),
        table=ListTable(words("pub_units_caption"), _columns(printer), rows) if shown else None,
        empty=words("pub_units_none"),
        more=(words("pub_units_all"), links.to(whole)) if not full and found.units else None,
        pages=pages_of(asking, links, words, found.units) if full else (),
    )


def _columns(printer: Printer) -> tuple[ListColumn, ...]:
    words = printer.words
    return (
        ListColumn(words("pub_no"), number=True, phone="place"),
        ListColumn(words("pub_unit"), phone="lead"),
        ListColumn(words("pub_total"), number=True),
        ListColumn(words("pub_done"), number=True, phone="off"),
        ListColumn(words("pub_open"), number=True, phone="off"),
        ListColumn(words("pub_late"), number=True, phone="main", sorted=True),
        ListColumn(words("pub_rate"), number=True, phone="off"),
        ListColumn(words("pub_most"), number=True, phone="right"),
        ListColumn(words("pub_mean"), number=True, phone="off"),
        ListColumn(words("pub_apologised"), number=True, phone="off"),
    )


def _row(row: UnitRow, printer: Printer, asking: Asking, links: Links) -> ListLine:
    counts, number = row.counts, printer.number
    rate = printer.rate(counts) if row.days is not None else ""
    most = printer.most(row.days) if row.days is not None else ""
    cells = (
        ListCell(number(row.number) if row.number else ""),
        _name(row, printer, asking, links),
        ListCell(number(counts.total), said=printer.of_total(counts)),
        ListCell(number(counts.done)),
        ListCell(number(counts.open)),
        ListCell(number(counts.late)),
        ListCell(rate),
        ListCell(most, said=printer.words("pub_most_said", n=most) if most else ""),
        ListCell(printer.mean(row.days, counts.late) if row.days is not None else ""),
        ListCell(number(counts.apologised)),
    )
    if row.kind == "unit":
        anchor = f"unit-{row.unit}"
        return ListLine(cells, "inner" if row.depth else "plain", anchor)
    return ListLine(cells, "whole" if row.kind == "whole" else "rest")


def _name(row: UnitRow, printer: Printer, asking: Asking, links: Links) -> ListCell:
    words, name = printer.words, row_name(row, printer)
    if row.kind == "rest":
        full = replace(asking, show="units", q="", page=1)
        href = "" if asking.show == "units" and not asking.q else links.to(full)
        return ListCell(name, href=href)
    if row.kind != "unit":
        return ListCell(name)
    few = not unit_ranked(row.counts, printer.opened.core.thresholds)
    return ListCell(
        name,
        href=links.to(Asking(asking.list, asking.edition, unit=row.unit)),
        sub=printer.reason(row_reason(printer, row.unit)) if asking.show == "units" else "",
        badge=words("pub_corrected") if row.corrected else words("pub_few") if few else "",
        depth=row.depth,
    )


def row_name(row: UnitRow, printer: Printer) -> str:
    """What a row of the table of units is of."""
    words = printer.words
    if row.kind == "rest":
        return words("pub_rest", n=words.number(row.units))
    if row.kind == "several":
        return words(_between(row.counts.late, row.counts.total))
    if row.kind == "whole" and not row.unit:
        return words("pub_whole")
    return printer.unit(row.unit)


def _between(late: int, total: int) -> str:
    """Key of what the difference of the whole and its units is."""
    if max(late, total) <= 0:
        return "pub_several"
    return "pub_nowhere" if min(late, total) >= 0 else "pub_between"


def row_reason(printer: Printer, unit: str) -> str:
    """Code of the reason most often given in a unit; "" for none."""
    line = printer.opened.lines.get(unit)
    return line.reason if line else ""
