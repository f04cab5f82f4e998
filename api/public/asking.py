"""What a reader wants to see of a list, as it stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import quote, urlencode

from api.access.rules import LATE_LISTS
from api.asked import Language

Section = Literal["", "units", "officers", "dossiers", "receptions", "excluded"]
SECTIONS: tuple[Section, ...] = ("units", "officers", "dossiers", "receptions", "excluded")
ROWS = 200  # of one page of a section
MONTHS = 60  # lists on one page
ROOT = LATE_LISTS
ICON = "icon.svg"


@dataclass(frozen=True)
class Asking:
    """``edition``: 0 for the newest. ``show``: a section whole, "" for the first of each. ``unit``,
    ``q``: what to narrow it to. ``page``: of a section, from 1. ``dossier``: one of them."""

    list: str
    edition: int = 0
    show: Section = ""
    unit: str = ""
    q: str = ""
    page: int = 1
    dossier: str = ""

    def pairs(self) -> Sequence[tuple[str, str]]:
        """As parameters of an address, without what says nothing."""
        given = {
            "edition": str(self.edition) if self.edition else "",
            "show": self.show,
            "unit": self.unit,
            "q": self.q,
            "page": str(self.page) if self.page > 1 else "",
            "dossier": self.dossier,
        }
        return [(name, value) for name, value in given.items() if value]


class Links(Protocol):
    """Where things are: at this server, or in a folder of files. "" where there is no such page."""

    def months(self, page: int = 1) -> str:
        """All that was published, from its ``page``-th page."""

    def to(self, asking: Asking) -> str:
        """A list, or a part of it."""

    def file(self, list_: str, edition: int, name: str) -> str:
        """A published file."""

    def data(self, list_: str) -> str:
        """The list as the API gives it; all of them for ""."""

    def feed(self) -> str:
        """The Atom feed."""

    def verify(self, list_: str, dossier: str = "") -> str:
        """Where files and rows are checked; with a dossier, its row is filled in."""

    def other_language(self) -> str:
        """The same page in the other language."""

    def style(self, name: str) -> str:
        """A style sheet, script or picture, by its path below the assets."""

    @property
    def searches(self) -> bool:
        """Whether forms are answered."""


@dataclass(frozen=True)
class ServerLinks:
    """Addresses of this server. ``here``: path of the page, with ``query`` but for the language."""

    lang: Language
    release: str
    here: str = ROOT
    query: tuple[tuple[str, str], ...] = ()
    searches: bool = True

    def months(self, page: int = 1) -> str:
        """All that was published."""
        return self._with(ROOT, [("page", str(page))] if page > 1 else [])

    def to(self, asking: Asking) -> str:
        """A list, or a part of it."""
        return self._with(f"{ROOT}/{segment(asking.list)}", asking.pairs())

    def file(self, list_: str, edition: int, name: str) -> str:
        """The same in every language."""
        return f"{ROOT}/{segment(list_)}/{edition}/{name}"

    def data(self, list_: str) -> str:
        """The list as the API gives it."""
        return f"/api/v1{ROOT}/{segment(list_)}" if list_ else f"/api/v1{ROOT}"

    def feed(self) -> str:
        """The Atom feed."""
        return self._with(f"{ROOT}/feed.atom", [])

    def verify(self, list_: str, dossier: str = "") -> str:
        """Where files and rows are checked."""
        pairs = [("list", list_)] if list_ else []
        return self._with(f"{ROOT}/verify", [*pairs, *([("dossier", dossier)] if dossier else [])])

    def other_language(self) -> str:
        """The same page in the other language."""
        pairs = list(self.query) + ([("lang", "en")] if self.lang == "vi" else [])
        return f"{self.here}?{urlencode(pairs)}" if pairs else self.here

    def style(self, name: str) -> str:
        """Kept by browsers until the release changes."""
        return f"/wall/{name}" if name == ICON else f"/assets/{name}?v={self.release}"

    def _with(self, path: str, given: Sequence[tuple[str, str]]) -> str:
        pairs = [*given, *([("lang", "en")] if self.lang == "en" else [])]
        return f"{path}?{urlencode(pairs)}" if pairs else path


def segment(text: str) -> str:
    """As a part of a path."""
    return quote(text, safe="~")
