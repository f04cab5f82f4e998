"""``/publications/{list}/dossiers``: the very dossiers behind a number of a list."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from fastapi.responses import HTMLResponse

from api.asked import Language
from api.pages.dossiers.access import dossier_page
from api.pages.error_page import error_page
from api.pages.late_list.asking import CasesAsked, list_page
from api.pages.late_list.holders import ChargedCase
from api.pages.late_list.reading import ReadList, read_list
from api.pages.late_list.selection import Chosen, chosen, receptions
from api.pages.late_list.wording import ListWords
from api.pages.navigation import PUBLICATIONS
from api.pages.parts.controls import PageHead, Pagination
from api.pages.parts.marks import Link
from api.pages.parts.states import Empty
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.rendering import render
from api.pages.words import words_of
from api.publications.errors import LateListError
from api.viewer import Viewer
from dossiers.publication.lines import NOBODY
from dossiers.wire.late_lists import ReceptionLine

PAGE = 100


async def show_cases(viewer: Viewer, lang: Language, list_: str, asked: CasesAsked) -> HTMLResponse:
    """A page of them."""
    try:
        read = await read_list(viewer, words_of(lang), list_)
    except LateListError as error:
        gone = error.status == 410
        return error_page(
            viewer, lang, 410 if gone else 404, "late_erased" if gone else "late_no_list"
        )
    say, start = read.say, asked.first - 1
    if asked.what == "receptions":
        late = receptions(read.picture, asked)
        total = len(late)
        table = _reception_table(late[start : start + PAGE], say)
    else:
        found = await asyncio.to_thread(chosen, read.picture, asked)
        total = len(found)
        table = _table(found[start : start + PAGE], say)
    return render(
        "late/cases.html", viewer, lang, active=PUBLICATIONS,
        head=_head(read, asked, total),
        chosen=tuple(_chips(list_, asked, say)),
        cases=table,
        empty=None if total else Empty(
            "none", say.words("late_cases_none"), say.words("late_cases_none_text")
        ),
        pages=_pages(list_, asked, total, say),
    )  # fmt: skip


def _head(read: ReadList, asked: CasesAsked, total: int) -> PageHead:
    say, list_ = read.say, read.standing.id
    trail = (
        Link(say.words("late_title"), "/publications"),
        Link(say.month(list_), list_page(list_)),
    )
    what = say.words(f"late_what_{asked.what}")
    sub = f"{say.words('late_n_dossiers', n=say.number(total))} {what}"
    return PageHead(say.words("late_cases_title", month=say.in_month(list_)), trail, sub)


def _chips(list_: str, asked: CasesAsked, say: ListWords) -> Iterator[Link]:
    if asked.what != "late":
        yield Link(say.words(f"late_what_{asked.what}"), asked.url(list_, what="late"))
    if asked.unit:
        yield Link(say.unit(asked.unit), asked.url(list_, unit=""))
    if asked.officer:
        yield Link(say.officer(asked.officer), asked.url(list_, officer=""))


def _column(say: ListWords, name: str, phone: str = "more", *, number: bool = False) -> TableColumn:
    return TableColumn(say.words(f"late_col_{name}"), number=number, phone=phone)  # type: ignore[arg-type]


def _table(found: Iterable[Chosen], say: ListWords) -> DataTable:
    columns = (
        _column(say, "dossier", "lead"), _column(say, "procedure"), _column(say, "charged"),
        _column(say, "due"), _column(say, "finished"),
        _column(say, "amount", "main", number=True), _column(say, "state"),
    )  # fmt: skip
    rows = tuple(_row(each, say) for each in found)
    return DataTable(say.words("late_cases"), columns, rows, id="dossiers")


def _row(found: Chosen, say: ListWords) -> DataRow:
    line, cases = found
    cases = tuple(case for case in cases if case.officer) or cases  # a unit's own, if nobody else
    marks = [say.words(f"late_mark_{mark}") for mark in line.marks]
    if line.listed_in:
        months = ", ".join(f"{month[5:]}/{month[:4]}" for month in line.listed_in)
        marks.append(say.words("late_listed_in", months=months))
    return DataRow(
        (
            TableCell(line.dossier, dossier_page(line.dossier), sub=", ".join(marks)),
            TableCell(say.procedure(line.procedure), title=say.procedure(line.procedure)),
            TableCell(
                "; ".join(dict.fromkeys(_holder(case, say) for case in cases)),
                sub=", ".join(dict.fromkeys(say.unit(case.unit) for case in cases)),
            ),
            TableCell(say.written.moment(line.due_at)),
            TableCell(
                say.written.moment(line.finished_at)
                if line.finished_at is not None
                else say.words("late_still_open")
            ),
            TableCell(say.amount(line.late)),
            TableCell(", ".join(dict.fromkeys(filter(None, (_state(c, say) for c in cases))))),
        )
    )


def _holder(case: ChargedCase, say: ListWords) -> str:
    if case.officer in NOBODY:
        return say.words("late_nobody" if case.officer else "late_unit_itself")
    return f"{say.officer(case.officer)} ({say.amount(case.amount)})"


def _state(case: ChargedCase, say: ListWords) -> str:
    talk = case.talk
    if talk.waits:
        return say.words("late_asked_back" if talk.unanswered else "late_waiting")
    return say.words(f"late_{talk.verdict}") if talk.verdict else ""


def _reception_table(late: Iterable[ReceptionLine], say: ListWords) -> DataTable:
    columns = (
        _column(say, "dossier", "lead"), _column(say, "procedure"), _column(say, "unit"),
        _column(say, "submitted"), _column(say, "received"),
        _column(say, "amount", "main", number=True),
    )  # fmt: skip
    rows = tuple(
        DataRow(
            (
                TableCell(each.dossier, dossier_page(each.dossier)),
                TableCell(say.procedure(each.procedure)),
                TableCell(say.unit(each.unit)),
                TableCell(say.written.moment(each.submitted_at)),
                TableCell(say.written.moment(each.received_at)),
                TableCell(say.amount(each.over)),
            )
        )
        for each in late
    )
    return DataTable(say.words("late_cases"), columns, rows, id="dossiers")


def _pages(list_: str, asked: CasesAsked, total: int, say: ListWords) -> Pagination | None:
    if total <= PAGE and asked.first == 1:
        return None
    stop = min(total, asked.first - 1 + PAGE)
    text = say.words(
        "list_range", first=say.number(min(asked.first, total)), last=say.number(stop),
        n=say.number(total),
    )  # fmt: skip
    return Pagination(
        text,
        before=asked.url(list_, first=max(1, asked.first - PAGE)) if asked.first > 1 else "",
        after=asked.url(list_, first=stop + 1) if stop < total else "",
    )
