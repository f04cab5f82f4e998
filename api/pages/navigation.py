"""What the frame leads to: the pages that a role may open, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.access.principal import Principal
from api.access.rules import rule_for
from api.pages.words import Words


@dataclass(frozen=True)
class NavEntry:
    """``key``: what pages name as theirs, and the end of the message's key."""

    key: str
    path: str
    shape: str


@dataclass(frozen=True)
class NavLink:
    """An entry as one reader sees it."""

    title: str
    path: str
    shape: str
    active: bool


# A page registers itself by its rule in api.access.rules: without one there is no entry.
ENTRIES = (
    NavEntry("home", "/", "home"),
    NavEntry("units", "/units", "units"),
    NavEntry("dossiers", "/dossiers", "list"),
    NavEntry("data", "/data", "data"),
    NavEntry("walls", "/walls", "screen"),
)


def opens(who: Principal, path: str) -> bool:
    """Whether there is a page at ``path`` that one of the roles opens."""
    rule, _, _ = rule_for("GET", path)
    return rule is not None and rule.asked and bool(who.roles & rule.roles)


def links_for(who: Principal, words: Words, active: str) -> Iterator[NavLink]:
    """What ``who`` may open; ``active``: the key of the entry that the page belongs to."""
    for entry in ENTRIES:
        if opens(who, entry.path):
            yield NavLink(words(f"nav_{entry.key}"), entry.path, entry.shape, entry.key == active)
