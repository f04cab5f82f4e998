"""The way in and out: a page with both ways to sign in, and the provider's answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access.landing import HOME, landing
from api.access.origins import local_goal
from api.access.principal import ANYBODY, PEOPLE, NotAccepted, ProviderAway
from api.access.sessions import ATTEMPT_SECONDS, CALLBACK, SignInAttempt
from api.asked import Language
from api.pages.parts.marks import Link
from api.pages.parts.states import Notice
from api.pages.rendering import Lang, render
from api.pages.words import words_of
from api.sign_in_flow import SignInFlow, UsesSignIn
from api.viewer import AnyViewer, Viewer

router = APIRouter(tags=["access"])


def _enter_page(
    viewer: Viewer,
    flow: SignInFlow,
    lang: Language,
    goal: str,
    wrong: str = "",
    status: int = 200,
) -> HTMLResponse:
    here = replace(viewer.asked, path="/enter", query=urlencode({"goal": local_goal(goal)}))
    viewer = replace(viewer, asked=here)  # what a provider's answer says is repeated nowhere
    return render(
        "enter.html", viewer, lang, status,
        goal=local_goal(goal), provider=flow.sign_in is not None,
        sign_in=f"/sign-in?goal={quote(local_goal(goal), safe='/')}",
        wrong=words_of(lang)(wrong) if wrong else "", already=_already(viewer, goal, lang),
    )  # fmt: skip


def _already(viewer: Viewer, goal: str, lang: Language) -> Notice | None:
    """What somebody is told who has signed in and comes again: as a rule from a page that is not
    for their role, to which a further sign-in would not lead."""
    who, words = viewer.principal, words_of(lang)
    if who.means not in ("session", "acting") or who.roles == ANYBODY.roles:
        return None
    roles = ", ".join(words(f"role_{role}") for role in PEOPLE if role in who.roles)
    wanted = local_goal(goal)
    if wanted == HOME or landing(goal, who.roles) != HOME:
        return Notice(words("enter_already", roles=roles), link=Link(words("enter_on"), wanted))
    text = words("enter_not_for_you", roles=roles, goal=wanted.partition("?")[0])
    return Notice(text, "locked", Link(words("enter_home"), HOME))


@router.get("/enter", include_in_schema=False)
async def enter_page(
    viewer: AnyViewer, flow: UsesSignIn, lang: Lang, goal: str = "/"
) -> HTMLResponse:
    """Both ways to sign in."""
    return _enter_page(viewer, flow, lang, goal)


@router.post("/enter", include_in_schema=False)
async def enter(request: Request, viewer: AnyViewer, flow: UsesSignIn, lang: Lang) -> Response:
    """With the admin's token, from a form: it never stands in an address."""
    try:
        form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    except ValueError:  # more fields than any form of ours
        form = {}
    token, goal = (form.get(name, [""])[0] for name in ("token", "goal"))
    try:
        who = await flow.authenticator.authenticate_text(token.strip())
        if who.means != "admin_token":
            raise NotAccepted("Keys and tokens of the provider open no session.")
    except NotAccepted:
        flow.audit.record(viewer.principal, "sign_in_refused", "", "/enter", 403)
        return _enter_page(viewer, flow, lang, goal, "wrong_token", 403)
    flow.audit.record(who, "sign_in", "", "/enter", 303)
    return flow.open_session(who, goal)


@router.get("/sign-in", include_in_schema=False)
async def sign_in(
    request: Request, viewer: AnyViewer, flow: UsesSignIn, lang: Lang, goal: str = "/"
) -> Response:
    """On to the provider."""
    if flow.sign_in is None:
        return RedirectResponse(f"/enter?goal={quote(local_goal(goal), safe='/')}", 303)
    try:
        address, attempt = await flow.sign_in.begin(flow.home(request), local_goal(goal))
    except Exception as error:
        return _failed(viewer, flow, lang, goal, error)
    answer = RedirectResponse(address, 303)
    signed = flow.authenticator.cookies.sign("attempt", attempt)
    flow.set_cookie(answer, "dunghen-attempt", signed, ATTEMPT_SECONDS)
    return answer


@router.get(CALLBACK, include_in_schema=False)
async def callback(
    request: Request,
    viewer: AnyViewer,
    flow: UsesSignIn,
    state: str = "",
    code: str = "",
    iss: str = "",
) -> Response:
    """What the provider sends the browser back with."""
    if flow.sign_in is None:
        return RedirectResponse("/enter", 303)
    cookie = request.cookies.get(flow.authenticator.cookie("dunghen-attempt"), "")
    attempt = flow.authenticator.cookies.read("attempt", cookie, SignInAttempt) if cookie else None
    goal = "/" if attempt is None else attempt.goal
    try:
        who = await flow.sign_in.finish(flow.home(request), attempt, state, code, iss)
    except Exception as error:
        flow.audit.record(viewer.principal, "sign_in_refused", "", CALLBACK, 403)
        answer = _failed(viewer, flow, "vi", goal, error)
        flow.delete_cookie(answer, "dunghen-attempt")
        return answer
    flow.audit.record(who, "sign_in", "", CALLBACK, 303)
    return flow.open_session(who, goal)


def _failed(
    viewer: Viewer, flow: SignInFlow, lang: Language, goal: str, error: Exception
) -> Response:
    """What the provider said is not repeated: it may be anybody's words."""
    if isinstance(error, ProviderAway):
        return _enter_page(viewer, flow, lang, goal, "provider_away", 503)
    if isinstance(error, NotAccepted):
        return _enter_page(viewer, flow, lang, goal, "wrong_sign_in", 403)
    raise error


@router.post("/sign-out", include_in_schema=False)
async def sign_out(request: Request, viewer: AnyViewer, flow: UsesSignIn) -> Any:
    """End the session here; the provider's own goes on."""
    session = flow.authenticator.session(request.headers)
    if session is not None:
        flow.authenticator.cookies.end(session.id, session.until)
        flow.audit.record(viewer.principal, "sign_out", "", "/sign-out", 303)
    answer = RedirectResponse("/enter", 303)
    flow.delete_cookie(answer, "dunghen")
    return answer
