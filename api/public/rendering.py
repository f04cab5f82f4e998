"""The public's templates, filled in. They read no cookie, so one address has one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.asked import Language
from api.pages.places import TEMPLATES
from api.pages.words import Words, words_of
from api.public.asking import Links
from dossiers.reference.unlisted import in_english

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Site:
    """What stands around every page. ``agency``: who publishes; ``simulation``: nothing of it is
    real; ``indexed``: search engines may list it; ``newest``: id of the newest list, "" for none.
    ``static``: files of a folder, which no server answers for."""

    agency: str
    simulation: bool = False
    indexed: bool = False
    newest: str = ""
    static: bool = False


def rendered(
    template: str, site: Site, links: Links, lang: Language, *, active: str = "", **values: Any
) -> str:
    """``template``: below public/. ``active``: key of the entry of the navigation."""
    return filled(template, words_of(lang), site=site, links=links, active=active, **values)


def filled(template: str, words: Words, **values: Any) -> str:
    """A template without a frame."""
    lang = words.language
    found = _environment.get_template(f"public/{template}")
    text = found.render(words=words, lang=lang, **values)
    return in_english(text) if lang == "en" else text
