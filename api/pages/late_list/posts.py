"""The forms of these pages: each does what REST does, and leads back to where it stood."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, urlsplit

from fastapi.responses import RedirectResponse, Response

from api.access.origins import local_goal
from api.asked import Language
from api.late_list.asking import CaseRemark, DecisionAsked, SealedFile, StepAsked
from api.late_list.envelope import EnvelopeAsked
from api.late_list.explaining import attach, explain, reply
from api.late_list.freezing import correct
from api.late_list.publishing import (
    approve,
    publish,
    reduce,
    send_back,
    sign,
    submit,
)
from api.late_list.reviewing import ask_back, decide
from api.pages.late_list.asking import MINE, ORDERS, SHOWS, ReviewAsked, list_page
from api.pages.late_list.list_page import show_list
from api.pages.late_list.mine_page import show_mine
from api.pages.late_list.steps_page import show_steps
from api.pages.late_list.telling import ListTold, problem_of
from api.pages.late_list.typed import SentForm, TypedStep
from api.pages.words import words_of
from api.publications.desk import WrittenRecord
from api.publications.errors import LateListError
from api.viewer import Viewer
from dossiers.wire.publications import Case

Act = Callable[[Viewer, StepAsked, SentForm], Awaitable[WrittenRecord]]


async def _explain(viewer: Viewer, asked: StepAsked, form: SentForm) -> WrittenRecord:
    said = CaseRemark(
        _picked(form), form.one("text"), form.one("reason", 40), await _files(viewer, form)
    )
    return await explain(viewer, asked, said)


async def _reply(viewer: Viewer, asked: StepAsked, form: SentForm) -> WrittenRecord:
    said = CaseRemark(_picked(form), form.one("text"), files=await _files(viewer, form))
    return await reply(viewer, asked, said)


async def _ask(viewer: Viewer, asked: StepAsked, form: SentForm) -> WrittenRecord:
    """About those whose box is set; about all, if none is."""
    cases = _cases(form, form.all("pick") or form.all("case"))
    return await ask_back(viewer, asked, CaseRemark(cases, form.one("text")))


async def _decide(viewer: Viewer, asked: StepAsked, form: SentForm) -> WrittenRecord:
    """Of those that were shown: whose box is set is accepted, the others are not."""
    picks = set(form.all("pick"))
    shown = form.all("case")
    judged = DecisionAsked(
        accepted=_cases(form, tuple(each for each in shown if each in picks)),
        rejected=_cases(form, tuple(each for each in shown if each not in picks)),
        reason=form.one("reason", 40) if picks else "",
        text=form.one("text"),
    )
    return await decide(viewer, asked, judged)


async def _publish(viewer: Viewer, asked: StepAsked, form: SentForm) -> WrittenRecord:
    envelope = EnvelopeAsked(
        form.one("document_no", 100).strip(), form.one("dated", 10), form.one("place", 200).strip(),
        form.lines("signer_title"), form.one("signer", 100).strip(),
    )  # fmt: skip
    return await publish(viewer, asked, envelope)


async def _sign(viewer: Viewer, asked: StepAsked, form: SentForm) -> WrittenRecord:
    if not form.files:
        raise LateListError(422, "no_files", "file: send the signed PDF.")
    return await sign(viewer, asked, form.one("of", 100), form.files[0])


async def _submit(viewer: Viewer, asked: StepAsked, _: SentForm) -> WrittenRecord:
    return await submit(viewer, asked)


async def _approve(viewer: Viewer, asked: StepAsked, _: SentForm) -> WrittenRecord:
    return await approve(viewer, asked)


async def _return(viewer: Viewer, asked: StepAsked, form: SentForm) -> WrittenRecord:
    return await send_back(viewer, asked, form.one("text"))


async def _correct(viewer: Viewer, asked: StepAsked, form: SentForm) -> WrittenRecord:
    return await correct(viewer, asked, form.one("text"))


async def _reduce(viewer: Viewer, asked: StepAsked, _: SentForm) -> WrittenRecord:
    return await reduce(viewer, asked)


# By act of a form: what it does, and the code of what is told then.
ON_CASES: dict[str, tuple[Act, str]] = {
    "explain": (_explain, "explained"),
    "reply": (_reply, "replied"),
    "ask": (_ask, "asked"),
    "decide": (_decide, "decided"),
}
ON_LISTS: dict[str, tuple[Act, str]] = {
    "submit": (_submit, "submitted"),
    "approve": (_approve, "approved"),
    "return": (_return, "returned"),
    "publish": (_publish, "published"),
    "sign": (_sign, "signed"),
    "correct": (_correct, "frozen"),
    "reduce": (_reduce, "reduced"),
}


async def act_on_cases(
    viewer: Viewer, lang: Language, list_: str, act: str, form: SentForm
) -> Response:
    """Explain, reply, ask or decide; where it was not done, the page as it is now with what was
    typed."""
    do, code = ON_CASES[act]
    try:
        if not form.all("pick") and act in ("explain", "reply"):
            raise LateListError(422, "none_chosen", "cases: choose one.")
        await do(viewer, _step(list_, form), form)
    except LateListError as error:
        typed = form.typed(problem_of(error, words_of(lang)))
        return await _again(viewer, lang, list_, form, typed, error.status)
    return RedirectResponse(_back(list_, form, code), 303)


async def act_on_list(
    viewer: Viewer, lang: Language, list_: str, act: str, form: SentForm
) -> Response:
    """The steps of a whole list."""
    do, code = ON_LISTS[act]
    page = list_page(list_, "steps")
    try:
        await do(viewer, _step(list_, form), form)
    except LateListError as error:
        if error.status == 202:
            return RedirectResponse(f"{page}?told=working", 303)
        typed = form.typed(problem_of(error, words_of(lang)))
        return await show_steps(viewer, lang, list_, None, act, typed, error.status)
    return RedirectResponse(f"{page}?told={code}", 303)


async def preview(viewer: Viewer, lang: Language, list_: str, form: SentForm) -> Response:
    """The page with the effect of what is chosen; nothing is written."""
    return await _again(viewer, lang, list_, form, form.typed(), 200)


async def _again(
    viewer: Viewer, lang: Language, list_: str, form: SentForm, typed: TypedStep, status: int
) -> Response:
    status = 409 if status == 202 else status
    if form.one("back", 500) == "mine":
        return await show_mine(viewer, lang, None, (list_, form.one("unit", 200)), typed, status)
    asked = _asked_of(form)
    told = ListTold(typed.problem, bad=True) if typed.problem and not asked.chosen else None
    return await show_list(viewer, lang, list_, asked, told, typed, status)


def _asked_of(form: SentForm) -> ReviewAsked:
    """The table that the form stood beside."""
    query = dict(parse_qsl(urlsplit(form.one("back", 1_000)).query))
    of, officer = form.one("unit", 200), form.one("officer", 200)
    show, sort = query.get("show", ""), query.get("sort", "")
    first = query.get("first", "1")
    return ReviewAsked(
        show=show if show in SHOWS else "",
        unit=query.get("unit", "")[:100],
        q=query.get("q", "")[:100],
        sort=sort if sort in ORDERS else "late",
        first=int(first) if first.isascii() and first.isdecimal() and 0 < len(first) < 7 else 1,
        officer=officer,
        of=of,
    )


def _back(list_: str, form: SentForm, code: str) -> str:
    if form.one("back", 500) == "mine":
        return f"{MINE}?told={code}"
    back = local_goal(form.one("back", 1_000))
    page = back if back.startswith(list_page(list_)) else list_page(list_)
    path, _, anchor = page.partition("#")
    told = f"{path}{'&' if '?' in path else '?'}told={code}"
    return f"{told}#{anchor}" if anchor else told


def _step(list_: str, form: SentForm) -> StepAsked:
    request = form.one("request", 100)
    if not request:
        raise LateListError(422, "form", "The form says nothing that can be done.")
    return StepAsked(list_, request, form.whole("seen"))


def _picked(form: SentForm) -> tuple[Case, ...]:
    return _cases(form, form.all("pick"))


def _cases(form: SentForm, dossiers: tuple[str, ...]) -> tuple[Case, ...]:
    unit, officer = form.one("unit", 200), form.one("officer", 200)
    if not unit or any(not each for each in dossiers):
        raise LateListError(422, "form", "The form says nothing that can be done.")
    return tuple(Case(dossier, unit, officer) for dossier in dossiers)


async def _files(viewer: Viewer, form: SentForm) -> tuple[SealedFile, ...]:
    """Kept, each with the seal that attaches it."""
    uploads = [await attach(viewer, content) for content in form.files]
    return tuple(SealedFile(each.file, each.seal) for each in uploads)
