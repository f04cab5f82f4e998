"""``/publications/mine``: what is about to be published of oneself, and what one says to it."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from api.asked import Language
from api.late_list.drafts import draft_of
from api.pages.late_list.acts import rights_in
from api.pages.late_list.asking import LIST, list_page
from api.pages.late_list.holders import CaseHolder
from api.pages.late_list.list_page import deadline_of
from api.pages.late_list.printed import printed_line
from api.pages.late_list.reading import ReadList, read_list, texts_of, with_texts
from api.pages.late_list.remarks import ListRemark, remarks_of
from api.pages.late_list.side import SideCase, case_rows, reason_choices_of
from api.pages.late_list.telling import ListTold
from api.pages.late_list.typed import NOTHING_TYPED, TypedStep
from api.pages.late_list.wording import ListWords
from api.pages.navigation import PUBLICATIONS
from api.pages.parts.controls import Choice, PageHead
from api.pages.parts.marks import Link
from api.pages.parts.states import Empty, Notice
from api.pages.rendering import render
from api.pages.words import words_of
from api.ports import StoreAway
from api.publications.book import newest
from api.publications.errors import LateListError
from api.viewer import Viewer

MOST_LISTS = 6  # looked at, the newest first
MOST_CASES = 500
_DRAFTS = 3  # dossiers whose alerts are asked for what was said


@dataclass(frozen=True)
class OwnList:
    """What of one list is of the reader, in one unit. ``line``: as it is printed, name and value;
    ``open``: whether something can be said."""

    title: str
    stage: str
    line_title: str
    line: tuple[tuple[str, str], ...]
    line_note: str
    remarks: tuple[ListRemark, ...]
    cases: tuple[SideCase, ...]
    own_sum: str
    whole_sum: str
    open: bool
    deadline: str
    reasons: tuple[Choice, ...]
    typed: TypedStep
    problem: str
    draft: str
    unit: str
    officer: str
    path: str
    back: str
    request: str
    seen: int
    reply_only: bool


async def show_mine(
    viewer: Viewer,
    lang: Language,
    told: ListTold | None = None,
    about: tuple[str, str] = ("", ""),
    typed: TypedStep = NOTHING_TYPED,
    status: int = 200,
) -> HTMLResponse:
    """``about``: list and unit of which ``typed`` is."""
    words = words_of(lang)
    lists = [own async for own in _lists(viewer, lang, about, typed)]
    closed = not viewer.live.publication_desk.open
    return render(
        "late/mine.html", viewer, lang, status, active=PUBLICATIONS, told=told,
        head=PageHead(
            words("late_mine_title"), (Link(words("late_title"), LIST),), words("late_mine_sub")
        ),
        notices=(Notice(words("late_closed"), "locked"),) if closed else (),
        empty=None if lists else Empty(
            "good", words("late_mine_none"), words("late_mine_none_text")
        ),
        lists=lists,
    )  # fmt: skip


async def _lists(
    viewer: Viewer, lang: Language, about: tuple[str, str], typed: TypedStep
) -> AsyncIterator[OwnList]:
    """In the order of the months."""
    officer, words = viewer.principal.officer, words_of(lang)
    if not officer:
        return
    for id_ in list(viewer.live.publications.state.months())[:MOST_LISTS]:
        try:
            read = await read_list(viewer, words, id_)
        except LateListError:
            continue
        for holder in read.picture.officers:
            if holder.officer == officer:
                of = typed if about == (id_, holder.unit) else NOTHING_TYPED
                yield await _own(viewer, read, holder, of)


async def _own(viewer: Viewer, read: ReadList, holder: CaseHolder, typed: TypedStep) -> OwnList:
    standing, list_ = read.standing, read.standing.id
    say = await with_texts(viewer, read.say, texts_of(case.talk for case in holder.cases))
    open_ = rights_in(viewer, standing, say).explain == ""
    cases = holder.cases[:MOST_CASES]
    silent = [case for case in cases if case.talk.explained is None]
    picks = set(typed.picks) if typed.sent else {case.line.dossier for case in silent}
    draft = await _draft(viewer, holder) if open_ and silent and not typed.sent else ("", "")
    published = standing.published is not None
    return OwnList(
        title=" · ".join(filter(None, (say.month(list_), say.unit(holder.unit)))),
        stage=say.words(f"late_stage_{standing.stage}"),
        line_title=say.words("late_mine_line_published" if published else "late_mine_line"),
        line=tuple(printed_line(read.picture, holder, say)),
        line_note=_note(viewer, read, say),
        remarks=tuple(remarks_of(holder.cases, say)),
        cases=tuple(case_rows(cases, picks, say)),
        own_sum=say.hours(sum(case.amount for case in cases)),
        whole_sum=say.hours(sum(case.line.late for case in cases)),
        open=open_,
        deadline=deadline_of(read, say),
        reasons=reason_choices_of(typed.reason or draft[0], "explain", holder, say),
        typed=typed,
        problem=typed.problem,
        draft=draft[1],
        unit=holder.unit,
        officer=holder.officer,
        path=list_page(list_),
        back="mine",
        request=secrets.token_hex(16),
        seen=newest(standing.edition),
        reply_only=not standing.reviewing,
    )


def _note(viewer: Viewer, read: ReadList, say: ListWords) -> str:
    desk = viewer.live.publication_desk
    months = desk.lists.policy.retention_months if desk.open else 12
    policy = read.picture.core.names
    return say.words(f"late_mine_note_{policy}", months=months)


async def _draft(viewer: Viewer, holder: CaseHolder) -> tuple[str, str]:
    """Reason and text of what was said about an alert of the first dossiers."""
    silent = [case for case in holder.cases if case.talk.explained is None]
    for case in silent[:_DRAFTS]:
        try:
            found = await draft_of(viewer, case.case)
        except StoreAway:
            break
        if found is not None:
            return found.reason, found.text
    return "", ""
