"""The gate: every request passes here first, and nothing behind it decides who may do what."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.identify import Identifier
from api.access.limits import MOST_BODY, Buckets, bounded, stated_size
from api.access.origins import is_own
from api.access.principal import ANYBODY, NotAccepted, Principal, ProviderAway
from api.access.reach import ACCESS, NOTHING, Access, reach_of
from api.access.rules import SENDERS, WEBSOCKET, Rule, rule_for
from api.access.trail import Notes
from api.problems import problem
from dossiers.records import AuditKind

_SAFE = ("GET", "HEAD")
_BROWSERS = ("session", "loopback", "none")  # what a browser may bring without being asked


class Gate:
    """Finds the rule of a request, who asks, and whether it may go on; keeps the audit trail."""

    def __init__(self, app: ASGIApp, identifier: Identifier, notes: Notes) -> None:
        self._app = app
        self._identifier = identifier
        self._notes = notes
        self._buckets = Buckets(identifier.config.burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        rule, parameters, methods = rule_for(scope["method"], scope["path"])
        if rule is None:
            await _no_rule(request, methods)(scope, receive, send)
            return
        who = ANYBODY
        refusal: Response | None = None
        if rule.asked:
            try:
                who = await self._identifier.of(scope)
            except NotAccepted as error:
                refusal = _unknown(request, rule, str(error))
            except ProviderAway:
                refusal = _provider_away(request)
        refusal = (
            (self._too_often(request, who) if rule.asked else None)
            or refusal
            or self._refused(request, rule, who)
            or _too_large(request, rule)
        )
        if refusal is not None:
            if who is not ANYBODY and refusal.status_code == 403:
                self._note(who, "refused", rule, request, parameters, 403)
            await refusal(scope, receive, send)
            return
        scope[ACCESS] = Access(who, reach_of(who, rule.roles))
        status = 0

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if rule.asked:
                    MutableHeaders(scope=message).setdefault("Cache-Control", "private, no-store")
            await send(message)

        most = None if rule.own or rule.roles == SENDERS else MOST_BODY
        await self._app(scope, bounded(receive, most), answered)
        if rule.noted:
            self._note(who, rule.noted, rule, request, parameters, status)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Who comes is known here; whether they may listen is decided with the hello, which may
        bring a key (``api.access.door``)."""
        rule, _, _ = rule_for(WEBSOCKET, scope["path"])
        try:
            who = await self._identifier.of(scope)
        except (NotAccepted, ProviderAway):
            rule = None
        if rule is None or self._wait(scope, who):
            await send({"type": "websocket.close", "code": 4403, "reason": "not allowed"})
            return
        scope[ACCESS] = Access(who, NOTHING)
        await self._app(scope, receive, send)

    def _wait(self, scope: Scope, who: Principal) -> float:
        if who.means == "loopback":
            return 0.0
        config = self._identifier.config
        client = scope.get("client") or ("", 0)
        caller = f"address {client[0]}" if who is ANYBODY else f"{who.means} {who.subject}"
        rate = config.sender_rate if who.roles == SENDERS else config.rate
        return self._buckets.take(caller, rate)

    def _too_often(self, request: Request, who: Principal) -> Response | None:
        wait = self._wait(request.scope, who)
        if not wait:
            return None
        seconds = max(1, round(wait))
        answer = _problem(
            request, 429, f"Too many requests: ask again after {seconds} s, and less often."
        )
        answer.headers["Retry-After"] = str(seconds)
        return answer

    def _refused(self, request: Request, rule: Rule, who: Principal) -> Response | None:
        if rule.own:
            return None
        if not who.roles & rule.roles:
            if who.means != "none":
                return _problem(request, 403, "Your role does not open this; ask an administrator.")
            if rule.page and "text/html" in request.headers.get("accept", ""):
                goal = quote(str(request.url.path), safe="/")
                return RedirectResponse(f"/enter?goal={quote(goal, safe='/')}", 303)
            return _unknown(request, rule, "Sign in first, or send a key or token.")
        if request.method not in _SAFE and who.means in _BROWSERS and not self._meant(request, who):
            return _problem(
                request, 403, "This did not come from a page of this server; open it and try again."
            )
        return None

    def _meant(self, request: Request, who: Principal) -> bool:
        """Whether a change was asked for by a page of ours, or by no browser at all (CSRF)."""
        headers = request.headers
        if "origin" in headers or "sec-fetch-site" in headers:
            return is_own(headers, self._identifier.config.public_url)
        if who.means != "session":
            return True
        return headers.get("x-csrf-token") == self._identifier.cookies.form_token(who.handle)

    def _note(
        self,
        who: Principal,
        kind: AuditKind,
        rule: Rule,
        request: Request,
        parameters: dict[str, str],
        status: int,
    ) -> None:
        given = parse_qs(request.url.query)
        target = next(iter(parameters.values()), "") or next(
            (f"{name}:{given[name][0]}" for name in ("unit", "officer") if name in given), ""
        )
        self._notes.note(who, kind, target, rule.path, status)


def _no_rule(request: Request, methods: list[str]) -> Response:
    methods = [method for method in methods if method != WEBSOCKET]
    if not methods:
        return _problem(request, 404, f"There is no {request.url.path} here.")
    answer = _problem(request, 405, f"{request.method} is not possible here.")
    answer.headers["Allow"] = ", ".join(methods)
    return answer


def _unknown(request: Request, rule: Rule, detail: str) -> Response:
    more = {"error_code": "401", "message": detail} if rule.roles == SENDERS else None
    answer = _problem(request, 401, detail, more)
    answer.headers["WWW-Authenticate"] = "X-API-Key" if rule.roles == SENDERS else "Bearer"
    return answer


def _provider_away(request: Request) -> Response:
    answer = _problem(request, 503, "Tokens cannot be checked now: the provider is away.")
    answer.headers["Retry-After"] = "5"
    return answer


def _too_large(request: Request, rule: Rule) -> Response | None:
    """Said before anything is read, where the sender says how much will come. Nothing reads the
    body of a question: what comes with it is passed over (``api.patience``)."""
    if request.method in _SAFE or rule.own or rule.roles == SENDERS:
        return None
    if stated_size(request.headers) <= MOST_BODY:
        return None
    return _problem(request, 413, f"The body is larger than {MOST_BODY} bytes.")


def _problem(request: Request, status: int, detail: str, more: Any = None) -> JSONResponse:
    answer = problem(request, status, detail, more=more)
    answer.headers["Cache-Control"] = "no-store"
    return answer
