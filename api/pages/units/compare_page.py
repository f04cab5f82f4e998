"""Up to five units side by side."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.insight.comparing import MOST_UNITS, ComparedUnit, compare
from api.live.tiles import known_units
from api.pages.error_page import ERROR_PAGES, HTML
from api.pages.parts.controls import Choice, FilterForm, PageHead, Select
from api.pages.parts.marks import Link
from api.pages.parts.rates import rate_cell
from api.pages.parts.states import Empty, PartError
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.rendering import Lang, render
from api.pages.units.filter_form import Narrowing, filter_form
from api.pages.units.sections import part
from api.pages.units.subject import UnitSubject, unit_path
from api.pages.units.window_table import window_name
from api.viewer import LoadedViewer
from dossiers.wire.keys import unit_scope
from dossiers.wire.reference import Unit

router = APIRouter(tags=["pages"])
_MOST_CHOICES = 1_500
Compared = Annotated[
    list[Annotated[str, Query(max_length=200)]] | None,
    Query(max_length=MOST_UNITS + 1, alias="unit", description="ids of units, at most five"),
]


@router.get(
    "/compare",
    summary="Page: units side by side",
    response_class=HTMLResponse,
    responses={**HTML, 422: ERROR_PAGES[422], 503: ERROR_PAGES[503]},
)
async def compare_page(
    viewer: LoadedViewer, lang: Lang, narrowing: Narrowing, asked: Compared = None
) -> HTMLResponse:
    """The same figures of each, by the same conditions."""
    subject = UnitSubject(viewer, lang, narrowing)
    units = _seen(subject)
    chosen = [id_ for id_ in dict.fromkeys(asked or ()) if id_ in units][:MOST_UNITS]
    found = await part(subject, "units", compare(chosen, narrowing, viewer)) if chosen else []
    form = filter_form(subject, "/compare", [("unit", id_) for id_ in chosen])
    return render(
        "units/compare.html",
        viewer,
        lang,
        active="units",
        head=PageHead(
            subject.words("units_compare"), (Link(subject.words("units_all_units"), "/units"),)
        ),
        form=form,
        picker=_picker(subject, units, chosen),
        table=found if isinstance(found, PartError) else _table(subject, units, found),
        nothing=Empty(
            "none", subject.words("units_compare_nothing"),
            subject.words("units_compare_nothing_text"),
        ),
    )  # fmt: skip


def _seen(subject: UnitSubject) -> dict[str, Unit]:
    units = known_units(subject.viewer.view)
    return {id_: unit for id_, unit in units.items() if subject.viewer.sees_scope(unit_scope(id_))}


def _picker(subject: UnitSubject, units: dict[str, Unit], chosen: list[str]) -> FilterForm:
    """One more select than units are chosen, until there are five."""
    words = subject.words
    listed = sorted(units.values(), key=lambda unit: unit.name)[:_MOST_CHOICES]
    selects = [
        Select(
            "unit",
            words("units_compare_nth", n=place + 1),
            (
                Choice("", words("units_compare_none")),
                *(Choice(unit.id, unit.name, unit.id == id_) for unit in listed),
            ),
        )
        for place, id_ in enumerate([*chosen, *[""] * (1 if chosen else 2)][:MOST_UNITS])
    ]
    kept = tuple(parse_qsl(subject.of.query()))
    label = words("units_compare")
    return FilterForm("/compare", tuple(selects), kept=kept, folds=False, label=label)


def _table(subject: UnitSubject, units: dict[str, Unit], found: list[ComparedUnit]) -> DataTable:
    words = subject.words
    names = ("open", "due_soon", "overdue", "late_receptions", "suspended")
    columns = (
        TableColumn(words("unit"), phone="lead", wide=True),
        *(TableColumn(words(f"units_column_{name}"), number=True,
                      phone="main" if name == "overdue" else "more") for name in names),
        TableColumn(words("units_received"), number=True),
        TableColumn(words("units_finished"), number=True),
        TableColumn(words("units_late"), number=True),
        TableColumn(words("units_column_rate", window=window_name(subject, "month")), number=True),
    )  # fmt: skip
    rows = tuple(_row(subject, units[each.unit], each, names) for each in found)
    return DataTable(words("units_compare"), columns, rows, density="roomy")


def _row(subject: UnitSubject, unit: Unit, found: ComparedUnit, names: tuple[str, ...]) -> DataRow:
    words, rules = subject.words, subject.viewer.view.reference.rules
    own = UnitSubject(subject.viewer, subject.lang, subject.of.with_(unit=unit.id))
    row = found.window
    tones = {"overdue": "late", "due_soon": "soon", "late_receptions": "late"}
    return DataRow(
        (
            TableCell(unit.name, href=own.of.with_(unit="").url(unit_path(unit.id))),
            *(own.count(found.figures[name], tones.get(name, "neutral"), name) for name in names),  # type: ignore[arg-type]
            own.count(row.received), own.count(row.finished), own.count(row.late),
            rate_cell(
                row.rate, row.judged, rules, words,
                href=own.href(own.of.with_(what="judged", window=row.window)),
            ),
        )
    )  # fmt: skip
