"""Names that nobody is matched with, and texts that the reference data lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from api.data_quality.names import DAYS, UnmatchedName, UnmatchedNames
from api.pages.data.listing import PAGE, ListedPage, paged, sortable
from api.pages.parts.controls import Tab
from api.pages.parts.states import Empty, Notice
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.rendering import calendar_in_use
from api.pages.words import Words, local_time
from api.ports import UnlistedName
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name


def why_unmatched(each: UnmatchedName, words: Words) -> str:
    """Why nobody is meant, in words."""
    return words(f"data_why_{each.why}", n=each.namesakes)


def dossiers_address(each: UnmatchedName) -> str:
    """The dossiers behind a name."""
    return f"/data/names/dossiers?{urlencode({'name': each.sent, 'unit': each.unit})}"


def suggestions(each: UnmatchedName, viewer: Viewer) -> str:
    """Who may be meant: name as the reader may see it, id and unit."""
    labels, officers = viewer.labels, [suggested.officer for suggested in each.suggested]
    return "; ".join(f"{labels.officer(o.id)} ({o.id}, {labels.unit(o.unit)})" for o in officers)


def names_list(
    found: UnmatchedNames, viewer: Viewer, words: Words, *, number: int, texts: int | None
) -> ListedPage:
    """Page ``number``. ``texts``: how many texts the reference data lacks, None if unknown."""
    calendar = calendar_in_use(viewer)
    rows = [
        DataRow(
            (
                TableCell(shown_name(each.name, words.language)),
                TableCell(viewer.labels.unit(each.unit) or "–"),
                TableCell(why_unmatched(each, words)),
                TableCell(suggestions(each, viewer) or "–"),
                TableCell(local_time(each.last, calendar)),
                TableCell(words.number(each.dossiers), href=dossiers_address(each)),
            )
        )
        for each in found.names[(number - 1) * PAGE : number * PAGE]
    ]
    columns = (
        TableColumn(words("data_name_sent"), phone="lead"),
        TableColumn(words("unit"), phone="more"),
        TableColumn(words("data_name_why"), phone="more"),
        TableColumn(words("data_name_suggested"), wide=True, phone="more"),
        TableColumn(words("data_name_last"), phone="off"),
        TableColumn(words("data_dossiers"), number=True, phone="main"),
    )
    return ListedPage(
        name="names",
        table=DataTable(words("data_names"), columns, tuple(rows)),
        aside=words(
            "data_names_count",
            n=words.number(len(found.names)),
            dossiers=words.number(found.dossiers),
        ),
        empty=Empty("good", words("data_names_none", days=DAYS)),
        sheet=[
            [
                words("data_name_sent"),
                words("unit"),
                words("data_name_why"),
                words("data_name_suggested"),
                words("data_name_last"),
                words("data_dossiers"),
            ],
            *(
                [
                    shown_name(each.name, words.language),
                    viewer.labels.unit(each.unit),
                    why_unmatched(each, words),
                    suggestions(each, viewer),
                    sortable(each.last, viewer),
                    each.dossiers,
                ]
                for each in found.names
            ),
        ],
        notices=(Notice(words("data_cut")),) if found.cut else (),
        tabs=name_tabs(words, "names", len(found.names), texts),
        pages=paged(number, len(found.names), viewer, words),
    )


def texts_list(
    found: Sequence[UnlistedName] | None,
    viewer: Viewer,
    words: Words,
    *,
    number: int,
    names: int,
) -> ListedPage:
    """Texts and codes of units, steps, procedures and officers that no entry has. ``found``: None
    where nobody posts anything."""
    calendar = calendar_in_use(viewer)
    all_ = found or ()
    rows = [
        DataRow(
            (
                TableCell(each.text),
                TableCell(words(f"data_text_{each.kind}")),
                TableCell(shown_name(each.hash, words.language) if each.hash else "–"),
                TableCell(local_time(each.first, calendar)),
                TableCell(local_time(each.last, calendar)),
                TableCell(words.number(each.records)),
            )
        )
        for each in all_[(number - 1) * PAGE : number * PAGE]
    ]
    columns = (
        TableColumn(words("data_text"), phone="lead"),
        TableColumn(words("data_text_kind"), phone="more"),
        TableColumn(words("data_text_shown"), phone="more"),
        TableColumn(words("data_text_first"), phone="off"),
        TableColumn(words("data_text_last"), phone="more"),
        TableColumn(words("data_text_records"), number=True, phone="main"),
    )
    empty = Empty("good", words("data_texts_none"))
    if found is None:
        empty = Empty("none", words("data_texts_nobody"))
    return ListedPage(
        name="texts",
        table=DataTable(words("data_texts"), columns, tuple(rows)),
        aside=words("data_texts_count", n=words.number(len(all_))),
        empty=empty,
        sheet=[
            [
                words("data_text"),
                words("data_text_kind"),
                words("data_text_first"),
                words("data_text_last"),
                words("data_text_records"),
            ],
            *(
                [
                    each.text,
                    words(f"data_text_{each.kind}"),
                    sortable(each.first, viewer),
                    sortable(each.last, viewer),
                    each.records,
                ]
                for each in all_
            ),
        ],
        tabs=name_tabs(words, "texts", names, len(all_)),
        pages=paged(number, len(all_), viewer, words),
    )


def name_tabs(words: Words, chosen: str, names: int, texts: int | None) -> tuple[Tab, ...]:
    """Officers, and other texts."""
    return (
        Tab(words("data_names"), "/data/names", chosen == "names", words.number(names)),
        Tab(
            words("data_texts"),
            "/data/texts",
            chosen == "texts",
            "" if texts is None else words.number(texts),
        ),
    )


def named_dossiers(
    rows: Sequence[Mapping[str, Any]], name: str, viewer: Viewer, words: Words
) -> ListedPage:
    """The dossiers whose records give this name."""
    calendar = calendar_in_use(viewer)
    lines = [
        DataRow(
            (
                TableCell(
                    shown_name(row["id"], words.language),
                    href=f"/dossiers/{quote(row['id'], safe='')}",
                ),
                TableCell(viewer.labels.unit(row["held_by"]) or "–"),
                TableCell(viewer.labels.procedure(row["procedure"]) or "–"),
                TableCell(words(f"verdict_{row['standing']}")),
                TableCell(local_time(row["last"], calendar)),
            )
        )
        for row in rows
    ]
    columns = (
        TableColumn(words("dossier"), phone="lead"),
        TableColumn(words("unit"), phone="more"),
        TableColumn(words("procedure"), wide=True, phone="more"),
        TableColumn(words("data_standing"), phone="main"),
        TableColumn(words("data_name_last"), phone="more"),
    )
    return ListedPage(
        name="named",
        table=DataTable(words("data_named"), columns, tuple(lines)),
        aside=words(
            "data_named_count", name=shown_name(name, words.language), n=words.number(len(rows))
        ),
        empty=Empty("none", words("data_named_none")),
    )
