"""An error as a page, because a person asked."""

from __future__ import annotations

from typing import Any

from fastapi.responses import HTMLResponse

from api.asked import Language
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


def error_page(
    viewer: Viewer, lang: Language, status: int, what: str, **values: str
) -> HTMLResponse:
    """``what``: the message's key, and that of its hint with ``_hint``, which gets ``values``."""
    words = words_of(lang)
    return render(
        "error_page.html", viewer, lang, status, heading=words(what),
        hint=words(f"{what}_hint", **values),
    )  # fmt: skip
