"""What a panel says when it has nothing to show, or cannot."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

from api.pages.parts.marks import Link, Shape


@dataclass(frozen=True)
class Empty:
    """Nothing is there. ``kind`` "good": nothing has to be done; "filter": nothing matches, and
    ``chips`` take parts of the filter away; "none": there is nothing of this kind. ``text`` says
    what was looked at and what comes next."""

    kind: Literal["good", "filter", "none"]
    title: str
    text: str = ""
    chips: tuple[Link, ...] = ()
    link: Link | None = None


@dataclass(frozen=True)
class PartError:
    """One panel failed, the rest of the page stands. ``code`` is in the log as well; ``retry``: the
    page's own address."""

    title: str
    text: str
    code: str
    retry: str


def error_code() -> str:
    """A code that a reader can tell the operator: "7F3A-0112"."""
    text = secrets.token_hex(4).upper()
    return f"{text[:4]}-{text[4:]}"


@dataclass(frozen=True)
class Notice:
    """A line above the figures that marks some of them: a silent source, what is hidden."""

    text: str
    shape: Shape = ""
    link: Link | None = None


@dataclass(frozen=True)
class Blocked:
    """No permission: who may see it, and who is signed in."""

    title: str
    text: str
    who: str = ""
    link: Link | None = None
