"""The items that a filter asks for, and how many each other choice would show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from api.inbox.items import InboxItem
from api.pages.alerts.asking import AlertFilter
from api.pages.alerts.groups import group_of
from api.pages.alerts.wording import AlertWords
from api.search.plain import plain
from dossiers.wire.alerts import Alert


@dataclass
class Selection:
    """``items``: what the filter asks for. ``states``, ``kinds``, ``units``: how many items every
    other state, kind or unit has with the rest of the filter as it is. ``held``: how many are kept
    back, whatever the filter. ``unread``: of ``items``."""

    items: list[InboxItem] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    held: int = 0

    @property
    def unread(self) -> int:
        return sum(item.unread for item in self.items)


def select(items: Iterable[InboxItem], asked: AlertFilter, say: AlertWords) -> Selection:
    """In one pass; a number beside a choice is that of the list which it leads to."""
    found = Selection()
    matches = _matcher(asked.q, say)
    for item in items:
        main = item.main
        found.held += item.state == "held"
        if (asked.cause and main.due_at != asked.cause) or not matches(main):
            continue
        if asked.group and group_of(item, say.at.now, say.calendar) != asked.group:
            continue
        fits = {
            "state": item.state == asked.state,
            "kind": not asked.kind or main.kind == asked.kind,
            "unit": not asked.unit or main.unit == asked.unit,
        }
        if fits["kind"] and fits["unit"]:
            found.states[item.state] += 1
        if fits["state"] and fits["unit"]:
            found.kinds[main.kind] += 1
        if fits["state"] and fits["kind"]:
            found.units[main.unit] += 1
        if all(fits.values()):
            found.items.append(item)
    return found


def _matcher(q: str, say: AlertWords) -> Callable[[Alert], bool]:
    """Whether an alert has every word of a text, as the reader sees its names."""
    words = plain(q).split()
    plainly = cache(plain)

    def matches(alert: Alert) -> bool:
        texts = (say.about(alert), say.holder(alert), say.unit(alert.unit))
        text = " ".join(map(plainly, texts))
        return all(word in text for word in words)

    return matches if words else lambda _: True


def most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Ids with their counts, the largest first."""
    return sorted(((k, n) for k, n in counts.items() if k), key=lambda each: (-each[1], each[0]))
