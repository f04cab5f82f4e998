"""``/``: the home of one's role."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.acting_flow import may_act
from api.pages.home.people import suggested_people
from api.pages.home.views import (
    home_of,
    is_nobody,
    is_placeless,
    is_public,
    public_home_of,
)
from api.pages.late_list.reading import plain_words
from api.pages.late_list.todo import todo_of
from api.pages.parts.states import Blocked
from api.pages.rendering import Lang, render
from api.pages.words import Words, words_of
from api.sign_in_flow import UsesSignIn
from api.viewer import LoadedViewer, Viewer

router = APIRouter(tags=["pages"])


@router.get("/", include_in_schema=False)
async def home(
    request: Request, viewer: LoadedViewer, flow: UsesSignIn, lang: Lang
) -> HTMLResponse:
    """What one needs first in the morning, by role."""
    words = words_of(lang)
    who = viewer.principal
    if blocked := _blocked(viewer, words):
        return render("home_nobody.html", viewer, lang, 200, active="home", blocked=blocked)
    view = public_home_of(viewer, words) if is_public(who) else await home_of(viewer, words)
    newcomer = who.means == "loopback" and may_act(flow, request)
    return render(
        "home.html",
        viewer,
        lang,
        active="home",
        home=view,
        lists=() if is_public(who) else await todo_of(viewer, plain_words(viewer, words)),
        people=suggested_people(viewer.live.view, words) if newcomer else (),
    )


def _blocked(viewer: Viewer, words: Words) -> Blocked | None:
    """What somebody is told for whom there is nothing here yet: an empty day would look like a good
    one."""
    who = words("home_nobody_who", subject=viewer.principal.subject)
    if is_nobody(viewer.principal):
        return Blocked(words("home_nobody"), words("home_nobody_text"), who=who)
    if is_placeless(viewer):
        return Blocked(words("home_placeless"), words("home_placeless_text"), who=who)
    return None
