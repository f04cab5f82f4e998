"""What is said before there are any figures."""

from __future__ import annotations

from fastapi import Request, Response

from api.pages.error_page import error_page
from api.pages.words import Language
from api.problems import problem
from api.viewer import NotReady, viewer_of


async def not_ready(request: Request, error: NotReady) -> Response:
    """As a page if a page was asked for, else as a problem."""
    answer: Response
    path = request.url.path
    if path.startswith(("/overdue", "/dossiers/")) and not path.endswith(".csv"):
        lang: Language = "en" if request.query_params.get("lang") == "en" else "vi"
        answer = error_page(await viewer_of(request), lang, 503, "not_ready", path)
    else:
        answer = problem(request, 503, str(error))
    answer.headers["Retry-After"] = "5"
    return answer
