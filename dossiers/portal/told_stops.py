"""Stops of the clock as snapshots report them: each as dated, overlapping ones as one.

A supplement may be reported long after it was requested, or answered, and after another one that
overlaps it. So stops are collected first, and become facts once all snapshots have been read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dossiers.wire.facts import Fact, ResumedFact, StopStatus, SuspendedFact


class ToldStop:
    """One reason for which the clock stands. Times in ms; ``end`` is None while it lasts.

    ``heard``: somebody who sends events has told of it. ``told``, ``ended``: the snapshots that
    told of its beginning and of its end; ``number``, ``end_number``: their places among all that is
    told. ``due``: the new due time that came with its end. ``silent``: its end makes no fact, since
    something else has ended it. ``beside``: of a supplement that the status ended, the
    stops that the status alone had begun and ended then.
    """

    def __init__(
        self, begin: int, status: StopStatus, told: Fact, number: int, heard: bool = False
    ) -> None:
        self.begin = begin
        self.status = status
        self.told = told
        self.number = number
        self.heard = heard
        self.end: int | None = None
        self.ended = told
        self.end_number = number
        self.due: int | None = None
        self.silent = False
        self.beside: tuple[ToldStop, ...] = ()

    def close(self, at: int, ended: Fact, number: int) -> None:
        """It ends at ``at``, but not before it began."""
        self.end, self.ended, self.end_number = max(at, self.begin), ended, number


def together(
    stops: Sequence[ToldStop], begins: Mapping[ToldStop, int] | None = None
) -> list[list[tuple[int, ToldStop]]]:
    """Stops by the time in which the clock stands without a break, in order, each with its
    beginning. ``begins``: of those that are taken to begin at another instant. One that begins
    where another ends is a stop of its own."""
    moved = begins or {}
    order = sorted(
        ((moved.get(stop, stop.begin), stop) for stop in stops),
        key=lambda each: (each[0], each[1].end is None, each[1].end or 0, each[1].number),
    )
    found: list[list[tuple[int, ToldStop]]] = []
    until: int | None = 0
    for begin, stop in order:
        # One of no length, at the beginning of another, belongs to that.
        if found and (until is None or begin < until or begin == found[-1][-1][0]):
            found[-1].append((begin, stop))
            if until is not None:
                until = None if stop.end is None else max(until, stop.end)
        else:
            found.append([(begin, stop)])
            until = stop.end
    return found


def stop_facts(
    stops: Sequence[ToldStop], begins: Mapping[ToldStop, int] | None = None
) -> list[Fact]:
    """A ``suspended`` for each beginning, a ``resumed`` when the clock runs again."""
    made: list[_Made] = []
    for each in together(stops, begins):
        said: set[tuple[int, int]] = set()
        for begin, stop in each:
            # A hundred supplements asked for at one moment stop the clock once.
            if not stop.heard and (begin, stop.status) not in said:
                said.add((begin, stop.status))
                made.append(_Made(begin, stop.number, stop.told, stop.status))
        if any(stop.end is None for _, stop in each):
            continue
        in_order = sorted((stop for _, stop in each), key=lambda s: (s.end, s.end_number))
        last = in_order[-1]
        if not last.silent:
            due = next((s.due for s in reversed(in_order) if s.due is not None), None)
            made.append(_Made(last.end or 0, last.end_number, last.ended, None, due))
    return _facts(made)


class _Made(NamedTuple):
    """At ``at`` (ms) the clock stops by ``status``, or runs again and ``due_at`` comes with it."""

    at: int
    number: int
    told: Fact
    status: StopStatus | None
    due_at: int | None = None


def _facts(made: Sequence[_Made]) -> list[Fact]:
    """In the order of ``made``, also of what happens at one instant, whoever told it first."""
    numbers: dict[int, list[int]] = {}
    for each in made:
        numbers.setdefault(each.at, []).append(each.number)
    for same in numbers.values():
        same.sort(reverse=True)
    found: list[Fact] = []
    for each in made:
        number, told = numbers[each.at].pop(), each.told
        place = (each.at, told.source, number, f"{told.event_id}/{number}", told.received_at)
        if each.status is None:
            found.append(ResumedFact(*place, due_at=each.due_at))
        else:
            found.append(SuspendedFact(*place, status=each.status))
    return found
