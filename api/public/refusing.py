"""What goes wrong on a public page, said in its own frame."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from api.access.rules import rule_for
from api.asked import Language
from api.pages.faults import KINDS, Handler
from api.pages.words import words_of
from api.public.answers import site_of
from api.public.asking import ServerLinks
from api.public.rendering import rendered

_KEYS = {404: "pub_gone", 410: "pub_erased", 422: "pub_invalid"}


def install(app: FastAPI) -> None:
    """After ``api.pages.faults.install``, which leaves these pages alone."""
    for kind in KINDS:
        app.add_exception_handler(kind, _told(app.exception_handlers[kind]))


def _told(before: Any) -> Handler:
    async def handler(request: Request, error: Exception) -> Response:
        answer: Response = await before(request, error)
        if answer.status_code in (401, 403, 429) or not _is_page(request):
            return answer
        return refused_publicly(request, answer.status_code)

    return handler


def _is_page(request: Request) -> bool:
    rule, _, _ = rule_for(request.method, request.scope["path"])
    return rule is not None and rule.framed and "text/html" in request.headers.get("accept", "")


def refused_publicly(request: Request, status: int) -> HTMLResponse:
    """A page that says why there is none. No cache keeps it."""
    lang: Language = "en" if request.query_params.get("lang") == "en" else "vi"
    words, key = words_of(lang), _KEYS.get(status, "pub_away")
    links = ServerLinks(lang, request.app.state.live.pages_release)
    text = rendered(
        "refused.html", site_of(request, names=True), links, lang,
        title=words(key), text=words(f"{key}_text"),
    )  # fmt: skip
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return HTMLResponse(text, status, headers)
