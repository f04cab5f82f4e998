"""A panel of page /data, which fails for itself."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from api.pages.failed_part import part_or_error
from api.pages.parts.figure import Help
from api.pages.parts.marks import Badge, Link, Shape
from api.pages.parts.states import Empty, PartError
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.words import Words
from api.viewer import Viewer

T = TypeVar("T")
SHOWN = 5  # rows of a panel; the rest is one row


@dataclass(frozen=True)
class PagePanel:
    """A panel with a table, or what stands in its place. ``notes``: sentences below."""

    id: str
    title: str
    aside: str = ""
    table: DataTable | None = None
    instead: Empty | None = None
    error: PartError | None = None
    more: Link | None = None
    notes: tuple[str, ...] = ()
    badge: Badge | None = None
    help: Help | None = None


async def part(work: Awaitable[T], viewer: Viewer, words: Words) -> T | PartError:
    """The answer to one question, or that it failed: the rest of the page stands."""
    title, text = words("data_part_failed"), words("data_part_failed_text")
    return await part_or_error(work, viewer, title, text)


def failed_panel(id_: str, title: str, error: PartError) -> PagePanel:
    """One whose question was not answered."""
    return PagePanel(id_, title, error=error)


def two_columns(caption: str, first: str, second: str, rows: list[DataRow]) -> DataTable | None:
    """What is counted, and how many; None without rows."""
    columns = (TableColumn(first, phone="lead"), TableColumn(second, number=True, phone="main"))
    return DataTable(caption, columns, tuple(rows)) if rows else None


def counted_row(text: str, sub: str, count: str, href: str, shape: Shape = "") -> DataRow:
    """``count`` leads to its list."""
    return DataRow((TableCell(text, sub=sub, shape=shape), TableCell(count, href, strong=True)))


def rest_row(text: str, count: int, words: Words) -> DataRow:
    """Those that are not shown."""
    return DataRow(
        (TableCell(text), TableCell(words.number(count), href="/data/letters")), kind="rest"
    )
