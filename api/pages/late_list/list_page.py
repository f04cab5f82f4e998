"""``/publications/{list}``: the review of a month, and one who is charged beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from fastapi.responses import HTMLResponse

from api.asked import Language
from api.pages.error_page import error_page
from api.pages.late_list.acts import ListAct, ListRights, acts_of, rights_in
from api.pages.late_list.asking import LIST, ReviewAsked, list_page
from api.pages.late_list.checks import checks_of
from api.pages.late_list.drafts import MAIN_KINDS, draft_links
from api.pages.late_list.effects import decision_effect
from api.pages.late_list.holders import CaseHolder
from api.pages.late_list.panels import panels_of
from api.pages.late_list.reading import ReadList, first_texts, read_list, texts_of, with_texts
from api.pages.late_list.side import Role, SideAsked, choice_of, side_of
from api.pages.late_list.standing import chain_state
from api.pages.late_list.steps import way_of
from api.pages.late_list.table import HolderGroups, begun_with, groups_of, table_of
from api.pages.late_list.telling import ListTold
from api.pages.late_list.typed import NOTHING_TYPED, TypedStep
from api.pages.late_list.wording import ListWords
from api.pages.navigation import PUBLICATIONS
from api.pages.parts.marks import Link
from api.pages.parts.states import Empty, Notice
from api.pages.rendering import render
from api.pages.words import words_of
from api.publications.book import newest
from api.publications.errors import LateListError
from api.viewer import Viewer
from dossiers.publication.effects import Effect


@dataclass(frozen=True)
class ListView:
    """``stage``: beside the title; ``sub``: edition and scope; ``path``: of the page."""

    title: str
    stage: str
    sub: str
    path: str
    trail: tuple[Link, ...]
    acts: tuple[ListAct, ...]
    files: tuple[Link, ...]
    notices: tuple[Notice, ...]
    empty: Empty | None = None


async def show_list(
    viewer: Viewer,
    lang: Language,
    list_: str,
    asked: ReviewAsked,
    told: ListTold | None = None,
    typed: TypedStep = NOTHING_TYPED,
    status: int = 200,
) -> HTMLResponse:
    """``typed``: of a form that was not taken, or only looked at."""
    try:
        read = await read_list(viewer, words_of(lang), list_)
    except LateListError as error:
        return _not_read(viewer, lang, error)
    rights = rights_in(viewer, read.standing, read.say)
    explains = rights.explain == "" and read.standing.reviewing
    asked = begun_with(read.picture, asked, explains=explains)
    groups = replace(
        await asyncio.to_thread(groups_of, read.picture, asked, read.say),
        reviewing=read.standing.reviewing,
        explains=explains,
    )
    holder = read.picture.holders.get((asked.of, asked.officer)) if asked.chosen else None
    if holder is None:
        asked = replace(asked, of="", officer="")
    texts = first_texts(each.explained for each in groups.page(asked.first))
    texts += texts_of(case.talk for case in holder.cases) if holder else []
    say = await with_texts(viewer, read.say, [*texts, read.standing.frozen.reason])
    about = _about(read, asked, groups.shown, rights, holder, typed)
    effect = await _effect(read, holder, about)
    # In a thread: of 30,000 dossiers it takes long enough to be felt on a wall.
    values = await asyncio.to_thread(_values, viewer, read, groups, asked, say)
    return render(
        "late/list.html", viewer, lang, status, active=PUBLICATIONS, asked=asked, told=told,
        view=_view(viewer, read, rights, asked, groups, say),
        side=side_of(holder, about, effect, say) if holder else None, **values,
    )  # fmt: skip


def _values(
    viewer: Viewer, read: ReadList, groups: HolderGroups, asked: ReviewAsked, say: ListWords
) -> dict[str, Any]:
    """What is counted."""
    standing, picture = read.standing, read.picture
    chain = chain_state(viewer)
    return {
        "steps": way_of(standing, picture, say),
        "panels": panels_of(standing.id, picture, say),
        "checks": checks_of(standing, picture, chain, say) if picture.whole else (),
        "holders": table_of(standing.id, picture, groups, asked, say),
    }


async def _effect(read: ReadList, holder: CaseHolder | None, about: SideAsked) -> Effect | None:
    """Of what is chosen beside the table."""
    if holder is None or about.role != "decide":
        return None
    choice = choice_of(holder, about.role, about.typed)
    return await asyncio.to_thread(
        decision_effect, read.seen, choice.cases, choice.picks, choice.reason
    )


def _not_read(viewer: Viewer, lang: Language, error: LateListError) -> HTMLResponse:
    if error.status == 410:
        return error_page(viewer, lang, 410, "late_erased")
    return error_page(viewer, lang, 404, "late_no_list")


def _about(
    read: ReadList,
    asked: ReviewAsked,
    shown: tuple[CaseHolder, ...],
    rights: ListRights,
    holder: CaseHolder | None,
    typed: TypedStep,
) -> SideAsked:
    role, why = _role(rights, holder, read.say)
    return SideAsked(
        list=read.standing.id,
        asked=asked,
        shown=shown,
        role=role,
        why=why,
        deadline=deadline_of(read, read.say),
        seen=newest(read.standing.edition),
        typed=typed,
        reply_only=not read.standing.reviewing,
    )


def _role(rights: ListRights, holder: CaseHolder | None, say: ListWords) -> tuple[Role, str]:
    """What the reader does with these cases, and why nothing."""
    if rights.decide == "" and holder is not None and holder.explained:
        own = holder.officer and holder.officer == say.viewer.principal.person
        return ("read", say.words("late_own_case")) if own else ("decide", "")
    if rights.explain == "":
        return "explain", ""
    return "read", rights.decide or rights.explain or ""


def deadline_of(read: ReadList, say: ListWords) -> str:
    """Until when one explains."""
    until = read.standing.frozen.explain_until
    if not read.standing.reviewing:
        return say.words("late_deadline_closed")
    key = "late_deadline" if say.now <= until else "late_deadline_over"
    return say.words(key, at=say.written.weekday(until))


def _view(
    viewer: Viewer,
    read: ReadList,
    rights: ListRights,
    asked: ReviewAsked,
    groups: HolderGroups,
    say: ListWords,
) -> ListView:
    standing, words = read.standing, say.words
    edition = words("late_edition", n=standing.number) if standing.number > 1 else ""
    scope = words("late_scope", unit=say.scope(standing.id)) if say.scope(standing.id) else ""
    return ListView(
        title=say.month(standing.id),
        stage=words(f"late_stage_{standing.stage}"),
        sub=" · ".join(filter(None, (edition, scope))),
        path=list_page(standing.id),
        trail=(Link(words("late_title"), LIST),),
        acts=(*_explain_act(standing.id, asked, groups, say), *acts_of(rights, standing, say)),
        files=tuple(draft_links(viewer, standing, say, MAIN_KINDS)),
        notices=tuple(_notices(read, say)),
        empty=None if groups.shown else _empty(standing.id, asked, say),
    )


def _explain_act(
    list_: str, asked: ReviewAsked, groups: HolderGroups, say: ListWords
) -> Iterator[ListAct]:
    """To the first of whom nothing is explained."""
    found = (each for each in groups.shown if each.cases and not each.explained)
    if groups.explains and (first := next(found, None)) is not None:
        href = asked.url(list_, of=first.unit, officer=first.officer)
        yield ListAct(say.words("late_act_explain"), href, main=True)


def _notices(read: ReadList, say: ListWords) -> Iterator[Notice]:
    frozen = read.standing.frozen
    if frozen.cites:
        reason = say.text(frozen.reason)
        yield Notice(say.words("late_corrects", reason=reason), "rewritten")
    if not read.picture.whole:
        yield Notice(say.words("late_hidden"), "locked")
    if read.picture.core.arriving:
        at = say.written.moment(frozen.watermark)
        yield Notice(say.words("late_known_until", at=at), "waiting")


def _empty(list_: str, asked: ReviewAsked, say: ListWords) -> Empty:
    all_ = ReviewAsked("all").url(list_)
    link = Link(say.words("late_empty_all"), all_) if asked.url(list_) != all_ else None
    return Empty("filter", say.words("late_empty"), say.words("late_empty_text"), link=link)
