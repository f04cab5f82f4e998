"""What goes wrong on a public page, said in its own frame."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.asked import Language
from api.pages.words import words_of
from api.public.answers import site_of
from api.public.asking import ROOT, ServerLinks
from api.public.rendering import rendered

_KEYS = {404: "pub_gone", 410: "pub_erased", 422: "pub_invalid"}


def is_public_page(path: str) -> bool:
    """Whether a path is one of the public's pages."""
    return path == ROOT or path.startswith(f"{ROOT}/")


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
