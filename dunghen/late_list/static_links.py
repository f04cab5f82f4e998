"""Where the pages of the public site are in a folder of files: relative, as deep as they stand."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from api.asked import Language
from api.public.asking import ICON, Asking
from dossiers.publication.manifest import file_stem

_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}(~[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)?")
ASSETS = "assets"


def folder_of(list_: str) -> str:
    """The folder of a list: its id, if every file system takes that as a name."""
    if _PLAIN.fullmatch(list_) and len(list_) <= 100:
        return list_
    return f"{file_stem(list_, 1)}-{hashlib.sha256(list_.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class StaticLinks:
    """``at``: path of the page within the site. ``newest``: number of the newest edition of each
    list; ``units``: per list, on which page of its units each stands."""

    lang: Language
    at: str
    newest: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    searches: bool = False

    def months(self, page: int = 1) -> str:
        """All that was published."""
        return self._to(f"{self._root}index{_number(page)}.html")

    def to(self, asking: Asking) -> str:
        """A list, or a part of it; "" for what only a server can answer."""
        if asking.dossier or asking.q:
            return ""
        page = page_of(asking, self.newest.get(asking.list, 1))
        if asking.unit:
            at = self.units.get(asking.list, {}).get(asking.unit, 0)
            whole = Asking(asking.list, asking.edition, "units", page=at)
            page = page_of(whole, self.newest.get(asking.list, 1))
            return f"{self._to(self._root + page)}#unit-{quote(asking.unit)}" if at else ""
        return self._to(self._root + page)

    def file(self, list_: str, edition: int, name: str) -> str:
        """The same in every language."""
        return self._to(f"{folder_of(list_)}/{edition}/{name}")

    def data(self, list_: str) -> str:
        """What the API gives."""
        name = f"late-lists/{folder_of(list_)}" if list_ else "late-lists"
        return self._to(f"api/v1/{name}.json")

    def feed(self) -> str:
        """The Atom feed."""
        return self._to(f"{self._root}feed.atom")

    def verify(self, list_: str, dossier: str = "") -> str:
        """Where files and rows of a list are checked."""
        if dossier:
            return ""
        return self._to(f"{self._root}{folder_of(list_)}/verify.html") if list_ else self.months()

    def other_language(self) -> str:
        """The same page in the other language."""
        other = f"en/{self.at}" if self.lang == "vi" else self.at.removeprefix("en/")
        return self._to(other)

    def style(self, name: str) -> str:
        """A style sheet, script or picture."""
        return self._to(f"{ASSETS}/{ICON}" if name == ICON else f"{ASSETS}/{name}")

    @property
    def _root(self) -> str:
        return "en/" if self.lang == "en" else ""

    def _to(self, path: str) -> str:
        return quote(posixpath.relpath(path, posixpath.dirname(self.at) or "."), safe="/~")


def page_of(asking: Asking, newest: int) -> str:
    """The path of a page of a list below the root of its language."""
    folder = folder_of(asking.list)
    if asking.edition not in (0, newest):
        folder = f"{folder}/edition-{asking.edition}"
    return f"{folder}/{asking.show or 'index'}{_number(asking.page)}.html"


def _number(at: int) -> str:
    return f"-{at}" if at > 1 else ""
