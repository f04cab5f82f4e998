"""What the pages of units show, as CSV and as a workbook."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, HTTPException, Response

from api.insight.by_unit import by_unit
from api.live.rates import on_time_of
from api.live.tiles import known_units
from api.pages.file_answers import XLSX, attached, csv_answer
from api.pages.rendering import Lang
from api.pages.units.filter_form import Narrowing
from api.pages.units.index_page import ListedKind, UnitOrder, ordered, seen_units
from api.pages.units.sheets import WrittenTable, unit_sheets, units_sheet
from api.pages.units.subject import UnitSubject
from api.problems import responses
from api.viewer import LoadedViewer, Viewer
from documents.cells import csv_lines
from documents.workbook import write_workbook
from dossiers.wire.keys import ALL, unit_scope

router = APIRouter(tags=["pages"])


def _answers(kind: str, example: str) -> dict[int | str, dict[str, Any]]:
    about = "What the page shows; no cell is a formula"
    content = {kind: {"example": example}}
    return {200: {"description": about, "content": content}, **responses(404, 422, 503)}


_AS_CSV = _answers("text/csv", "Đơn vị,Đang giải quyết\r\nPhường Một,12\r\n")
_AS_XLSX = _answers(XLSX, "PK…")


@router.get("/units.csv", summary="CSV: all units", response_class=Response, responses=_AS_CSV)
async def units_csv(
    viewer: LoadedViewer,
    lang: Lang,
    narrowing: Narrowing,
    by: UnitOrder = "-overdue",
    kind: ListedKind = "",
) -> Response:
    """The table of units that the reader sees, in the order of the page."""
    subject = UnitSubject(viewer, lang, narrowing)
    return _csv(subject, [await _units(subject, by, kind)], "units")


@router.get("/units.xlsx", summary="XLSX: all units", response_class=Response, responses=_AS_XLSX)
async def units_xlsx(
    viewer: LoadedViewer,
    lang: Lang,
    narrowing: Narrowing,
    by: UnitOrder = "-overdue",
    kind: ListedKind = "",
) -> Response:
    """The table of units that the reader sees, as a workbook that prints on landscape pages."""
    subject = UnitSubject(viewer, lang, narrowing)
    return await _xlsx(subject, [await _units(subject, by, kind)], "units")


async def _units(subject: UnitSubject, by: str, kind: str) -> WrittenTable:
    units = [unit for unit in seen_units(subject) if kind in ("", unit.kind)]
    window = on_time_of(subject.viewer.view, ALL).window
    lines = await by_unit([unit.id for unit in units], subject.of, subject.viewer, window)
    return units_sheet(subject, ordered(subject, units, lines, by), lines, window)


@router.get(
    "/units/{unit:path}.csv", summary="CSV: one unit", response_class=Response, responses=_AS_CSV
)
async def unit_csv(viewer: LoadedViewer, unit: str, lang: Lang, narrowing: Narrowing) -> Response:
    """Every table of the unit's page, one below the other."""
    subject, name = _subject(viewer, unit, lang, narrowing)
    return _csv(subject, await unit_sheets(subject, name), "unit")


@router.get(
    "/units/{unit:path}.xlsx",
    summary="XLSX: one unit",
    response_class=Response,
    responses=_AS_XLSX,
)
async def unit_xlsx(viewer: LoadedViewer, unit: str, lang: Lang, narrowing: Narrowing) -> Response:
    """Every table of the unit's page, one a sheet."""
    subject, name = _subject(viewer, unit, lang, narrowing)
    return await _xlsx(subject, await unit_sheets(subject, name), "unit")


def _subject(
    viewer: Viewer, unit: str, lang: Lang, narrowing: Narrowing
) -> tuple[UnitSubject, str]:
    units = known_units(viewer.view)
    if unit not in units or not viewer.sees_scope(unit_scope(unit)):
        raise HTTPException(404, f"There is no unit {unit}; /units lists them.")
    return UnitSubject(viewer, lang, narrowing.with_(unit=unit)), units[unit].name


def _csv(subject: UnitSubject, tables: Sequence[WrittenTable], name: str) -> Response:
    """Tables one below the other, with an empty line between them."""
    parts = [
        csv_lines(
            [
                *([line] for line in table.sheet.heading),
                [column.title for column in table.sheet.columns],
                *(_rounded(row) for row in table.rows),
            ]
        )
        for table in tables
    ]
    text = "\r\n".join(parts)
    return csv_answer(text, name, subject.lang)


def _rounded(row: Sequence[object]) -> list[object]:
    return [round(cell, 2) if isinstance(cell, float) else cell for cell in row]


async def _xlsx(subject: UnitSubject, tables: Sequence[WrittenTable], name: str) -> Response:
    buffer = io.BytesIO()
    sheets = [(table.sheet, table.rows) for table in tables]
    await asyncio.to_thread(write_workbook, buffer, sheets, tables[0].sheet.heading[0])
    return Response(buffer.getvalue(), media_type=XLSX, headers=attached(f"{name}.xlsx"))
