"""Dead letters behind their number."""

from __future__ import annotations

from urllib.parse import parse_qsl

from api.data_quality.letters import ListedLetters
from api.pages.data.listing import PAGE, ListedPage, sortable
from api.pages.data.wording import reason_name, source_name
from api.pages.parts.controls import FilterForm, Pagination, Tab
from api.pages.parts.marks import Link
from api.pages.parts.states import Empty, Notice
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.rendering import calendar_in_use
from api.pages.words import Words, local_time
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name

STATES = ("open", "replayed", "dropped")


def letters_list(
    found: ListedLetters,
    viewer: Viewer,
    words: Words,
    *,
    state: str,
    decides: bool,
    notices: tuple[Notice, ...] = (),
) -> ListedPage:
    """``decides``: whether the reader may replay and drop."""
    calendar, asked = calendar_in_use(viewer), viewer.asked
    rows = [
        DataRow(
            (
                TableCell(
                    f"#{row['number']}", href=f"/data/letters/{row['number']}" if decides else ""
                ),
                TableCell(
                    reason_name(row["reason"], words), sub=row["detail"], title=row["detail"]
                ),
                TableCell(source_name(row["source"], viewer, words)),
                TableCell(shown_name(row["key"], words.language) or "–"),
                TableCell(local_time(row["detected_at"], calendar)),
            )
        )
        for row in found.rows
    ]
    narrowed = _narrowed(viewer, words)
    columns = (
        TableColumn(words("data_letter_number"), phone="lead"),
        TableColumn(words("data_letter_reason"), wide=True, phone="more"),
        TableColumn(words("data_source"), phone="more"),
        TableColumn(words("dossier"), phone="main"),
        TableColumn(words("data_letter_at"), phone="more"),
    )
    counts = viewer.live.view.letters
    numbers = {"open": counts.open, **counts.decided}
    return ListedPage(
        name="letters",
        table=DataTable(words("data_letters"), columns, tuple(rows)),
        aside=words("data_letters_count", n=words.number(found.total)),
        empty=Empty("good" if state == "open" else "none", words(f"data_letters_none_{state}")),
        sheet=[
            [
                words(f"data_letter_{name}")
                for name in ("number", "reason", "detail", "source", "key", "at")
            ],
            *(
                [
                    row["number"],
                    row["reason"],
                    row["detail"],
                    row["source"],
                    row["key"],
                    sortable(row["detected_at"], viewer),
                ]
                for row in found.rows
            ),
        ],
        notices=notices,
        chosen=FilterForm("/data/letters", chips=narrowed) if narrowed else None,
        tabs=tuple(
            Tab(
                words(f"data_letters_{each}"),
                asked.address(state=each, after=None, done=None),
                each == state,
                "" if narrowed else words.number(numbers[each]),
            )
            for each in STATES
        )
        + (
            (Tab(words("data_letters_day"), asked.address(), True, words.number(found.total)),)
            if state == "day"
            else ()
        ),
        pages=Pagination(
            words("data_letters_count", n=words.number(found.total)),
            after=asked.address(after=str(found.next), done=None) if found.next is not None else "",
            first=asked.address(after=None, done=None) if "after=" in asked.query else "",
        )
        if found.total > PAGE
        else None,
    )


def _narrowed(viewer: Viewer, words: Words) -> tuple[Link, ...]:
    """What the address narrows the list to, each with the address without it."""
    asked = dict(parse_qsl(viewer.asked.query, keep_blank_values=True))
    found = []
    if reason := asked.get("reason", ""):
        found.append(
            Link(reason_name(reason, words), viewer.asked.address(reason=None, after=None))
        )
    if (source := asked.get("source")) is not None:
        name = source_name(source, viewer, words)
        found.append(Link(name, viewer.asked.address(source=None, after=None)))
    return tuple(found)
