"""An error as a page, because a person asked."""

from __future__ import annotations

import logging
from typing import Any

from fastapi.responses import HTMLResponse

from api.asked import Language
from api.pages.parts.marks import Link
from api.pages.parts.states import Blocked, PartError, error_code
from api.pages.rendering import render
from api.pages.words import words_of
from api.problems import WHY
from api.viewer import Viewer

HTML: dict[int | str, dict[str, Any]] = {
    200: {"description": "The page", "content": {"text/html": {"example": "<!doctype html>…"}}}
}
ERROR_PAGES: dict[int | str, dict[str, Any]] = {
    code: {"description": f"{WHY[code]}; as a page", "content": {"text/html": {}}}
    for code in (404, 422, 503)
}
_log = logging.getLogger(__name__)


def error_page(
    viewer: Viewer, lang: Language, status: int, what: str, **values: str
) -> HTMLResponse:
    """``what``: the message's key, and that of its hint with ``_hint``, which gets ``values``. What
    is away (5xx) has a code that stands in the log as well, and a link to try again."""
    words = words_of(lang)
    title, hint = words(what), words(f"{what}_hint", **values)
    if status >= 500:
        failed = PartError(title, hint, error_code(), viewer.asked.address())
        _log.warning("page %s: %s, told as %s", viewer.asked.path, what, failed.code)
        answer = render("error_page.html", viewer, lang, status, failed=failed, blocked=None)
        answer.headers["Retry-After"] = "5"
        return answer
    blocked = Blocked(title, hint, link=Link(words("error_home"), "/"))
    return render("error_page.html", viewer, lang, status, failed=None, blocked=blocked)
