"""Templates, and what every page shows: its language, and how fresh its figures are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.pages.words import Language, Words, local_time, words_of
from api.viewer import Viewer
from dossiers.reference.unlisted import in_english
from dossiers.time.calendar import Calendar, calendar_of

Lang = Annotated[Language, Query(description="language of the page")]
STALE_MS = 60_000  # as on the wall

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["segment"] = lambda text: quote(str(text), safe="")


def calendar_in_use(viewer: Viewer) -> Calendar:
    """The calendar of the reference data shown."""
    reference = viewer.view.reference
    return calendar_of(reference.calendar, reference.timezone)


def render(
    template: str, viewer: Viewer, lang: Language, status: int = 200, **values: Any
) -> HTMLResponse:
    """One page. ``path`` in ``values``: its address, for the link to the other language."""
    words = words_of(lang)
    text = _environment.get_template(template).render(
        words=words,
        lang=lang,
        other=words_of("en" if lang == "vi" else "vi"),
        suffix="?lang=en" if lang == "en" else "",
        centre=viewer.view.reference.title or viewer.live.config.title,
        mode=viewer.live.config.mode,
        signed_in=viewer.principal.means == "session",
        **_freshness(viewer, words),
        **values,
    )
    return HTMLResponse(in_english(text) if lang == "en" else text, status)


def _freshness(viewer: Viewer, words: Words) -> dict[str, str]:
    calendar = calendar_in_use(viewer)
    watermark, age = viewer.view.watermark, viewer.view.tick_age_ms()
    if watermark is None or age is None:
        return {"as_of": words("no_data"), "stale": ""}
    old = viewer.live.config.mode != "replay" and age > STALE_MS
    minutes = words("minutes", n=age // 60_000)
    return {
        "as_of": words("as_of", time=local_time(watermark, calendar, seconds=True)),
        "stale": words("stale", age=minutes) if old else "",
    }
