"""The due time of one dossier at any moment, by the changes of it that are known to count so far.

A due time that was set is where the line begins anew, so only the stops after the last one are
walked. Whoever asks about later and later moments (dossiers.fold.changes) walks each of them once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence
from itertools import accumulate

from dossiers.fold.stops import again_from, by_working_time, due_after_stop, in_time
from dossiers.fold.stops_read import NEVER, Key, ReadStop, read_stops
from dossiers.fold.taking import set_due
from dossiers.reference.context import Context
from dossiers.wire.course import Course
from dossiers.wire.facts import Fact

_START = -1  # the place before the first fact


class _Cursor:
    """How far the line was walked from ``place`` on: ``course`` after the stops before ``next``.
    ``blind``: the earliest record that was not known yet when it was passed by."""

    def __init__(self, place: int, course: Course, next_: int) -> None:
        self.place = place
        self.course = course
        self.next = next_
        self.blind: Key = (NEVER, 0)


class DueLine:
    """``facts``: elementary, in order. ``ended_at`` (ms): the first end, None while open."""

    def __init__(self, facts: Sequence[Fact], context: Context) -> None:
        read = read_stops(facts, context)
        self.ended_at = read.ended_at
        self._context = context
        self._stops = read.stops
        self._received = read.received
        self._after = read.after
        self._settings: list[tuple[int, int, int]] = []  # place, due time, set at (ms); in order
        self._cursor: _Cursor | None = None
        self._closed = [stop.closed for stop in self._stops]
        self._promises = any(stop.due_at is not None for stop in self._stops)
        self._calendar = context.calendar_named(self._after.calendar)
        received = self._after.received_at
        self._anew = received is not None and context.rules_at(received).stop_mode == "restart"
        self._measure = self._measure_of()
        # Of the stops that have ended, for many at once; ``_sums``: of what was measured.
        self._ended = [stop for stop in self._stops if stop.end != NEVER]
        self._starts = [stop.start for stop in self._ended]
        self._ends = [stop.end for stop in self._ended]
        self._measured: list[int] = []
        self._sums: list[int] = []

    def add(self, place: int, due_at: int, set_at: int) -> None:
        """A new due time counts: that of the fact at ``place``, dated ``set_at`` (ms)."""
        insort(self._settings, (place, due_at, set_at))
        # Without a limit the first due time says how long one that begins anew is.
        if self._anew and self._after.due_at is None and self._settings[0][0] == place:
            self._cursor = None

    def passed(self, key: Key, at: int) -> bool:
        """Whether at ``at`` (ms) the due time had passed while the clock ran, as far as was known
        before ``key``. Ask in the order of keys; ``at`` never goes back then."""
        received = self._after.received_at
        if received is None or received > at:
            return False
        cursor = self._cursor
        place = self._settings[-1][0] if self._settings else _START
        if cursor is None or cursor.place != place or cursor.blind < key:
            cursor = self._cursor = self._begin(place, key)
        if not self._promises:  # then it never goes back
            due = cursor.course.due_at if place > self._received else None
            if place == _START:
                due = self._after.due_at
            if due is not None and at <= due:
                return False
        stops = self._stops
        while cursor.next < len(stops) and stops[cursor.next].end <= at:
            if not self._leap(cursor, at):
                self._pass(cursor, key)
        self._receive(cursor)
        standing = cursor.next < len(stops) and stops[cursor.next].start <= at
        at = stops[cursor.next].start if standing else at
        return not in_time(cursor.course, at, self._context)

    def stop_before(self, place: int, at: int | None) -> ReadStop | None:
        """The stop that had ended before the fact at ``place``, and in which ``at`` (ms) lies; the
        last one if that is not known."""
        ended = self._stops[: bisect_left(self._closed, place)]
        if at is not None:
            ended = [stop for stop in ended if stop.start <= at <= stop.end] or ended
        return ended[-1] if ended else None

    def began_in_time(self, stop: ReadStop, key: Key) -> bool:
        """Whether ``stop`` did, as far as was known before ``key``."""
        before = bisect_left(self._settings, (stop.closed, 0, 0))
        cursor = self._begin(self._settings[before - 1][0] if before else _START, key)
        while self._stops[cursor.next] is not stop:
            self._pass(cursor, key)
        if stop.closed > self._received:
            self._receive(cursor)
        return in_time(cursor.course, stop.start, self._context)

    def _begin(self, place: int, key: Key) -> _Cursor:
        """Where the due time was set by the fact at ``place``, or before the first fact."""
        course = Course()
        if place > self._received:
            course = self._frame()
        if place != _START:
            settings = self._settings
            _, due_at, set_at = settings[bisect_left(settings, (place, 0, 0))]
            course.first_due_at = self._first_due(key)
            set_due(course, due_at, set_at, self._context)
            course.due_since = set_at
        cursor = _Cursor(place, course, bisect_right(self._closed, place))
        if self._promises:
            unknown = (s.key for s in self._stops if s.due_at is not None and s.key > key)
            cursor.blind = min(unknown, default=cursor.blind)
        return cursor

    def _first_due(self, key: Key) -> int | None:
        """The first due time that it ever had, as far as was known before ``key``: whatever named
        one when there was none yet counted."""
        named = [setting[:2] for setting in self._settings[:1]]
        if self._after.due_at is not None:
            named.append((self._received, self._after.due_at))
        for stop in self._stops if self._promises else ():
            if stop.due_at is not None and stop.key < key:
                named.append((stop.closed, max(stop.due_at, stop.end)))
                break
        return min(named)[1] if named else None

    def _frame(self) -> Course:
        after = self._after
        return Course(
            received_at=after.received_at, procedure=after.procedure, limit=after.limit,
            calendar=after.calendar, first_due_at=after.due_at,
        )  # fmt: skip

    def _receive(self, cursor: _Cursor) -> None:
        """The walk comes to the reception, if it has not been there."""
        before, after = cursor.course, self._after
        if before.received_at is not None or after.received_at is None:
            return
        cursor.course = course = self._frame()
        course.due_at, course.due_since = before.due_at, before.due_since
        course.first_due_at = before.first_due_at
        course.promised_at = before.due_at
        if before.due_at is None:
            course.due_at = course.first_due_at = after.due_at
            course.due_since, course.promised_at = after.received_at, after.promised_at

    def _pass(self, cursor: _Cursor, key: Key) -> None:
        """The walk passes the next stop."""
        stop = self._stops[cursor.next]
        cursor.next += 1
        if stop.closed > self._received:
            self._receive(cursor)
        else:
            cursor.course.calendar = stop.calendar
        course, context = cursor.course, self._context
        known = stop.due_at is not None and stop.key < key
        if stop.due_at is not None and not known:
            cursor.blind = min(cursor.blind, stop.key)
        if not in_time(course, stop.start, context):
            return
        if stop.due_at is not None and known:
            set_due(course, max(stop.due_at, stop.end), stop.end, context)
            course.due_since = stop.end
        elif course.due_at is not None:
            course.due_at, _ = due_after_stop(course, stop.start, stop.end, context)

    def _leap(self, cursor: _Cursor, at: int) -> bool:
        """Pass all the stops at once that began before the due time as it is now, and ended by
        ``at`` (ms). Their working time adds up; where the limit begins anew, the latest end counts.
        Of a dossier with very many changes and stops, walking is most of the work."""
        course, number = cursor.course, cursor.next
        due, since = course.due_at, course.due_since
        if self._measure is None or self._promises or course.received_at is None or due is None:
            return False
        if since is not None and since > self._ended[number].start:
            return False
        to = min(bisect_right(self._starts, due), bisect_right(self._ends, at))
        if to < number + 2 or (self._anew and course.first_due_at != self._after.first_due_at):
            return False
        if not self._measured:
            self._measured = [self._measure(stop) for stop in self._ended]
            self._sums = [0, *accumulate(self._measured)]
        if self._anew:
            moved = max(course.promised_at or 0, *self._measured[number:to])
        else:
            moved = self._calendar.add(due, self._sums[to] - self._sums[number])
        course.due_at = max(due, moved, self._ends[to - 1])
        cursor.next = to
        return True

    def _measure_of(self) -> Callable[[ReadStop], int] | None:
        """What of a stop can be computed without the due time: where the limit begins anew, the due
        time by that; if a stop counts by its working time, that; else nothing."""
        after, context, calendar = self._after, self._context, self._calendar
        if after.received_at is None:
            return None
        rules = context.rules_at(after.received_at)
        if self._anew:
            return lambda stop: again_from(after, stop.end, rules, context)
        unit = "" if after.limit is None else after.limit.unit
        if by_working_time(unit, calendar, rules):
            return lambda stop: calendar.between(stop.start, stop.end)
        return None
