"""What is said before there are any figures."""

from __future__ import annotations

from fastapi import Request, Response

from api.access.rules import rule_for
from api.asked import Language
from api.pages.error_page import error_page
from api.problems import problem
from api.viewer import NotReady, viewer_of


async def not_ready(request: Request, error: NotReady) -> Response:
    """As a page if a page was asked for, else as a problem."""
    answer: Response
    path = request.url.path
    rule, _, _ = rule_for("GET", path)
    if rule is not None and rule.page and not path.endswith((".csv", ".xlsx")):
        viewer = await viewer_of(request)
        said = request.query_params.get("lang")
        lang: Language = "en" if said == "en" else "vi" if said == "vi" else viewer.asked.kept
        answer = error_page(viewer, lang, 503, "not_ready")
    else:
        answer = problem(request, 503, str(error))
    answer.headers["Retry-After"] = "5"
    return answer
