"""What the tables of the public's pages consist of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Phone = Literal["place", "lead", "main", "more", "right", "off"]


@dataclass(frozen=True)
class ListColumn:
    """``phone``: where its cells go in the two lines that a row has on a phone ("place": before
    the first, "lead" and "main": first line left and right, "more" and "right": second line)."""

    title: str
    number: bool = False
    phone: Phone = "more"
    sorted: bool = False


@dataclass(frozen=True)
class ListCell:
    """``sub``, ``note``: smaller lines below; ``badge``: a word beside the text; ``depth``: how far
    it is indented; ``said``: how a phone says it in a row, "" as everywhere."""

    text: str = ""
    href: str = ""
    sub: str = ""
    note: str = ""
    badge: str = ""
    depth: int = 0
    said: str = ""


@dataclass(frozen=True)
class ListLine:
    """``kind``: a plain row; those not shown, together; all of it. ``anchor``: its id."""

    cells: tuple[ListCell, ...]
    kind: Literal["plain", "inner", "rest", "whole"] = "plain"
    anchor: str = ""


@dataclass(frozen=True)
class ListTable:
    """``caption``: for those who do not see its title; ``lead``: column that heads each row."""

    caption: str
    columns: tuple[ListColumn, ...]
    rows: tuple[ListLine, ...]
    lead: int = 1


@dataclass(frozen=True)
class ListPart:
    """A section of a list's page. ``count``: of all that is meant, as written; ``more``: (text,
    address) of the whole section; ``pages``: (text, address, whether it is this one)."""

    key: str
    title: str
    count: str
    table: ListTable | None
    empty: str = ""
    more: tuple[str, str] | None = None
    pages: tuple[tuple[str, str, bool], ...] = ()
    notes: tuple[str, ...] = ()
