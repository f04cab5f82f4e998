"""A list as a piece of HTML that an agency puts into a page of its own portal.

It has no script, and its styles apply to nothing outside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.words import Words
from api.public.asking import Asking
from api.public.list_view import lead_of
from api.public.opened import OpenedEdition
from api.public.printing import Printer, month_text
from api.public.rendering import filled
from api.public.tables import ListColumn
from api.public.unit_part import row_name
from api.public.unit_table import UnitRow, unit_table


@dataclass(frozen=True)
class FragmentRow:
    """``cells``: unit, total, late, rate."""

    kind: str
    cells: tuple[str, ...]


def fragment_of(opened: OpenedEdition, words: Words, address: str) -> str:
    """``address``: of the list's page."""
    printer, core = Printer(words, opened), opened.core
    columns = (
        ListColumn(words("pub_unit")),
        ListColumn(words("pub_total"), number=True),
        ListColumn(words("pub_late"), number=True),
        ListColumn(words("pub_rate"), number=True),
    )
    rows = tuple(_row(row, printer) for row in unit_table(opened).rows)
    title = words("pub_embed_title", month=month_text(core.month))
    return filled(
        "fragment.html", words, title=title, lead=lead_of(printer, Asking(core.id)),
        simulation=core.simulation, columns=columns, rows=rows, address=address,
    )  # fmt: skip


def _row(row: UnitRow, printer: Printer) -> FragmentRow:
    counts, number = row.counts, printer.number
    rate = printer.rate(counts) if row.days is not None else ""
    cells = (row_name(row, printer), number(counts.total), number(counts.late), rate)
    return FragmentRow(row.kind, cells)
