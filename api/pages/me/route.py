"""Page /me: one's own plan and one's people, and the plan of one of these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.asked import Language
from api.pages.error_page import ERROR_PAGES, HTML, error_page
from api.pages.me.form import PlanForm, typed_plan
from api.pages.me.views import href_of, people_rows, plan_view
from api.pages.parts.controls import PageHead
from api.pages.parts.marks import Link
from api.pages.parts.states import Empty, Notice
from api.pages.rendering import Lang, calendar_in_use, render
from api.pages.words import words_of
from api.roster.desk import RosterError
from api.viewer import LoadedViewer, Viewer
from dossiers.wire.roster import RosterEntry, Way

router = APIRouter(tags=["pages"])
OfficerId = Annotated[str, Path(description="id of an officer")]
Done = Literal["", "added", "removed", "saved"]
DoneQuery = Annotated[Done, Query(description="what was just done")]


@router.get(
    "/me",
    summary="Page: own leave, deputies and ways to be told",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def me_page(viewer: LoadedViewer, *, lang: Lang, done: DoneQuery = "") -> HTMLResponse:
    """The reader's own plan, and the people whose superior they are."""
    return _shown(viewer, lang, viewer.principal.officer, _notice(done, lang))


@router.get(
    "/me/{officer:path}",
    summary="Page: leave, deputies and ways to be told of one of one's people",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def plan_page(
    viewer: LoadedViewer, officer: OfficerId, *, lang: Lang, done: DoneQuery = ""
) -> Response:
    """The same for somebody else, to whoever is above them."""
    if officer and officer == viewer.principal.officer:
        return RedirectResponse("/me", 303)
    if not viewer.live.roster_desk.allowed(viewer.access, officer):
        return error_page(viewer, lang, 404, "no_plan", name=officer)
    return _shown(viewer, lang, officer, _notice(done, lang))


@router.post("/me/{officer:path}", include_in_schema=False)
async def act(
    request: Request, viewer: LoadedViewer, officer: OfficerId, *, lang: Lang
) -> Response:
    """``act`` of the form: leave, remove or telling."""
    acts: dict[str, Callable[[PlanForm], Awaitable[RosterEntry]]] = {
        "leave": lambda form: viewer.live.roster_desk.add_leave(
            viewer.access, officer, form.leave(calendar_in_use(viewer)), form.whole("revision")
        ),
        "remove": lambda form: viewer.live.roster_desk.end_leave(
            viewer.access, officer, form.whole("begins_at"), form.whole("revision")
        ),
        "telling": lambda form: viewer.live.roster_desk.change(
            viewer.access,
            officer,
            form.whole("revision"),
            lambda entry: form.telling(entry, _offered(viewer)),
        ),
    }
    done = {"leave": "added", "remove": "removed", "telling": "saved"}
    try:
        form = await typed_plan(request)
        what = form.one("act")
        if what not in acts:
            raise RosterError(422, "form", "The form says nothing that can be done.")
        await acts[what](form)
    except RosterError as error:
        return _refused(viewer, lang, officer, error)
    page = "/me" if officer == viewer.principal.officer else href_of(officer)
    return RedirectResponse(f"{page}?done={done[what]}", 303)


def _offered(viewer: Viewer) -> tuple[Way, ...]:
    """The ways that the page lets people choose."""
    return ("mail", "webhook") if viewer.live.config.gateways else ("mail",)


def _refused(viewer: Viewer, lang: Language, officer: str, error: RosterError) -> HTMLResponse:
    """The page as it is now, and why nothing was changed."""
    if error.key == "not_yours":
        return error_page(viewer, lang, 404, "no_plan", name=officer)
    notice = Notice(words_of(lang)(f"me_error_{error.key}"), "owed")
    return _shown(viewer, lang, officer, notice, error.status)


def _notice(done: Done, lang: Language) -> Notice | None:
    return Notice(words_of(lang)(f"me_done_{done}"), "done") if done else None


def _shown(
    viewer: Viewer, lang: Language, officer: str, notice: Notice | None, status: int = 200
) -> HTMLResponse:
    words, calendar, desk = words_of(lang), calendar_in_use(viewer), viewer.live.roster_desk
    own = officer == viewer.principal.officer
    known = desk.duties.officer(officer) if officer else None
    place = [known.position, viewer.labels.unit(known.unit)] if known is not None else []
    people = people_rows(viewer, words, calendar) if own else ()
    return render(
        "me.html",
        viewer,
        lang,
        status,
        head=PageHead(
            words("me_title") if own or known is None else known.name,
            () if own else (Link(words("me_title"), "/me"),),
            words("me_sub") if own else " · ".join(filter(None, place)),
        ),
        plan=plan_view(viewer, words, calendar, officer) if known is not None else None,
        people=people,
        nobody=None
        if known is not None or people
        else Empty("none", words("me_nobody"), words("me_nobody_text")),
        notice=notice,
    )
