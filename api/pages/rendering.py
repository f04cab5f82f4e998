"""Templates, filled in for one reader."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.asked import A_YEAR_SECONDS, LANG_COOKIE, Language, language_of
from api.pages.frame import frame_of
from api.pages.places import TEMPLATES
from api.pages.words import words_of
from api.viewer import Viewer
from dossiers.reference.unlisted import in_english
from dossiers.time.calendar import Calendar, calendar_of

Lang = Annotated[Language, Depends(language_of)]

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["segment"] = lambda text: quote(str(text), safe="")


def compile_templates() -> None:
    """All of them, so that no reader waits for it."""
    for name in _environment.list_templates(extensions=["html"]):
        _environment.get_template(name)


def calendar_in_use(viewer: Viewer) -> Calendar:
    """The calendar of the reference data shown."""
    reference = viewer.view.reference
    return calendar_of(reference.calendar, reference.timezone)


def render(
    template: str,
    viewer: Viewer,
    lang: Language,
    status: int = 200,
    *,
    active: str = "",
    unit_id: str = "",
    **values: Any,
) -> HTMLResponse:
    """One page in its frame. ``active``: the entry of the navigation that it belongs to (a key of
    ``api.pages.navigation.ENTRIES``); ``unit_id``: the unit that it is about. A language that
    the address names is kept for the next page."""
    text = _environment.get_template(template).render(
        words=words_of(lang),
        lang=lang,
        frame=frame_of(viewer, lang, calendar_in_use(viewer), active, unit_id),
        **values,
    )
    answer = HTMLResponse(in_english(text) if lang == "en" else text, status)
    if lang != viewer.asked.kept:
        answer.set_cookie(
            viewer.asked.cookies + LANG_COOKIE, lang, max_age=A_YEAR_SECONDS, path="/",
            secure=bool(viewer.asked.cookies), httponly=True, samesite="lax",
        )  # fmt: skip
    return answer
