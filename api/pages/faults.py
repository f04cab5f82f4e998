"""What goes wrong on the way to a page is told as a page; programs get problems as before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.access.reach import ACCESS
from api.access.rules import rule_for
from api.asked import Language
from api.pages.error_page import error_page
from api.ports import StoreAway
from api.viewer import viewer_of

_SAID = {404: "fault_404", 422: "fault_422", 503: "away"}
KINDS: tuple[type[Exception], ...] = (
    HTTPException, RequestValidationError, StoreAway, Exception,
)  # fmt: skip
Handler = Callable[[Request, Any], Awaitable[Response]]


def install(app: FastAPI) -> None:
    """After ``api.problems.install``: its answers stay for all but people who want a page."""
    for kind in KINDS:
        app.add_exception_handler(kind, _told(app.exception_handlers[kind]))


def _told(before: Any) -> Handler:
    async def handler(request: Request, error: Exception) -> Response:
        answer: Response = await before(request, error)
        if answer.status_code in (401, 403, 429) or not _is_page(request):
            return answer
        try:
            return await _page(request, answer.status_code)
        except Exception:  # what made it fail may be what every page needs
            return answer

    return handler


def _is_page(request: Request) -> bool:
    rule, _, _ = rule_for(request.method, request.scope["path"])
    return (
        rule is not None
        and rule.page
        and not rule.framed  # api.public.refusing tells it
        and rule.method == "GET"
        and not request.scope["path"].endswith((".csv", ".xlsx"))
        and "text/html" in request.headers.get("accept", "")
        and ACCESS in request.scope
    )


async def _page(request: Request, status: int) -> Response:
    viewer = await viewer_of(request)
    said = request.query_params.get("lang")
    lang: Language = "en" if said == "en" else "vi" if said == "vi" else viewer.asked.kept
    return error_page(viewer, lang, status, _SAID.get(status, "fault_500"))
