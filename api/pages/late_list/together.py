"""Several months together: how many dossiers were late, each once, and which ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from api.late_list.together import TogetherCount, together_of
from api.pages.dossiers.access import dossier_page
from api.pages.late_list.asking import LIST
from api.pages.late_list.months import ListedMonth
from api.pages.late_list.wording import ListWords
from api.pages.parts.controls import Choice, Pagination
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.viewer import Viewer
from dossiers.wire.late_lists import DossierLine
from dossiers.wire.publications import month_and_scope

PAGE = 100
_MONTH = r"^([0-9]{4}-[0-9]{2})?$"
_MOST = 10**6


@dataclass(frozen=True)
class MonthsAsked:
    """Months from ``since`` to ``until`` (YYYY-MM), "" for none; ``first``: number of the page's
    first dossier."""

    since: str = ""
    until: str = ""
    first: int = 1


def together_asked(
    since: Annotated[str, Query(pattern=_MONTH, max_length=7, description="first month")] = "",
    until: Annotated[str, Query(pattern=_MONTH, max_length=7, description="last month")] = "",
    first: Annotated[int, Query(ge=1, le=_MOST, description="first dossier of the page")] = 1,
) -> MonthsAsked:
    """From the parameters of an address."""
    return MonthsAsked(since, until, first)


AskedTogether = Annotated[MonthsAsked, Depends(together_asked)]


@dataclass(frozen=True)
class TogetherForm:
    """``text``: the answer, "" before one asks; ``dossiers``: a page of those that it counts."""

    since: tuple[Choice, ...]
    until: tuple[Choice, ...]
    text: str = ""
    dossiers: DataTable | None = None
    pages: Pagination | None = None


async def together_form(
    viewer: Viewer, asked: MonthsAsked, months: Iterable[ListedMonth], say: ListWords
) -> TogetherForm | None:
    """None as long as there are not two months."""
    places = (month_and_scope(each.edition.list_id) for each in months)
    names = sorted(month for month, scope in places if not scope)
    if len(names) < 2:
        return None
    since, until = asked.since or names[0], asked.until or names[-1]
    form = TogetherForm(_choices(names, since, say), _choices(names, until, say))
    if not (asked.since and asked.until):
        return form
    count = await together_of(viewer, since, until)
    if count.erased:
        return replace(form, text=say.words("late_together_gone"))
    rows = count.counted.rows[asked.first - 1 :][:PAGE]
    return replace(
        form,
        text=_text(count, say),
        dossiers=_table(rows, say) if rows else None,
        pages=_pages(asked, count, say),
    )


def _choices(names: Iterable[str], chosen: str, say: ListWords) -> tuple[Choice, ...]:
    return tuple(Choice(name, say.month(name), name == chosen) for name in names)


def _text(count: TogetherCount, say: ListWords) -> str:
    found = count.counted
    return say.words(
        "late_together_text", months=len(count.lists), late=say.number(found.late),
        sum=say.number(count.added), repeated=say.number(found.repeated),
        done=say.number(found.done), open=say.number(found.open),
    )  # fmt: skip


def _table(rows: Iterable[DossierLine], say: ListWords) -> DataTable:
    columns = (
        TableColumn(say.words("late_col_dossier"), phone="lead"),
        TableColumn(say.words("late_col_unit")),
        TableColumn(say.words("late_col_finished"), phone="main"),
    )
    lines = tuple(
        DataRow(
            (
                TableCell(row.dossier, dossier_page(row.dossier)),
                TableCell(say.unit(row.unit)),
                TableCell(
                    say.written.moment(row.finished_at)
                    if row.finished_at is not None
                    else say.words("late_still_open")
                ),
            )
        )
        for row in rows
    )
    return DataTable(say.words("late_cases"), columns, lines, id="together-dossiers")


def _pages(asked: MonthsAsked, count: TogetherCount, say: ListWords) -> Pagination | None:
    total = count.counted.late
    if total <= PAGE and asked.first == 1:
        return None
    stop = min(total, asked.first - 1 + PAGE)
    text = say.words(
        "list_range", first=say.number(min(asked.first, total)), last=say.number(stop),
        n=say.number(total),
    )  # fmt: skip
    return Pagination(
        text,
        before=_url(asked, max(1, asked.first - PAGE)) if asked.first > 1 else "",
        after=_url(asked, stop + 1) if stop < total else "",
    )


def _url(asked: MonthsAsked, first: int) -> str:
    return f"{LIST}?{urlencode({'since': asked.since, 'until': asked.until, 'first': first})}"
