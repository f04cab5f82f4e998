"""The way in and out: a page with both ways to sign in, the provider's answer, who one is."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from api.access.identify import Identifier
from api.access.origins import local_goal, origin_of
from api.access.principal import NotAccepted, Principal, ProviderAway, Role
from api.access.sessions import ATTEMPT_SECONDS, CALLBACK, SignInAttempt
from api.access.trail import Notes
from api.pages.rendering import Lang, render
from api.pages.words import Language, words_of
from api.services import Services, Uses

router = APIRouter(tags=["access"])


class Me(BaseModel):
    """Who the server takes the caller for. Send ``form_token`` as X-CSRF-Token with changes, where
    no Origin is sent; it is empty without a session."""

    subject: str = Field(examples=["7d0c2f4e"])
    roles: list[Role] = Field(examples=[["supervisor"]])
    means: Literal["none", "loopback", "key", "token", "session", "admin_token"] = Field(
        examples=["session"]
    )
    units: list[str] = Field(description="units seen, those below included", examples=[["H29.1"]])
    officer: str = Field(description="id of the officer one is", examples=["cb-0412"])
    form_token: str = Field(examples=[""])


class SignInFlow:
    """What these routes need; at ``app.state.sign_in_flow``."""

    def __init__(self, identifier: Identifier, notes: Notes) -> None:
        self.identifier = identifier
        self.notes = notes
        self.sign_in = identifier.sign_in

    def home(self, request: Request) -> str:
        """Our own origin, as the provider knows it."""
        return origin_of(self.identifier.config.public_url or str(request.base_url))

    def give(self, answer: Response, name: str, value: str, seconds: int) -> None:
        answer.set_cookie(
            self.identifier.cookie(name), value, max_age=seconds, path="/",
            secure=self.identifier.secure, httponly=True, samesite="lax",
        )  # fmt: skip

    def take(self, answer: Response, name: str) -> None:
        answer.delete_cookie(
            self.identifier.cookie(name), path="/", secure=self.identifier.secure,
            httponly=True, samesite="lax",
        )  # fmt: skip

    def opened(self, who: Principal, goal: str) -> Response:
        """A new session, whatever the browser brought."""
        _, text = self.identifier.cookies.open(who, self.identifier.config.session_hours)
        answer = RedirectResponse(local_goal(goal), 303)
        self.give(answer, "dunghen", text, int(self.identifier.config.session_hours * 3600))
        self.take(answer, "dunghen-attempt")
        return answer


async def _flow(request: Request) -> SignInFlow:
    flow: SignInFlow = request.app.state.sign_in_flow
    return flow


UsesSignIn = Annotated[SignInFlow, Depends(_flow)]


@router.get("/api/v1/me", summary="Tell who is asking")
async def me(services: Uses, flow: UsesSignIn) -> Me:
    """Who the server takes the caller for, by which means, and what that opens."""
    who = services.principal
    token = flow.identifier.cookies.form_token(who.handle) if who.means == "session" else ""
    return Me(
        subject=who.subject,
        roles=sorted(who.roles),
        means=who.means,
        units=list(who.units),
        officer=who.officer,
        form_token=token,
    )


def _enter_page(
    services: Services,
    flow: SignInFlow,
    lang: Language,
    goal: str,
    wrong: str = "",
    status: int = 200,
) -> HTMLResponse:
    return render(
        "enter.html", services, lang, status,
        path="/enter", goal=local_goal(goal), provider=flow.sign_in is not None,
        sign_in=f"/sign-in?goal={quote(local_goal(goal), safe='/')}",
        wrong=words_of(lang)(wrong) if wrong else "",
    )  # fmt: skip


@router.get("/enter", include_in_schema=False)
async def enter_page(
    services: Uses, flow: UsesSignIn, lang: Lang = "vi", goal: str = "/wall"
) -> HTMLResponse:
    """Both ways to sign in."""
    return _enter_page(services, flow, lang, goal)


@router.post("/enter", include_in_schema=False)
async def enter(request: Request, services: Uses, flow: UsesSignIn, lang: Lang = "vi") -> Response:
    """With the admin's token, from a form: it never stands in an address."""
    try:
        form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    except ValueError:  # more fields than any form of ours
        form = {}
    token, goal = (form.get(name, [""])[0] for name in ("token", "goal"))
    try:
        who = await flow.identifier.of_text(token.strip())
        if who.means != "admin_token":
            raise NotAccepted("Keys and tokens of the provider open no session.")
    except NotAccepted:
        flow.notes.note(services.principal, "sign_in_refused", "", "/enter", 403)
        return _enter_page(services, flow, lang, goal, "wrong_token", 403)
    flow.notes.note(who, "sign_in", "", "/enter", 303)
    return flow.opened(who, goal)


@router.get("/sign-in", include_in_schema=False)
async def sign_in(
    request: Request, services: Uses, flow: UsesSignIn, lang: Lang = "vi", goal: str = "/wall"
) -> Response:
    """On to the provider."""
    if flow.sign_in is None:
        return RedirectResponse(f"/enter?goal={quote(local_goal(goal), safe='/')}", 303)
    try:
        address, attempt = await flow.sign_in.begin(flow.home(request), local_goal(goal))
    except Exception as error:
        return _failed(services, flow, lang, goal, error)
    answer = RedirectResponse(address, 303)
    signed = flow.identifier.cookies.sign("attempt", attempt)
    flow.give(answer, "dunghen-attempt", signed, ATTEMPT_SECONDS)
    return answer


@router.get(CALLBACK, include_in_schema=False)
async def callback(
    request: Request,
    services: Uses,
    flow: UsesSignIn,
    state: str = "",
    code: str = "",
    iss: str = "",
) -> Response:
    """What the provider sends the browser back with."""
    if flow.sign_in is None:
        return RedirectResponse("/enter", 303)
    cookie = request.cookies.get(flow.identifier.cookie("dunghen-attempt"), "")
    attempt = flow.identifier.cookies.read("attempt", cookie, SignInAttempt) if cookie else None
    goal = "/wall" if attempt is None else attempt.goal
    try:
        who = await flow.sign_in.finish(flow.home(request), attempt, state, code, iss)
    except Exception as error:
        flow.notes.note(services.principal, "sign_in_refused", "", CALLBACK, 403)
        answer = _failed(services, flow, "vi", goal, error)
        flow.take(answer, "dunghen-attempt")
        return answer
    flow.notes.note(who, "sign_in", "", CALLBACK, 303)
    return flow.opened(who, goal)


def _failed(
    services: Services, flow: SignInFlow, lang: Language, goal: str, error: Exception
) -> Response:
    """What the provider said is not repeated: it may be anybody's words."""
    if isinstance(error, ProviderAway):
        return _enter_page(services, flow, lang, goal, "provider_away", 503)
    if isinstance(error, NotAccepted):
        return _enter_page(services, flow, lang, goal, "wrong_sign_in", 403)
    raise error


@router.post("/sign-out", include_in_schema=False)
async def sign_out(request: Request, services: Uses, flow: UsesSignIn) -> Any:
    """End the session here; the provider's own goes on."""
    session = flow.identifier.session(request.headers)
    if session is not None:
        flow.identifier.cookies.end(session.id, session.until)
        flow.notes.note(services.principal, "sign_out", "", "/sign-out", 303)
    answer = RedirectResponse("/enter", 303)
    flow.take(answer, "dunghen")
    return answer
