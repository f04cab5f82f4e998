"""How a reader gets on: filters, tabs, pages of a list, downloads. All are links and GET forms."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.parts.marks import Link


@dataclass(frozen=True)
class Choice:
    """One option of a select."""

    value: str
    text: str
    selected: bool = False


@dataclass(frozen=True)
class Select:
    """``name``: of the parameter."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class SearchBox:
    """A text that one types. ``most``: characters that the server takes."""

    name: str
    label: str
    value: str = ""
    most: int = 100
    placeholder: str = ""


@dataclass(frozen=True)
class FilterForm:
    """``action``: path of the page; ``kept``: (name, value) of parameters that the form does not
    set; ``chips``: what is set, each with the address without it; ``clear``: without any;
    ``folds``: on a phone, while nothing is set; ``label``: where a page has two."""

    action: str
    selects: tuple[Select, ...] = ()
    boxes: tuple[SearchBox, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    chips: tuple[Link, ...] = ()
    clear: str = ""
    folds: bool = True
    label: str = ""


@dataclass(frozen=True)
class Tab:
    """``count``: as written, "" for none."""

    text: str
    href: str
    chosen: bool = False
    count: str = ""


@dataclass(frozen=True)
class Pagination:
    """``text``: which part of how many is shown; addresses are "" where there is no such page."""

    text: str
    before: str = ""
    after: str = ""
    first: str = ""


@dataclass(frozen=True)
class Download:
    """A file of what is shown. ``kind``: "CSV", "XLSX"."""

    kind: str
    href: str


@dataclass(frozen=True)
class PageHead:
    """Title of a page. ``trail``: where it belongs, from the top; ``sub``: beside the title."""

    title: str
    trail: tuple[Link, ...] = ()
    sub: str = ""
    place: str = ""
    downloads: tuple[Download, ...] = ()
