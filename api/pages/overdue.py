"""The overdue dossiers of every unit, for a phone, and as CSV. Every alert links here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from api.asked import Language
from api.links import page_of
from api.live.tiles import known_units, shown_units
from api.pages.error_page import ERROR_PAGES, HTML, error_page
from api.pages.rendering import Lang, calendar_in_use, render
from api.pages.words import local_time, words_of
from api.paging import decode_cursor, page_of_list
from api.ports import StoreAway
from api.problems import responses
from api.queries import Row, all_overdue, find_dossiers, place_of
from api.viewer import LoadedViewer, Viewer
from documents.cells import BOM, csv_lines
from dossiers.reference.unlisted import in_english, shown_name
from dossiers.tallies.vector import on_time_rate
from dossiers.time.hours import HOUR
from dossiers.wire.keys import unit_scope

router = APIRouter(tags=["pages"])
PAGE = 100

_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "UTF-8 with byte order mark; cells that look like formulas are quoted",
        "content": {"text/csv": {"example": "Mã hồ sơ,Đơn vị,Thủ tục\r\nH29.168-0412,…"}},
    },
    **responses(404, 503),
}


@router.get(
    "/overdue",
    summary="Page: units with overdue dossiers",
    response_class=HTMLResponse,
    responses={**HTML, 503: ERROR_PAGES[503]},
)
async def units_page(viewer: LoadedViewer, lang: Lang) -> HTMLResponse:
    """Units with their number of overdue dossiers, most first."""
    view = viewer.view
    rows: list[dict[str, Any]] = []
    shown = shown_units(view)
    for unit in shown.units:
        scope = unit_scope(unit.id)
        overdue = view.value(scope, "overdue")
        if overdue:
            done = [view.value(scope, f"{name}_month") for name in ("early", "on_time", "late")]
            rows.append(
                {
                    "id": unit.id,
                    "name": unit.name,
                    "page": page_of(unit.id),
                    "overdue": overdue,
                    "open": view.value(scope, "open"),
                    "rate": on_time_rate(*done),
                }
            )
    rows.sort(key=lambda row: (-row["overdue"], row["name"]))
    return render("units.html", viewer, lang, active="overdue", units=rows, left_out=shown.left_out)


@router.get(
    "/overdue.csv", summary="CSV: all overdue dossiers", response_class=Response, responses=_CSV
)
async def all_csv(viewer: LoadedViewer, lang: Lang) -> Response:
    """All overdue dossiers, the earliest due time first."""
    return await _csv(viewer, None, lang, "overdue.csv")


@router.get(
    "/overdue/{unit:path}.csv",
    summary="CSV: overdue of a unit",
    response_class=Response,
    responses=_CSV,
)
async def unit_csv(viewer: LoadedViewer, unit: str, lang: Lang) -> Response:
    """The overdue dossiers of a unit and those below it, the earliest due time first."""
    if unit not in known_units(viewer.view):
        raise HTTPException(404, f"There is no unit {unit}; /overdue lists them.")
    return await _csv(viewer, unit, lang, "overdue-unit.csv")


@router.get(
    "/overdue/{unit:path}",
    summary="Page: overdue dossiers of a unit",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def unit_page(
    viewer: LoadedViewer,
    unit: str,
    lang: Lang,
    cursor: Annotated[str | None, Query(max_length=600, description="next page")] = None,
) -> HTMLResponse:
    """The overdue dossiers of a unit: step, officer, due time, working time late."""
    units = known_units(viewer.view)
    if unit not in units:
        return error_page(viewer, lang, 404, "not_found", unit=unit)
    try:
        after = None if cursor is None else decode_cursor(cursor)
    except HTTPException:
        return error_page(viewer, lang, 422, "bad_cursor", unit=unit)
    try:
        rows = await find_dossiers(
            viewer.live.query,
            viewer.live.config.timeline,
            unit=unit,
            standings=("overdue",),
            within=viewer.scopes(),
            after=after,
            limit=PAGE + 1,
        )
    except StoreAway:
        return error_page(viewer, lang, 503, "away", unit=unit)
    page, following = page_of_list(rows, PAGE, place_of)
    return render(
        "unit.html",
        viewer,
        lang,
        active="overdue",
        unit_id=unit,
        unit=units[unit],
        overdue=viewer.view.value(unit_scope(unit), "overdue"),
        open=viewer.view.value(unit_scope(unit), "open"),
        dossiers=[_line(row, viewer, lang) for row in page],
        next=following,
    )


def _line(row: Row, viewer: Viewer, lang: Language) -> dict[str, str]:
    calendar, now = calendar_in_use(viewer), viewer.view.watermark or 0
    late = calendar.between(row["due_at"], now)
    return {
        **_shown(row, viewer),
        "due": local_time(row["due_at"], calendar),
        "late": words_of(lang).amount(late, calendar),
    }


def _shown(row: Row, viewer: Viewer) -> dict[str, str]:
    """Names for ids, if the reference data has them."""
    labels = viewer.labels
    return {
        "id": row["id"],
        "unit": labels.unit(row["unit"]),
        "procedure": labels.procedure(row["procedure"]),
        "step": shown_name(row["step"]),
        "officer": labels.officer(row["officer"]),
    }


async def _csv(
    viewer: Viewer, unit: str | None, lang: Language, filename: str
) -> StreamingResponse:
    pages = all_overdue(viewer.live.query, viewer.live.config.timeline, unit, viewer.scopes())
    # The first page is read before the answer begins, so that an error can still be one.
    first: list[Row] = await anext(pages, [])
    words = words_of(lang)
    header = ("dossier", "unit", "procedure", "step", "officer", "received", "due", "late_hours")

    async def text() -> AsyncIterator[str]:
        yield BOM + csv_lines([[words(name) for name in header]])
        if first:
            yield _csv_rows(first, viewer, lang)
        async for rows in pages:
            yield _csv_rows(rows, viewer, lang)

    return StreamingResponse(
        text(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def _csv_rows(rows: list[Row], viewer: Viewer, lang: Language) -> str:
    calendar = calendar_in_use(viewer)
    now = viewer.view.watermark or 0
    lines = csv_lines(
        (
            *_shown(row, viewer).values(),
            _sortable(row["received_at"], viewer),
            _sortable(row["due_at"], viewer),
            round(max(0, calendar.between(row["due_at"], now)) / HOUR, 2),
        )
        for row in rows
    )
    return in_english(lines) if lang == "en" else lines


def _sortable(at: int | None, viewer: Viewer) -> str:
    """Local time that sorts as text."""
    if at is None:
        return ""
    return calendar_in_use(viewer).local(at).strftime("%Y-%m-%d %H:%M:%S")
