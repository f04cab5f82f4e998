"""Everybody's inbox, from the book of alerts and the marks of who has read what."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from api.inbox.book import Book, Thread
from api.inbox.items import HasRead, InboxItem, Moment, item_of, items_of
from api.inbox.marks import MarkBook
from api.inbox.sight import Sight
from dossiers.wire.read_marks import ReadMarks

_MOST_COUNTED = 4_000  # sights whose counts are kept
_NEVER = 2**63
_SHARE = 20  # of the time a twentieth at most goes into one sight's counts


@dataclass(frozen=True)
class InboxCount:
    """``waiting``: items that nobody has taken; ``unread``: those of them that are new to the
    reader; ``newest``: when the last of the waiting ones changed (data time, ms), 0 without any."""

    waiting: int = 0
    unread: int = 0
    newest: int = 0


@dataclass(frozen=True)
class _Counted:
    of: tuple[int, ReadMarks, Mapping[str, int]]  # what it was counted from
    at: float  # real s
    took: float  # real s
    ends: int  # when the next snooze is over (data time, ms)
    count: InboxCount


class Inboxes:
    """``clock``: real s, for how long counts are believed. Lives on the event loop."""

    def __init__(
        self, book: Book, marks: MarkBook, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._book = book
        self._marks = marks
        self._clock = clock
        self._counted: OrderedDict[Sight, _Counted] = OrderedDict()

    def items(self, sight: Sight, at: Moment) -> Iterator[InboxItem]:
        """Everything in an inbox, in no order."""
        return items_of(self._book, sight, at, self._has_read(sight))

    def item(self, sight: Sight, thread: Thread, at: Moment) -> InboxItem | None:
        """One thread; None if nothing of it is the reader's."""
        return item_of(thread, self._book, sight, at, self._has_read(sight))

    def count(self, sight: Sight, at: Moment) -> InboxCount:
        """Counts for a badge, made again once something of this inbox has changed. Those of a very
        large inbox are made less often: they may be as old as twenty times what they cost."""
        changed = self._book.revision if sight.everywhere else self._book.touched(sight.scopes())
        of = (changed, self._marks.of(sight.who.person), at.silent)
        known, now = self._counted.get(sight), self._clock()
        if known is not None and (
            (known.of == of and at.now < known.ends) or now - known.at < _SHARE * known.took
        ):
            return known.count
        count, ends = _count(self.items(sight, at))
        self._counted[sight] = _Counted(of, now, self._clock() - now, ends, count)
        self._counted.move_to_end(sight)
        while len(self._counted) > _MOST_COUNTED:
            self._counted.popitem(last=False)
        return count

    def _has_read(self, sight: Sight) -> HasRead:
        person = sight.who.person
        return lambda key, changed: self._marks.has_read(person, key, changed)


def _count(items: Iterator[InboxItem]) -> tuple[InboxCount, int]:
    """And when the first snooze among them is over (ms)."""
    waiting = unread = newest = 0
    ends = _NEVER
    for item in items:
        if item.state == "waiting":
            waiting += 1
            unread += item.unread
            newest = max(newest, item.newest)
        elif item.until:
            ends = min(ends, item.until)
    return InboxCount(waiting, unread, newest), ends
