"""Dates that sources changed, one a line."""

from __future__ import annotations

from urllib.parse import quote

from api.data_quality.rewritten import DAYS, KINDS, RewrittenDates
from api.pages.data.listing import PAGE, ListedPage, paged, sortable
from api.pages.data.wording import source_name
from api.pages.parts.controls import Tab
from api.pages.parts.states import Empty, Notice
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.rendering import calendar_in_use
from api.pages.words import Words, local_time
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name


def rewritten_list(
    found: RewrittenDates, viewer: Viewer, words: Words, *, kind: str, number: int
) -> ListedPage:
    """The changes of one kind ("": of any), page ``number``."""
    calendar, asked = calendar_in_use(viewer), viewer.asked
    chosen = found.of(kind)
    rows = [
        DataRow(
            (
                TableCell(
                    shown_name(each.dossier, words.language),
                    href=f"/dossiers/{quote(each.dossier, safe='')}",
                ),
                TableCell(
                    words(f"data_rewrite_{each.change.kind}"),
                    shape="rewritten",
                    tone="late" if each.change.hides else "neutral",
                    sub=words("data_rewrite_hides") if each.change.hides else "",
                ),
                TableCell(viewer.labels.unit(each.unit) or "–"),
                TableCell(source_name(each.change.source, viewer, words)),
                TableCell(local_time(each.change.was, calendar)),
                TableCell(local_time(each.change.now, calendar)),
                TableCell(local_time(each.change.at, calendar)),
            )
        )
        for each in chosen[(number - 1) * PAGE : number * PAGE]
    ]
    columns = (
        TableColumn(words("dossier"), phone="lead"),
        TableColumn(words("data_rewrite_kind"), phone="more"),
        TableColumn(words("unit"), phone="more"),
        TableColumn(words("data_source"), phone="off"),
        TableColumn(words("data_rewrite_was"), phone="more"),
        TableColumn(words("data_rewrite_now"), phone="more"),
        TableColumn(words("data_rewrite_at"), phone="main"),
    )
    cut = (Notice(words("data_cut")),) if found.cut else ()
    return ListedPage(
        name="rewritten",
        table=DataTable(words("data_rewritten"), columns, tuple(rows)),
        aside=words("data_rewritten_count", n=words.number(len(chosen)), days=DAYS),
        empty=Empty("good", words("data_rewritten_none", days=DAYS)),
        sheet=[
            [
                words("dossier"),
                words("data_rewrite_kind"),
                words("unit"),
                words("data_source"),
                words("data_rewrite_was"),
                words("data_rewrite_now"),
                words("data_rewrite_at"),
            ],
            *(
                [
                    each.dossier,
                    words(f"data_rewrite_{each.change.kind}"),
                    viewer.labels.unit(each.unit),
                    each.change.source,
                    sortable(each.change.was, viewer),
                    sortable(each.change.now, viewer),
                    sortable(each.change.at, viewer),
                ]
                for each in chosen
            ),
        ],
        notices=cut,
        tabs=(
            Tab(
                words("data_all"),
                asked.address(kind=None, page=None),
                not kind,
                words.number(len(found.changes)),
            ),
            *(
                Tab(
                    words(f"data_rewrite_{each}"),
                    asked.address(kind=each, page=None),
                    each == kind,
                    words.number(len(of)),
                )
                for each in KINDS
                if (of := found.of(each))
            ),
        ),
        pages=paged(number, len(chosen), viewer, words),
    )
