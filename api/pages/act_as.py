"""Look and act as a person of the simulated city ("xem như")."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access.people import read_person
from api.acting_flow import begin, leave, may_act
from api.pages.home.people import choice_of, suggested_people
from api.pages.parts.states import Blocked, Empty
from api.pages.rendering import Lang, render
from api.pages.words import words_of
from api.search.people import PeopleSearch
from api.sign_in_flow import UsesSignIn
from api.viewer import AnyViewer

router = APIRouter(tags=["access"])
PATH = "/act-as"
NOT_HERE = "Only at the machine of a simulation can one act as a person of its city."
_MOST_TYPED = 60  # characters


@router.get(PATH, include_in_schema=False)
async def people_page(
    request: Request,
    viewer: AnyViewer,
    flow: UsesSignIn,
    lang: Lang,
    q: Annotated[str, Query(max_length=_MOST_TYPED)] = "",
) -> HTMLResponse:
    """Whom one may look as: some suggestions, and anybody by name."""
    words = words_of(lang)
    if not may_act(flow, request):
        blocked = Blocked(words("act_not_here"), words("act_not_here_text"))
        return render("act_as.html", viewer, lang, 403, blocked=blocked)
    whole = viewer.live.view
    search: PeopleSearch = request.app.state.people
    found = await search.find(whole.reference, q) if q.strip() else []
    return render(
        "act_as.html",
        viewer,
        lang,
        blocked=None,
        q=q,
        suggested=suggested_people(whole, words),
        found=[choice_of(person, words) for person in found],
        nothing=Empty("none", words("act_none")) if q.strip() and not found else None,
    )


@router.post(PATH, include_in_schema=False)
async def act_as(request: Request, viewer: AnyViewer, flow: UsesSignIn) -> Response:
    """``person`` of the form: as api.access.people writes it; "" leaves."""
    if not may_act(flow, request):
        raise HTTPException(403, NOT_HERE)
    try:
        form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    except ValueError:  # more fields than any form of ours
        return RedirectResponse(PATH, 303)
    value = form.get("person", [""])[0]
    if not value:
        return leave(flow, request)
    person = read_person(value, viewer.live.view.reference)
    return RedirectResponse(PATH, 303) if person is None else begin(flow, request, person)
