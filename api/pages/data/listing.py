"""A list behind a number: as a page, and as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Response
from fastapi.responses import HTMLResponse

from api.asked import Language
from api.pages.file_answers import csv_answer
from api.pages.parts.controls import Download, FilterForm, PageHead, Pagination, Tab
from api.pages.parts.marks import Link
from api.pages.parts.states import Empty, Notice
from api.pages.parts.table import DataTable
from api.pages.rendering import calendar_in_use, render
from api.pages.words import Words
from api.viewer import Viewer
from documents.cells import csv_lines

PAGE = 100  # rows
MOST_CSV = 5_000  # rows of a file


@dataclass(frozen=True)
class ListedPage:
    """``name``: what the page is called in messages (``data_NAME``, ``data_NAME_text``) and in its
    address. ``aside``: how many there are, in words. ``sheet``: header and rows of the file, None
    if there is none. ``tabs``: parts of the list."""

    name: str
    table: DataTable
    aside: str
    empty: Empty
    sheet: Sequence[Sequence[object]] | None = None
    notices: tuple[Notice, ...] = ()
    tabs: tuple[Tab, ...] = ()
    filters: FilterForm | None = None
    chosen: FilterForm | None = None  # what it is narrowed to, each with a way out
    pages: Pagination | None = None


def shown(page: ListedPage, viewer: Viewer, lang: Language, words: Words) -> HTMLResponse:
    """As a page."""
    files = () if page.sheet is None else (Download("CSV", csv_address(viewer, page.name)),)
    head = PageHead(
        title=words(f"data_{page.name}"),
        trail=(Link(words("data_title"), "/data"),),
        sub=page.aside,
        downloads=files,
    )
    return render(
        "data_list.html",
        viewer,
        lang,
        active="data",
        page=page,
        page_head=head,
        intro=words(f"data_{page.name}_text"),
    )


def csv_address(viewer: Viewer, name: str) -> str:
    """Of the file of a list, with the filters of the page."""
    _, mark, query = viewer.asked.address(page=None, after=None).partition("?")
    return f"/data/{name}.csv{mark}{query}"


def as_csv(page: ListedPage, lang: Language) -> Response:
    """As a file for spreadsheets, at most MOST_CSV rows."""
    lines = csv_lines((page.sheet or ())[: MOST_CSV + 1])
    return csv_answer(lines, page.name, lang)


def sortable(at: int | None, viewer: Viewer) -> str:
    """An instant (ms) as local time that sorts as text."""
    if at is None:
        return ""
    return calendar_in_use(viewer).local(at).strftime("%Y-%m-%d %H:%M:%S")


def paged(number: int, total: int, viewer: Viewer, words: Words) -> Pagination | None:
    """Pages of PAGE rows, the first is 1; None if all stands on one."""
    if total <= PAGE:
        return None
    first, last = (number - 1) * PAGE + 1, min(number * PAGE, total)
    asked = viewer.asked
    return Pagination(
        text=words(
            "data_rows",
            first=words.number(first),
            last=words.number(last),
            total=words.number(total),
        ),
        before=asked.address(page=str(number - 1)) if number > 1 else "",
        after=asked.address(page=str(number + 1)) if last < total else "",
        first=asked.address(page=None) if number > 2 else "",
    )
