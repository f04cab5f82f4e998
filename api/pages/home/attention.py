"""Units that have something overdue, for whoever looks at the whole: where help is needed, without
a verdict on anybody."""

from __future__ import annotations

from api.insight.filters import Filter
from api.insight.live_fields import filter_of
from api.live.rates import on_time_of
from api.live.tiles import shown_units
from api.live.view import Picture
from api.pages.parts.rates import rate_cell
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.units.subject import unit_path
from api.pages.words import Words
from api.viewer import Viewer
from dossiers.wire.keys import ALL, unit_scope
from dossiers.wire.reference import Unit

LISTED = 8
_COUNTS = ("overdue", "due_soon", "open")


def attention_of(viewer: Viewer, words: Words) -> DataTable | None:
    """Those with most overdue of what they have open, small ones last; all others are one row, so
    that the rows add up. None if nothing is overdue."""
    view = viewer.view
    tiles = shown_units(view)
    found = [unit for unit in tiles.units if view.value(unit_scope(unit.id), "overdue")]
    if not found:
        return None
    found.sort(key=lambda unit: _need(unit, view))
    listed = found[:LISTED]
    rows = [_row(unit, view, words) for unit in listed]
    if others := len(tiles.units) + tiles.left_out["units"] - len(listed):
        rows.append(_rest(view, listed, others, words))
    rows.append(_total(view, words))
    return DataTable(words("home_attention"), _columns(words), tuple(rows), density="normal")


def _need(unit: Unit, view: Picture) -> tuple[bool, float, str]:
    overdue, open_ = (view.value(unit_scope(unit.id), name) for name in ("overdue", "open"))
    small = open_ < view.reference.rules.minimum_volume
    return small, -overdue / max(1, open_), unit.id


def _columns(words: Words) -> tuple[TableColumn, ...]:
    return (
        TableColumn(words("unit"), phone="lead", wide=True),
        TableColumn(words("home_overdue"), number=True, phone="main"),
        TableColumn(words("home_due_soon"), number=True),
        TableColumn(words("open"), number=True),
        TableColumn(words("home_rate_column"), number=True),
    )


def _row(unit: Unit, view: Picture, words: Words) -> DataRow:
    scope = unit_scope(unit.id)
    counts = tuple(
        TableCell(
            words.number(view.value(scope, name)),
            href=filter_of(name, unit.id).url(),
            tone="late" if name == "overdue" else "neutral",
            strong=name == "overdue",
        )
        for name in _COUNTS
    )
    rate = _rate(view, scope, Filter(unit=unit.id), words)
    return DataRow((TableCell(unit.name, href=unit_path(unit.id)), *counts, rate))


def _rate(view: Picture, scope: str, of: Filter, words: Words) -> TableCell:
    found = on_time_of(view, scope)
    return rate_cell(
        found.rate,
        found.finished,
        view.reference.rules,
        words,
        href=of.with_(what="judged", window=found.window).url(),
        sub=words("home_30d") if found.window == "30d" else "",
    )


def _rest(view: Picture, listed: list[Unit], others: int, words: Words) -> DataRow:
    """What the listed ones leave of the whole, which ``others`` more units have."""
    counts = (
        view.value(ALL, name) - sum(view.value(unit_scope(unit.id), name) for unit in listed)
        for name in _COUNTS
    )
    cells = tuple(TableCell(words.number(count)) for count in counts)
    return DataRow(
        (TableCell(words("home_other_units", n=words.number(others))), *cells, TableCell()), "rest"
    )


def _total(view: Picture, words: Words) -> DataRow:
    counts = tuple(
        TableCell(
            words.number(view.value(ALL, name)),
            href=filter_of(name).url(),
        )
        for name in _COUNTS
    )
    rate = _rate(view, ALL, Filter(), words)
    return DataRow((TableCell(words("home_total")), *counts, rate), "total")
