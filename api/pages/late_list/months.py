"""The months: where each list stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.late_list.sight import seen_cases
from api.pages.late_list.asking import CasesAsked, list_page
from api.pages.late_list.wording import ListWords
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.publications.errors import LateListError
from api.viewer import Viewer
from dossiers.publication.editions import Edition

MOST_LISTS = 60  # of a page


@dataclass(frozen=True)
class MonthCounts:
    """Of what the reader sees of a list: ``late`` dossiers, cases ``explained`` and ``waiting``.
    ``erased``: there are no rows any more."""

    late: int
    explained: int
    waiting: int
    erased: bool = False


@dataclass(frozen=True)
class ListedMonth:
    """One list of the page."""

    edition: Edition
    counts: MonthCounts


async def months_of(viewer: Viewer) -> list[ListedMonth]:
    """The lists in which the reader sees something, the newest first."""
    book, found = viewer.live.publications, []
    for id_ in list(book.state.months())[:MOST_LISTS]:
        edition = book.state.lists[id_].last
        counts = await _counts(viewer, edition)
        if counts is not None:
            found.append(ListedMonth(edition, counts))
    return found


async def _counts(viewer: Viewer, edition: Edition) -> MonthCounts | None:
    try:
        seen = await seen_cases(viewer, edition)
    except LateListError as error:
        frozen = edition.frozen.record
        return MonthCounts(frozen.late, 0, 0, erased=True) if error.status == 410 else None
    states = [edition.cases[row.case] for row in seen.rows if row.case in edition.cases]
    return MonthCounts(
        late=len({row.line.dossier for row in seen.rows}),
        explained=sum(state.explanation is not None for state in states),
        waiting=sum(state.pending for state in states),
    )


def months_table(months: Iterable[ListedMonth], say: ListWords) -> DataTable:
    """A row a list."""
    words = say.words
    columns = (
        TableColumn(words("late_col_month"), phone="lead", wide=True),
        TableColumn(words("late_col_stage"), phone="main"),
        TableColumn(words("late_col_until")),
        TableColumn(words("late_col_late"), number=True),
        TableColumn(words("late_col_explained_n"), number=True),
        TableColumn(words("late_col_waiting_n"), number=True),
    )
    rows = tuple(_row(each, say) for each in months)
    return DataTable(words("late_title"), columns, rows, id="months")


def _row(month: ListedMonth, say: ListWords) -> DataRow:
    edition, counts = month.edition, month.counts
    id_, stage = edition.list_id, edition.stage(say.now)
    notes = [say.scope(id_)]
    if edition.number > 1:
        notes.append(say.words("late_edition", n=edition.number))
    until = deadline_at(edition, say.now)

    def number(value: int, what: str) -> TableCell:
        href = "" if counts.erased else CasesAsked(what).url(id_)  # type: ignore[arg-type]
        return TableCell(say.number(value), href)

    return DataRow(
        (
            TableCell(
                say.month(id_), list_page(id_), strong=True, sub=" · ".join(filter(None, notes))
            ),
            TableCell(
                say.words(f"late_stage_{stage}"),
                shape="done" if stage in ("published", "reduced") else "",
                tone="fresh" if stage in ("published", "reduced") else "neutral",
            ),
            TableCell(
                say.written.weekday(until) if until else "–",
                tone="late" if 0 < until < say.now else "neutral",
                shape="overdue" if 0 < until < say.now else "",
            ),
            number(counts.late, "late"),
            number(counts.explained, "explained"),
            number(counts.waiting, "waiting"),
        )
    )


def deadline_at(edition: Edition, now: int) -> int:
    """Of the step that goes on (ms), 0 for none."""
    frozen = edition.frozen.record
    return {
        "explaining": frozen.explain_until,
        "reviewing": frozen.review_until,
        "submitted": frozen.publish_until,
        "approved": frozen.publish_until,
    }.get(edition.stage(now), 0)
