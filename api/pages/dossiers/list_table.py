"""The rows of a list of dossiers, as a table that is ordered by links."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from api.insight.filters import Filter
from api.insight.listing import By, Sort
from api.insight.vocabulary import OPEN
from api.pages.dossiers.access import dossier_page
from api.pages.dossiers.amounts import Written
from api.pages.dossiers.row_states import due_of, state_of
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.queries import Row as Found
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name


def usual(filter_: Filter) -> Sort:
    """The order of a list that asks for none: what is open by its due time, what has ended by its
    end, anything else by what changed last."""
    if filter_.what and filter_.what not in ("received", "submitted"):
        ended = filter_.what in ("finished", "judged", "early", "on_time", "late", "no_due")
        return Sort("finished" if ended else "changed", descending=True)
    is_open = bool(filter_.standing) and set(filter_.standing) <= set(OPEN)
    if is_open or filter_.left or filter_.age or filter_.due or filter_.marks:
        return Sort("due")
    return Sort("changed", descending=True)


def order_of(sort: Sort, filter_: Filter) -> list[tuple[str, str]]:
    """A sort as parameters; the usual one of the filter needs none."""
    if sort == usual(filter_):
        return []
    return [("sort", sort.by), *([("down", "1")] if sort.descending else [])]


def address(filter_: Filter, pairs: Sequence[tuple[str, str]]) -> str:
    """The list of a filter with more parameters."""
    url = filter_.url()
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs)}" if pairs else url


def table_of(
    rows: Sequence[Found], filter_: Filter, sort: Sort, viewer: Viewer, say: Written
) -> DataTable:
    """``rows``: of ``api.insight.listing``."""
    steps = {
        (p.id, step.id): step.name for p in viewer.view.reference.procedures for step in p.steps
    }
    now, one_unit = viewer.view.watermark or 0, _leaf(filter_.unit, viewer)
    columns = [
        TableColumn(say.words("dossier"), phone="lead"),
        TableColumn(say.words("state"), phone="main"),
        _column("due", "due", filter_, sort, say),
        _column("procedure", "procedure", filter_, sort, say, wide=True),
        _column("step", "step", filter_, sort, say, phone_off=not one_unit),
        TableColumn(say.words("officer"), phone="off"),
        *([] if one_unit else [_column("unit", "unit", filter_, sort, say)]),
        _column("received", "received", filter_, sort, say, phone_off=True),
        _column("finished", "finished", filter_, sort, say, phone_off=True),
    ]
    return DataTable(
        caption=say.words("dossiers"),
        columns=tuple(columns),
        rows=tuple(DataRow(tuple(_cells(r, now, steps, one_unit, viewer, say))) for r in rows),
    )


def _leaf(unit: str, viewer: Viewer) -> bool:
    """Whether all dossiers of the list are of this one unit."""
    return bool(unit) and not any(u.parent == unit for u in viewer.view.reference.units)


def _column(
    key: str, by: By, filter_: Filter, sort: Sort, say: Written, *,
    wide: bool = False, phone_off: bool = False,
) -> TableColumn:  # fmt: skip
    mine = sort.by == by
    turned = Sort(by, descending=mine and not sort.descending)
    return TableColumn(
        say.words(key),
        sort=address(filter_, order_of(turned, filter_)),
        sorted=("down" if sort.descending else "up") if mine else "",
        phone="off" if phone_off else "more",
        wide=wide,
    )


def _cells(
    row: Found,
    now: int,
    steps: dict[tuple[str, str], str],
    one_unit: bool,
    viewer: Viewer,
    say: Written,
) -> list[TableCell]:
    labels, state = viewer.labels, state_of(row, now, viewer.view.context, say)
    step = steps.get((row["procedure"], row["step"])) or shown_name(row["step"])
    procedure = labels.procedure(row["procedure"]) if row["procedure"] else "–"
    flags = ", ".join(say.words(f"flag_{f}") for f in row["flags"] if say.words.has(f"flag_{f}"))
    return [
        TableCell(row["id"], href=dossier_page(row["id"]), sub=flags),
        TableCell(state.text, tone=state.tone, shape=state.shape),
        TableCell(due_of(row, now, say)),
        TableCell(procedure, title=procedure),
        TableCell(step or "–"),
        TableCell(labels.officer(row["officer"]) if row["officer"] else say.words("inbox")),
        *([] if one_unit else [TableCell(labels.unit(row["unit"]) if row["unit"] else "–")]),
        TableCell(say.near(row["received_at"], now)),
        TableCell(say.near(row["finished_at"], now)),
    ]
