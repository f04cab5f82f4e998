"""The answers with which the gate refuses a request."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response

from api import problems
from api.access.limits import stated_size
from api.access.origins import from_another_site, is_visit
from api.access.principal import ANYBODY, Principal
from api.access.rules import SENDERS, WEBSOCKET, Rule

SAFE = ("GET", "HEAD")
_FOR_PROGRAMS = ("/api/", "/internal/", "/assets/")
ELSEWHERE = "This did not come from a page of this server; open it and try again."

NO_KEY = (
    "Sending needs a key, also from this machine: `dunghen keys add NAME` makes one; send it in "
    "the header X-API-Key."
)


def no_rule(request: Request, methods: list[str]) -> Response:
    """404, or 405 if the path has rules for other ``methods``."""
    methods = [method for method in methods if method != WEBSOCKET]
    if not methods:
        return problem(request, 404, f"There is no {request.scope['path']} here.")
    answer = problem(request, 405, f"{request.method} is not possible here.")
    answer.headers["Allow"] = ", ".join(methods)
    return answer


def unknown(request: Request, rule: Rule, detail: str) -> Response:
    """401: who asks is not known, or what was brought is not accepted."""
    more = {"error_code": "401", "message": detail} if rule.roles == SENDERS else None
    answer = problem(request, 401, detail, more)
    answer.headers["WWW-Authenticate"] = "X-API-Key" if rule.roles == SENDERS else "Bearer"
    return answer


def provider_away(request: Request) -> Response:
    """503: whether a token is good cannot be known now."""
    answer = problem(request, 503, "Tokens cannot be checked now: the provider is away.")
    answer.headers["Retry-After"] = "5"
    return answer


def too_large(request: Request, rule: Rule) -> Response | None:
    """Said before anything is read, if the sender says how much will come. Nothing reads the
    body of a question: what comes with it is skipped (``api.slow_clients``)."""
    if request.method in SAFE or rule.own or rule.roles == SENDERS:
        return None
    if stated_size(request.headers) <= rule.most:
        return None
    return problem(request, 413, f"The body is larger than {rule.most} bytes.")


def asks_for_page(request: Request, rule: Rule | None, status: int) -> bool:
    """Whether a browser asked for a page and the answer is that there is none for its reader."""
    browser = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if rule is None:
        return browser and status == 404 and not request.scope["path"].startswith(_FOR_PROGRAMS)
    return browser and status == 403 and rule.page and rule.linked


def problem(request: Request, status: int, detail: str, more: Any = None) -> JSONResponse:
    """Never kept by a cache on the way."""
    answer = problems.problem(request, status, detail, more=more)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def as_public(who: Principal) -> bool:
    """Whether this machine looks as anybody would, who is shown the way in."""
    return who.means == "acting" and who.roles == ANYBODY.roles


def led_by_others(rule: Rule | None, method: str, headers: Headers) -> bool:
    """Whether a page of another site made a browser ask for more than a page of ours."""
    if not from_another_site(headers):
        return False
    return rule is None or not rule.linked or not is_visit(method, headers)
