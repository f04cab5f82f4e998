"""What is in somebody's inbox: one item a dossier, with everything that was raised about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from api.inbox.book import Book, Thread
from api.inbox.sight import Sight
from api.inbox.urgency import OPEN, most_urgent
from dossiers.alerting.surroundings import may_be_silence
from dossiers.wire.alerts import Alert

# waiting: nobody has taken it. taken: acknowledged, for as long as that holds. snoozed: silenced by
# the reader. done: all that was raised has ended today. held: a silent source may have caused it.
State = Literal["waiting", "taken", "snoozed", "done", "held"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class InboxItem:
    """``key``: the dossier or scope. ``main``: the alert that it is shown by; ``alerts``: all that
    the reader has of it, in no order. ``since``: when ``main`` came to be so, ``newest``: when the
    last of them changed (data time, ms). ``until``: when a snooze ends."""

    key: str
    main: Alert
    alerts: tuple[Alert, ...]
    state: State
    since: int
    newest: int
    unread: bool = False
    until: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """``now``: data time (ms); ``day``: when its local day began. ``silent``: sources that say
    nothing, with when the last news of each came (ms)."""

    now: int
    day: int
    silent: Mapping[str, int] = field(default_factory=dict)


HasRead = Callable[[str, int], bool]  # a thread's key, and when it changed last


def items_of(book: Book, sight: Sight, at: Moment, has_read: HasRead) -> Iterator[InboxItem]:
    """In no order. What is waiting and has changed since it was looked at is unread; what the
    reader did oneself is no news."""
    for thread in _threads(book, sight):
        item = item_of(thread, book, sight, at, has_read)
        if item is not None:
            yield item


def item_of(
    thread: Thread, book: Book, sight: Sight, at: Moment, has_read: HasRead
) -> InboxItem | None:
    """One thread as somebody has it; None if nothing of it is theirs, or it ended before today."""
    alerts = tuple(filter(sight.sees, thread.alerts.values()))
    if not alerts:
        return None
    main = thread.main if len(alerts) == len(thread.alerts) else most_urgent(alerts)
    newest = max(_told_at(thread, each, sight) for each in alerts)
    until = book.snoozed_until(main.alert_id, sight.who.person)
    state = _state(main, at, until)
    if state == "done" and newest < at.day:
        return None
    news = state == "waiting" and _is_news(thread, alerts, newest, sight)
    unread = news and not has_read(thread.key, newest)
    since = thread.since[main.alert_id]
    until = until if until > at.now else 0
    return InboxItem(thread.key, main, alerts, state, since, newest, unread, until)


def lone_item(thread: Thread, alert: Alert) -> InboxItem:
    """One alert of a thread for somebody who is told of it and has it in no inbox."""
    ended = alert.transition not in OPEN
    taken = alert.transition == "acknowledged"
    state: State = "done" if ended else "taken" if taken else "waiting"
    since = thread.since[alert.alert_id]
    return InboxItem(thread.key, alert, (alert,), state, since, alert.detected_at)


def _threads(book: Book, sight: Sight) -> Iterable[Thread]:
    return book.threads if sight.everywhere else book.threads_of(sight.scopes())


def _state(main: Alert, at: Moment, until: int) -> State:
    if main.transition not in OPEN:
        return "done"
    if until > at.now:
        return "snoozed"
    if may_be_silence(main, at.silent):
        return "held"
    return "taken" if main.transition == "acknowledged" else "waiting"


def _is_news(thread: Thread, alerts: tuple[Alert, ...], newest: int, sight: Sight) -> bool:
    person = sight.who.person
    return any(_told_at(thread, each, sight) == newest and each.actor != person for each in alerts)


def _told_at(thread: Thread, alert: Alert, sight: Sight) -> int:
    """When its last news for somebody was (data time, ms). That it is a colleague's now is none."""
    old = alert.moved and alert.officer != sight.who.officer
    return thread.since[alert.alert_id] if old else alert.detected_at
