"""The list itself: groups with their rows, a page of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from api.inbox.items import InboxItem
from api.pages.alerts.asking import AlertFilter
from api.pages.alerts.groups import (
    GROUPS,
    Entry,
    GroupName,
    Stack,
    group_of,
    in_order,
    stacked,
)
from api.pages.alerts.offers import Offers
from api.pages.alerts.rows import AlertRow, AlertRowMaker, pick_of
from api.pages.alerts.wording import AlertWords
from api.pages.parts.controls import Pagination

PAGE = 50  # rows
MOST_AT_ONCE = 200  # alerts that one form acknowledges


@dataclass(frozen=True)
class AlertSection:
    """A group: ``count`` of its items on all pages; ``picks``: what "take all" sends, at most
    ``MOST_AT_ONCE``."""

    name: str
    title: str
    count: str
    rows: tuple[AlertRow, ...]
    picks: tuple[str, ...] = ()


@dataclass(frozen=True)
class AlertList:
    """``pages``: None if everything is on one."""

    sections: tuple[AlertSection, ...]
    pages: Pagination | None


def list_of(
    items: Sequence[InboxItem], asked: AlertFilter, maker: AlertRowMaker, say: AlertWords
) -> AlertList:
    """The items of a filter in its order."""
    grouped = list(_grouped(items, asked, say))
    total = sum(len(group.entries) for group in grouped)
    start, stop = asked.first - 1, asked.first - 1 + PAGE
    sections: list[AlertSection] = []
    before = 0
    for group in grouped:
        shown = group.entries[max(0, start - before) : max(0, stop - before)]
        before += len(group.entries)
        if shown:
            sections.append(_section(group, shown, asked, maker))
    return AlertList(tuple(sections), _pages(asked, total, stop, say))


@dataclass(frozen=True)
class _Group:
    """``name``: "" where there are no groups; ``count`` of its items."""

    name: GroupName | Literal[""]
    count: int
    entries: Sequence[Entry]


def _section(
    group: _Group, shown: Sequence[Entry], asked: AlertFilter, maker: AlertRowMaker
) -> AlertSection:
    words = maker.say.words
    return AlertSection(
        name=group.name,
        title=words(f"inbox_group_{group.name}") if group.name else "",
        count=words.number(group.count),
        rows=tuple(maker.row(entry) for entry in shown),
        picks=_picks(group.entries, maker.offers) if asked.state == "waiting" else (),
    )


def _grouped(items: Sequence[InboxItem], asked: AlertFilter, say: AlertWords) -> Iterator[_Group]:
    """By urgency, or all as one in another order."""
    if asked.sort == "longest":
        yield _Group("", len(items), _by(items, lambda i: (i.main.due_at, i.key)))
        return
    if asked.sort == "newest" or asked.state == "done":
        yield _Group("", len(items), _by(items, lambda i: (-i.newest, i.key)))
        return
    groups: dict[GroupName, list[InboxItem]] = {name: [] for name in GROUPS}
    for item in items:
        groups[group_of(item, say.at.now, say.calendar)].append(item)
    storm = say.viewer.view.context.alert_settings("", "").storm
    whole = not (asked.kind or asked.cause or asked.q) and asked.state == "waiting"
    for name, members in groups.items():
        ordered = in_order(members, name)
        entries: Sequence[Entry] = stacked(ordered, name, storm) if whole else ordered
        yield _Group(name, len(members), entries)


def _by(items: Sequence[InboxItem], key: Callable[[InboxItem], tuple[int, str]]) -> list[InboxItem]:
    return sorted(items, key=key)


def _picks(entries: Sequence[Entry], offers: Offers) -> tuple[str, ...]:
    """Of the whole group, those in stacks too; one alone has a button of its own."""
    picks: list[str] = []
    for entry in entries:
        for item in entry.items if isinstance(entry, Stack) else (entry,):
            if len(picks) < MOST_AT_ONCE and offers.may_take(item.main):
                picks.append(pick_of(item))
    return tuple(picks) if len(picks) > 1 else ()


def _pages(asked: AlertFilter, total: int, stop: int, say: AlertWords) -> Pagination | None:
    if total <= PAGE and asked.first == 1:
        return None
    number = say.words.number
    text = say.words(
        "list_range", first=number(min(asked.first, total)), last=number(min(stop, total)),
        n=number(total),
    )  # fmt: skip
    return Pagination(
        text,
        before=asked.url(first=max(1, asked.first - PAGE)) if asked.first > 1 else "",
        after=asked.url(first=stop + 1) if stop < total else "",
    )
