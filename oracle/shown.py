"""When the clock stood by a portal's snapshots, and what they showed before they said otherwise."""

from __future__ import annotations

from dataclasses import replace

from oracle.clock_stops import ClockStop, together
from oracle.statements import Statement, place_of
from oracle.view import OPEN, RUNS, View


def is_contradicted(view: View) -> bool:
    """Whether a snapshot had shown otherwise after what the snapshots say now had happened."""
    first = view.first_end
    ended = first is not None and as_shown(view, first) != first
    return ended or any(_running(view, stop) is not None for stop in view.still.stops)


def as_shown(view: View, told: Statement) -> Statement:
    """The first end, when the last snapshot before that news said that there was none."""
    if told is not view.first_end:
        return told
    times = [
        event.occurred_at for event, phase in view.seen
        if phase in OPEN and event.source == told.place[1] and place_of(event) < told.said_in
    ]  # fmt: skip
    at = max(times, default=told.at)
    return replace(told, at=at, place=(at, *told.place[1:])) if at > told.at else told


def _running(view: View, stop: ClockStop) -> int | None:
    """When a snapshot of the sender said last, within the stop, that the clock ran."""
    times = [
        event.occurred_at for event, phase in view.seen
        if phase == RUNS and event.source == stop.said.source and event.occurred_at > stop.begin
        and (stop.end is None or event.occurred_at < stop.end)
    ]  # fmt: skip
    return None if stop.over else max(times, default=None)


def stop_statements(view: View, *, shown: bool = False) -> list[Statement]:
    """Every time in which the clock stood without a break; ``shown``: as far as snapshots had shown
    it then.

    Of what happens at one instant the end of one comes before the beginning of the next, whichever
    was told first.
    """
    found: list[Statement] = []
    begins = [
        ((_running(view, stop) if shown else None) or stop.begin, stop) for stop in view.still.stops
    ]
    for group in together(begins):
        found += [
            view.statement(stop.said, "suspended", begin, stop.number, status=stop.status)
            for begin, stop in group if not stop.heard
        ]  # fmt: skip
        found += _end_of(view, [stop for _, stop in group])
    numbers = sorted((told.at, told.rank) for told in found)
    found.sort(key=lambda told: told.at)  # stable
    return [
        replace(told, rank=number, place=(at, told.place[1], number, *told.place[3:]))
        for told, (at, number) in zip(found, numbers, strict=True)
    ]


def _end_of(view: View, group: list[ClockStop]) -> list[Statement]:
    """Where the clock runs again after stops that follow each other without a break."""
    if any(stop.end is None for stop in group):
        return []
    stops = sorted(group, key=lambda stop: (stop.end or 0, stop.end_number))
    last = stops[-1]
    if last.over or last.end_said is None:
        return []
    due = next((stop.due for stop in reversed(stops) if stop.due is not None), None)
    return [view.statement(last.end_said, "resumed", last.end or 0, last.end_number, due=due)]
