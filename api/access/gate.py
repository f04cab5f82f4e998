"""The gate: every request passes here first, and nothing behind it decides who may do what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import quote

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.audit import AuditLog
from api.access.authentication import Authenticator
from api.access.limits import TokenBuckets, bounded
from api.access.origins import from_another_site, from_browser, is_own, network_of
from api.access.principal import ANYBODY, NotAccepted, Principal, ProviderAway
from api.access.reach import ACCESS, NOTHING, Access, reach_of
from api.access.refusals import (
    ELSEWHERE,
    NO_KEY,
    SAFE,
    as_public,
    asks_for_page,
    led_by_others,
    no_rule,
    problem,
    provider_away,
    too_large,
    unknown,
)
from api.access.rules import READERS, SENDERS, WEBSOCKET, Rule, rule_for
from api.access.sessions import plain_cookies
from api.access.targets import target_of
from dossiers.wire.audit import AuditKind

Explain = Callable[[Request, Rule | None], Awaitable[Response]]
_DOSSIER = "dossier"  # a parameter at the end of its path
# What a browser may bring without being asked.
_BROWSERS = ("session", "loopback", "acting", "none")


class Gate:
    """Finds the rule of a request, who asks, and whether it may go on; keeps the audit trail.
    ``known``: whether there is a unit or officer with an id. ``sought``: what an id of a dossier is
    called here; from here on a request asks for that, so that no answer and no entry has what was
    typed. ``explain``: makes the page that a person gets in place of one, by the rule that refuses
    it (403), None if there is no such page (404)."""

    def __init__(
        self,
        app: ASGIApp,
        authenticator: Authenticator,
        audit: AuditLog,
        known: Callable[[str, str], bool] = lambda _kind, _id: False,
        sought: Callable[[str], str] = lambda id_: id_,
        explain: Explain | None = None,
    ) -> None:
        self._app = app
        self._explain = explain
        self._sought = sought
        self._known = known
        self._authenticator = authenticator
        self._audit = audit
        self._buckets = TokenBuckets(authenticator.config.burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope["headers"] = plain_cookies(scope["headers"])
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        rule, parameters, methods = rule_for(scope["method"], scope["path"])
        self._seek(scope, parameters)
        if led_by_others(rule, scope["method"], request.headers):
            # Before anybody is looked up or noted: a page of another site could do it all day.
            await problem(request, 403, ELSEWHERE)(scope, receive, send)
            return
        if rule is None:
            lost = self._too_often(request, ANYBODY) or no_rule(request, methods)
            await (await self._as_page(request, None, None, lost))(scope, receive, send)
            return
        who, refusal = await self._judged(request, rule)
        if refusal is not None:
            if who is not ANYBODY and refusal.status_code == 403:
                self._note(who, "refused", rule, request, parameters, 403)
            await (await self._as_page(request, rule, who, refusal))(scope, receive, send)
            return
        status = await self._answered(request, rule, who, receive, send)
        if rule.noted:
            self._note(who, rule.noted, rule, request, parameters, status)

    async def _as_page(
        self, request: Request, rule: Rule | None, who: Principal | None, refusal: Response
    ) -> Response:
        """``refusal`` in words, if a person asked for a page. ``who``: None if nobody looked."""
        if self._explain is None or not asks_for_page(request, rule, refusal.status_code):
            return refusal
        if who is None:  # whoever has lost the way keeps their navigation
            who = ANYBODY
            with suppress(NotAccepted, ProviderAway):
                who = await self._authenticator.authenticate(request.scope)
        request.scope[ACCESS] = Access(who, reach_of(who, READERS))
        page = await self._explain(request, rule)
        page.headers["Cache-Control"] = "private, no-store"
        return page

    def _seek(self, scope: Scope, parameters: dict[str, str]) -> None:
        """Ask for what a dossier's id is called here, not for what was typed."""
        if _DOSSIER in parameters:
            typed = parameters[_DOSSIER]
            parameters[_DOSSIER] = self._sought(typed)
            scope["path"] = scope["path"].removesuffix(typed) + parameters[_DOSSIER]
            scope["raw_path"] = quote(scope["path"]).encode()

    async def _judged(self, request: Request, rule: Rule) -> tuple[Principal, Response | None]:
        """Who asks, and what they are told instead of an answer, if anything."""
        who = ANYBODY
        refusal: Response | None = None
        if rule.asked:
            try:
                who = await self._authenticator.authenticate(request.scope)
            except NotAccepted as error:
                self._audit.record_suspended(error, rule.path, 401)
                refusal = unknown(request, rule, str(error))
            except ProviderAway:
                refusal = provider_away(request)
        return who, (
            (self._too_often(request, who) if rule.asked else None)
            or refusal
            or self._refused(request, rule, who)
            or too_large(request, rule)
        )

    async def _answered(
        self, request: Request, rule: Rule, who: Principal, receive: Receive, send: Send
    ) -> int:
        """Have the route answer; the status of its answer, 0 if there was none."""
        scope = request.scope
        scope[ACCESS] = Access(who, reach_of(who, rule.roles))
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if rule.asked:
                    MutableHeaders(scope=message).setdefault("Cache-Control", "private, no-store")
            await send(message)

        if request.method not in SAFE:  # nothing reads the body of a question (api.slow_clients)
            most = None if rule.own or rule.roles == SENDERS else rule.most
            receive = bounded(receive, most)
        await self._app(scope, receive, answer)
        return status

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Who comes is known here; whether they may listen is decided with the hello, which may
        bring a key (``api.feed.admission``)."""
        rule, _, _ = rule_for(WEBSOCKET, scope["path"])
        welcome = rule is not None and not from_another_site(Headers(scope=scope))
        if welcome:
            who = ANYBODY
            try:
                who = await self._authenticator.authenticate(scope)
            except NotAccepted as error:
                self._audit.record_suspended(error, scope["path"], 403)
                welcome = False
            except ProviderAway:
                welcome = False
            welcome = not self._wait(scope, who) and welcome  # guesses are counted, too
        if not welcome:
            await send({"type": "websocket.close", "code": 4403, "reason": "not allowed"})
            return
        scope[ACCESS] = Access(who, NOTHING)
        await self._app(scope, receive, send)

    def _wait(self, scope: Scope, who: Principal) -> float:
        config = self._authenticator.config
        client = scope.get("client") or ("", 0)
        if who.means == "loopback":
            # A program of this machine may ask as it likes; a browser does what pages tell it.
            headers = Headers(scope=scope)
            page = scope["type"] == "websocket" and "origin" in headers
            if not (page or from_browser(headers)):
                return 0.0
            caller = "a browser of this machine"
        elif who is ANYBODY:
            caller = f"address {network_of(client[0])}"
        else:
            caller = f"{who.means} {who.subject}"
        rate = config.sender_rate if who.roles == SENDERS else config.rate
        return self._buckets.take(caller, rate)

    def _too_often(self, request: Request, who: Principal) -> Response | None:
        wait = self._wait(request.scope, who)
        if not wait:
            return None
        seconds = max(1, round(wait))
        answer = problem(
            request, 429, f"Too many requests: ask again after {seconds} s, and less often."
        )
        answer.headers["Retry-After"] = str(seconds)
        return answer

    def _refused(self, request: Request, rule: Rule, who: Principal) -> Response | None:
        if rule.own:
            return None
        if not who.roles & rule.roles:
            if rule.roles == SENDERS and who.means in ("loopback", "acting", "none"):
                return unknown(request, rule, NO_KEY)  # this machine needs one as well
            if who.means != "none" and not as_public(who):
                return problem(request, 403, "Your role does not open this; ask an administrator.")
            if rule.page and "text/html" in request.headers.get("accept", ""):
                page = (
                    request.scope["path"].removesuffix(".csv").removesuffix(".xlsx")
                )  # see Rule.linked
                goal = quote(page, safe="/")
                return RedirectResponse(f"/enter?goal={quote(goal, safe='/')}", 303)
            return unknown(request, rule, "Sign in first, or send a key or token.")
        if request.method not in SAFE and who.means in _BROWSERS and not self._meant(request, who):
            return problem(request, 403, ELSEWHERE)
        return None

    def _meant(self, request: Request, who: Principal) -> bool:
        """Whether a change was asked for by a page of ours, or by no browser at all (CSRF)."""
        headers = request.headers
        if "origin" in headers or "sec-fetch-site" in headers:
            return is_own(headers, self._authenticator.config.public_url)
        if who.means != "session":
            return True
        return headers.get("x-csrf-token") == self._authenticator.cookies.form_token(who.handle)

    def _note(
        self,
        who: Principal,
        kind: AuditKind,
        rule: Rule,
        request: Request,
        parameters: dict[str, str],
        status: int,
    ) -> None:
        target = target_of(request, parameters, status, self._known)
        self._audit.record(who, kind, target, rule.path, status)
