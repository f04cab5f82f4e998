"""Procedures whose entry lacks something."""

from __future__ import annotations

from collections.abc import Sequence

from api.data_quality.procedures import LackingProcedure
from api.pages.data.listing import PAGE, ListedPage, paged
from api.pages.parts.states import Empty
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.words import Words
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name


def lacks(each: LackingProcedure, words: Words) -> str:
    """What is missing, in words."""
    return ", ".join(words(f"data_lacks_{what}") for what in each.lacks)


def _name(each: LackingProcedure, words: Words) -> str:
    return each.name or shown_name(each.id, words.language) or words("data_no_procedure")


def procedures_list(
    found: Sequence[LackingProcedure], viewer: Viewer, words: Words, *, number: int
) -> ListedPage:
    """Page ``number``."""
    rows = [
        DataRow(
            (
                TableCell(_name(each, words)),
                TableCell(shown_name(each.id, words.language) or "–"),
                TableCell(lacks(each, words)),
                TableCell(words.number(each.open), href=each.filter.url() if each.open else ""),
            )
        )
        for each in found[(number - 1) * PAGE : number * PAGE]
    ]
    columns = (
        TableColumn(words("procedure"), wide=True, phone="lead"),
        TableColumn(words("data_code"), phone="more"),
        TableColumn(words("data_lacks"), phone="more"),
        TableColumn(words("open"), number=True, phone="main"),
    )
    return ListedPage(
        name="procedures",
        table=DataTable(words("data_procedures"), columns, tuple(rows)),
        aside=words("data_procedures_count", n=words.number(len(found))),
        empty=Empty("good", words("data_procedures_none")),
        sheet=[
            [words("procedure"), words("data_code"), words("data_lacks"), words("open")],
            *([each.name, each.id, lacks(each, words), each.open] for each in found),
        ],
        pages=paged(number, len(found), viewer, words),
    )
