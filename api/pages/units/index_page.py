"""All units that the reader may see, in one table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.insight.by_unit import UnitFigures, by_unit
from api.live.rates import on_time_of
from api.live.tiles import known_units, shown_units
from api.pages.error_page import ERROR_PAGES, HTML
from api.pages.parts.controls import PageHead, Tab
from api.pages.parts.marks import Link, LiveBinding
from api.pages.parts.rates import fair_rate, rate_cell
from api.pages.parts.states import Empty, PartError
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.rendering import Lang, render
from api.pages.units.filter_form import Narrowing, filter_form, narrowed
from api.pages.units.sections import part
from api.pages.units.silent_sources import silent_notice
from api.pages.units.subject import UnitSubject, downloads_of, unit_path
from api.pages.units.window_table import window_name
from api.viewer import LoadedViewer
from dossiers.wire.keys import ALL, unit_scope
from dossiers.wire.reference import Unit

router = APIRouter(tags=["pages"])

UnitKind = Literal["", "department", "commune", "division"]
OrderName = Literal[
    "name", "-open", "-due_soon", "-overdue", "-share", "-received", "-late", "rate",
    "-late_receptions",
]  # fmt: skip
UnitOrder = Annotated[OrderName, Query(description="order of the units")]
ListedKind = Annotated[UnitKind, Query(description="only units of this kind")]
_COLUMNS: tuple[tuple[str, OrderName], ...] = (
    ("name", "name"),
    ("open", "-open"),
    ("due_soon", "-due_soon"),
    ("overdue", "-overdue"),
    ("share", "-share"),
    ("late_receptions", "-late_receptions"),
    ("received", "-received"),
    ("late", "-late"),
    ("rate", "rate"),
)
LIVE_RATE = "on_time_rate"  # in the feed: of the month, whatever else is shown
_PHONE = {"name": "lead", "overdue": "main", "open": "more", "due_soon": "more", "rate": "more"}


@router.get(
    "/units",
    summary="Page: all units",
    response_class=HTMLResponse,
    responses={**HTML, 503: ERROR_PAGES[503]},
)
async def units_page(
    viewer: LoadedViewer,
    lang: Lang,
    narrowing: Narrowing,
    by: UnitOrder = "-overdue",
    kind: ListedKind = "",
) -> HTMLResponse:
    """Every unit with its live figures; narrowed, as ClickHouse counts them."""
    subject = UnitSubject(viewer, lang, narrowing)
    seen = [unit for unit in seen_units(subject) if kind in ("", unit.kind)]
    window = on_time_of(viewer.view, ALL).window
    lines = await part(
        subject, "units", by_unit([unit.id for unit in seen], narrowing, viewer, window)
    )
    return render(
        "units/index.html",
        viewer,
        lang,
        active="units",
        head=PageHead(
            subject.words("units_title"),
            sub=subject.words("units_n", n=len(seen)),
            downloads=downloads_of(subject, "/units"),
        ),
        form=filter_form(subject, "/units", [("by", by), ("kind", kind)]),
        tabs=_tabs(subject, kind),
        silent=silent_notice(subject),
        table=lines if isinstance(lines, PartError) else _table(subject, seen, lines, by, window),
        age=_age(subject, lines),
        link_compare=Link(subject.words("units_compare"), "/compare"),
        nothing=Empty("none", subject.words("units_nothing"), subject.words("units_nothing_text")),
    )


def seen_units(subject: UnitSubject) -> list[Unit]:
    """Units with figures in the reach: those of the reference data, and those that dossiers name
    and that have a tile. Whoever sends dossiers may invent thousands."""
    viewer = subject.viewer
    listed = {unit.id for unit in viewer.view.reference.units}
    tiles = {unit.id for unit in shown_units(viewer.view).units}
    return [
        unit
        for unit in known_units(viewer.view).values()
        if (unit.id in listed or unit.id in tiles) and viewer.sees_scope(unit_scope(unit.id))
    ]


def _tabs(subject: UnitSubject, kind: str) -> list[Tab]:
    words, asked = subject.words, subject.viewer.asked
    kinds = [unit.kind for unit in seen_units(subject)]
    found = [Tab(words("units_kind_all"), asked.address(kind=None), not kind, str(len(kinds)))]
    for each in get_args(UnitKind)[1:]:
        if count := kinds.count(each):
            text = words(f"units_kinds_{each}")
            found.append(Tab(text, asked.address(kind=each), each == kind, str(count)))
    return found if len(found) > 2 else []


def _age(subject: UnitSubject, lines: dict[str, UnitFigures] | PartError) -> str:
    if isinstance(lines, PartError) or not lines or not narrowed(subject.of):
        return ""
    return subject.age(next(iter(lines.values())).counts["open"].as_of)


def rate_of(subject: UnitSubject, line: UnitFigures) -> float | None:
    """The rate that is shown: none of a few dossiers."""
    return fair_rate(line.rate, line.judged, subject.viewer.view.reference.rules)


def _place(subject: UnitSubject, line: UnitFigures, by: str) -> float:
    """Where a unit stands in an order of figures: the largest first, of rates the lowest."""
    if by == "rate":
        rate = rate_of(subject, line)
        return 101.0 if rate is None else rate
    return -_share(line) if by == "-share" else -line.counts[by[1:]].number


def _share(line: UnitFigures) -> float:
    open_ = line.counts["open"].number
    return 100.0 * line.counts["overdue"].number / open_ if open_ else 0.0


def ordered(
    subject: UnitSubject, units: Iterable[Unit], lines: dict[str, UnitFigures], by: str
) -> list[Unit]:
    """In the order that the page has."""
    if by == "name":
        return sorted(units, key=lambda unit: (unit.name.casefold(), unit.id))
    return sorted(units, key=lambda unit: (_place(subject, lines[unit.id], by), unit.name, unit.id))


def _table(
    subject: UnitSubject, units: list[Unit], lines: dict[str, UnitFigures], by: str, window: str
) -> DataTable:
    words, asked = subject.words, subject.viewer.asked
    columns = tuple(
        TableColumn(
            words(f"units_column_{name}", window=window_name(subject, window)),
            number=name != "name",
            sort=asked.address(by=order),
            sorted=("up" if order[0] != "-" else "down") if order == by else "",
            phone=_PHONE.get(name, "off"),  # type: ignore[arg-type]
        )
        for name, order in _COLUMNS
    )
    live = LIVE_RATE if window == "month" else ""
    rows = tuple(
        _row(subject, unit, lines[unit.id], window, live)
        for unit in ordered(subject, units, lines, by)
    )
    note = words("units_index_note")
    return DataTable(words("units_title"), columns, rows, density="compact", note=note)


def _row(subject: UnitSubject, unit: Unit, line: UnitFigures, window: str, live: str) -> DataRow:
    """``live``: what the feed calls the rate, "" if it has none of this window."""
    words, rules = subject.words, subject.viewer.view.reference.rules
    own = UnitSubject(subject.viewer, subject.lang, subject.of.with_(unit=unit.id))
    page = own.of.with_(unit="").url(unit_path(unit.id))
    return DataRow(
        (
            TableCell(unit.name, href=page),
            own.count(line.counts["open"], field="open"),
            own.count(line.counts["due_soon"], "soon", "due_soon"),
            own.count(line.counts["overdue"], "late", "overdue", strong=True),
            TableCell(words.decimal(_share(line)) if line.counts["open"].number else "–"),
            own.count(line.counts["late_receptions"], "late", "late_receptions"),
            own.count(line.counts["received"]),
            own.count(line.counts["late"]),
            rate_cell(
                line.rate,
                line.judged,
                rules,
                words,
                href=own.href(own.of.with_(what="judged", window=window)),
                live=LiveBinding(own.scope, live) if live and line.counts["late"].live else None,
            ),
        )
    )
