"""What the frame leads to: the pages that a role may open, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from api.access.principal import Principal
from api.access.rules import rule_for
from api.pages.words import Words


@dataclass(frozen=True)
class NavEntry:
    """``key``: what pages name as theirs, and the end of the message's key. ``aside``: on a phone,
    whose bar has room for four, it stands in the menu."""

    key: str
    path: str
    shape: str
    aside: bool = False


@dataclass(frozen=True)
class NavLink:
    """An entry as one reader sees it. ``unread``: how much is new behind it, None where that is
    not counted."""

    title: str
    path: str
    shape: str
    active: bool
    aside: bool
    unread: int | None


ALERTS = "alerts"
PUBLICATIONS = "publications"
# A page registers itself by its rule in api.access.rules: without one there is no entry.
ENTRIES = (
    NavEntry("home", "/", "home"),
    NavEntry("units", "/units", "units"),
    NavEntry("dossiers", "/dossiers", "list"),
    NavEntry(ALERTS, "/alerts", "bell"),
    NavEntry(PUBLICATIONS, "/publications", "late-list", aside=True),
    NavEntry("data", "/data", "data", aside=True),
    NavEntry("walls", "/walls", "screen", aside=True),
)


def opens(who: Principal, path: str) -> bool:
    """Whether there is a page at ``path`` that one of the roles opens."""
    rule, _, _ = rule_for("GET", path)
    return rule is not None and rule.asked and bool(who.roles & rule.roles)


def links_for(
    who: Principal, words: Words, active: str, unread: Callable[[], int]
) -> Iterator[NavLink]:
    """What ``who`` may open; ``active``: the key of the entry that the page belongs to; ``unread``:
    how many alerts are new to them."""
    for entry in ENTRIES:
        if opens(who, entry.path):
            yield NavLink(
                words(f"nav_{entry.key}"),
                entry.path,
                entry.shape,
                entry.key == active,
                entry.aside,
                unread() if entry.key == ALERTS else None,
            )
