"""An error as a page, because a person asked."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from api.pages.rendering import render
from api.pages.words import Language, words_of
from api.problems import WHY, problem
from api.services import NotReady, Services, services_of

HTML: dict[int | str, dict[str, Any]] = {
    200: {"description": "The page", "content": {"text/html": {"example": "<!doctype html>…"}}}
}
ERROR_PAGES: dict[int | str, dict[str, Any]] = {
    code: {"description": f"{WHY[code]}; as a page", "content": {"text/html": {}}}
    for code in (404, 422, 503)
}


def error_page(
    services: Services, lang: Language, status: int, what: str, path: str, **values: str
) -> HTMLResponse:
    """``what``: the message's key, and that of its hint with ``_hint``; ``path``: of the page."""
    words = words_of(lang)
    return render(
        "error_page.html", services, lang, status, path=path, heading=words(what),
        hint=words(f"{what}_hint", **values),
    )  # fmt: skip


async def not_ready(request: Request, error: NotReady) -> Response:
    """As a page where a page was asked for, else as a problem."""
    answer: Response
    path = request.url.path
    if path.startswith(("/overdue", "/dossiers/")) and not path.endswith(".csv"):
        lang: Language = "en" if request.query_params.get("lang") == "en" else "vi"
        answer = error_page(await services_of(request), lang, 503, "not_ready", path)
    else:
        answer = problem(request, 503, str(error))
    answer.headers["Retry-After"] = "5"
    return answer
