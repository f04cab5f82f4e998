"""A list of dossiers as a file: all of its rows, as the page has them, and no other fields."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import FileResponse, StreamingResponse
from starlette.background import BackgroundTask

from api.asked import Language
from api.insight.answers import as_of
from api.insight.filters import Filter
from api.insight.listed_counts import listed_counts
from api.insight.listing import every_page
from api.insight.parsing import AskedFilter
from api.pages.dossiers.amounts import Written
from api.pages.dossiers.list_chips import chips_of
from api.pages.dossiers.list_table import usual
from api.pages.dossiers.row_states import state_of
from api.pages.file_answers import CSV, XLSX, attached
from api.pages.rendering import Lang, calendar_in_use
from api.pages.words import Words, local_time, words_of
from api.problems import responses
from api.queries import Row as Found
from api.viewer import LoadedViewer, Viewer
from documents.csv_text import csv_text
from documents.large import TooLarge, workbook_file
from documents.tables import Column, Kind, Row, Sheet
from dossiers.reference.unlisted import in_english, shown_name
from dossiers.time.hours import HOUR

router = APIRouter(tags=["pages"])
MOST_ROWS = 100_000  # of a file; ClickHouse is asked anew for each page of it
_COLUMNS: tuple[tuple[str, Kind, int], ...] = (
    ("dossier", "text", 26), ("by_standing", "text", 18), ("list_hours", "hours", 12),
    ("due", "time", 0), ("procedure", "text", 44), ("step", "text", 18), ("officer", "text", 22),
    ("unit", "text", 28), ("received", "time", 0), ("finished", "time", 0),
    ("remarks", "text", 28),
)  # fmt: skip


def _answers(kind: str, about: str, example: str) -> dict[int | str, dict[str, Any]]:
    content = {kind: {"example": example}}
    return {200: {"description": about, "content": content}, **responses(422, 503)}


@router.get(
    "/dossiers.csv",
    summary="CSV: a list of dossiers",
    response_class=Response,
    responses=_answers(
        "text/csv", "UTF-8 with byte order mark; no cell is a formula", "Mã hồ sơ,…"
    ),
)
async def dossiers_csv(viewer: LoadedViewer, filter_: AskedFilter, lang: Lang) -> Response:
    """The dossiers of a filter that the reader may see; more than fit into a file are refused
    before the first row."""
    await _check_length(filter_, viewer)
    sheet, pages = await _sheet(filter_, viewer, lang), _rows(filter_, viewer, lang)
    text = csv_text(sheet, pages)
    first = await anext(text)  # its errors can still be an answer
    second = await anext(text, "")

    async def all_of_it() -> AsyncIterator[str]:
        yield first
        yield second
        async for piece in text:
            yield piece

    return StreamingResponse(all_of_it(), media_type=CSV, headers=attached("dossiers.csv"))


@router.get(
    "/dossiers.xlsx",
    summary="XLSX: a list of dossiers",
    response_class=Response,
    responses=_answers(XLSX, "A workbook with typed cells", "PK…"),
)
async def dossiers_xlsx(viewer: LoadedViewer, filter_: AskedFilter, lang: Lang) -> Response:
    """The dossiers of a filter that the reader may see; beyond 1,000 rows made in a process of its
    own, with bounds of memory and time."""
    await _check_length(filter_, viewer)
    folder = tempfile.TemporaryDirectory()
    target = Path(folder.name) / "dossiers.xlsx"
    try:
        sheet = await _sheet(filter_, viewer, lang)
        await workbook_file(sheet, _rows(filter_, viewer, lang), target)
    except TooLarge as error:
        folder.cleanup()
        raise HTTPException(422, str(error)) from error
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(
        target, media_type=XLSX, filename="dossiers.xlsx",
        background=BackgroundTask(folder.cleanup),
    )  # fmt: skip


async def _check_length(filter_: Filter, viewer: Viewer) -> None:
    """Raises a 422 for what is too long."""
    [number] = await listed_counts([filter_], viewer)
    if number > MOST_ROWS:
        raise HTTPException(
            422,
            f"The list has {number:,} dossiers, and a file at most {MOST_ROWS:,}. Narrow the "
            "filter: by a unit, or by a shorter period.",
        )


async def _sheet(filter_: Filter, viewer: Viewer, lang: Language) -> Sheet:
    words, calendar = words_of(lang), calendar_in_use(viewer)
    chips = [chip.text for chip in chips_of(filter_, viewer, words, "")]
    at = words("as_of", time=local_time(await as_of(viewer), calendar, seconds=True))
    return Sheet(
        name=words("dossiers"),
        columns=tuple(Column(words(key), kind, width) for key, kind, width in _COLUMNS),
        heading=(words("dossiers"), " · ".join(chips) or words("list_all"), at),
        timezone=viewer.view.reference.timezone,
    )


async def _rows(filter_: Filter, viewer: Viewer, lang: Language) -> AsyncIterator[list[Row]]:
    words = words_of(lang)
    say = Written(words, calendar_in_use(viewer))
    now = viewer.view.watermark or 0
    steps = {
        (p.id, step.id): step.name for p in viewer.view.reference.procedures for step in p.steps
    }
    async for rows in every_page(filter_, viewer, usual(filter_)):
        cells = [_cells(row, now, steps, viewer, say) for row in rows]
        yield [_spoken(row, words) for row in cells]


def _cells(
    row: Found, now: int, steps: dict[tuple[str, str], str], viewer: Viewer, say: Written
) -> list[str | int | float | None]:
    labels, words = viewer.labels, say.words
    length = state_of(row, now, viewer.view.context, say).length
    return [
        row["id"],
        words(f"verdict_{row['standing']}"),
        None if length is None else length / HOUR,
        row["due_at"],
        labels.procedure(row["procedure"]) if row["procedure"] else "",
        steps.get((row["procedure"], row["step"])) or shown_name(row["step"]),
        labels.officer(row["officer"]) if row["officer"] else "",
        labels.unit(row["unit"]) if row["unit"] else "",
        row["received_at"],
        row["finished_at"],
        ", ".join(words(f"flag_{flag}") for flag in row["flags"] if words.has(f"flag_{flag}")),
    ]


def _spoken(row: list[str | int | float | None], words: Words) -> Row:
    if words.language == "vi":
        return row
    return [in_english(cell) if isinstance(cell, str) else cell for cell in row]
