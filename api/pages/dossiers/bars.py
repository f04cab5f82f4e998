"""Who held a dossier when, as bars on its axis: what lies over a limit is as long as the lateness
that arose there, so the picture says what the table beside it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from api.pages.dossiers.axis import Axis
from dossiers.reports.attribution import Part
from dossiers.reports.case import JudgedCase
from dossiers.reports.holdings import Holding, Stop, working
from dossiers.time.calendar import Calendar

SegmentKind = Literal["within", "over", "stopped", "made_up", "apart"]


@dataclass(frozen=True)
class Segment:
    """A piece of a bar. ``start``, ``end``: ms. ``amount``: its working time, ms. ``apart``: before
    the limit began anew, so of no limit."""

    kind: SegmentKind
    start: int
    end: int
    amount: int


@dataclass(frozen=True)
class HoldingBar:
    """One holding. ``part``: None before a restart, and of what has no due time to be late by."""

    holding: Holding
    part: Part | None
    segments: tuple[Segment, ...]

    @property
    def length(self) -> int:
        """Working ms from its beginning to its end, stops and made-up time included."""
        return sum(segment.amount for segment in self.segments)


def bars_of(case: JudgedCase) -> list[HoldingBar]:
    """Every holding of the dossier's life, in order."""
    found = case.attribution
    calendar, stops = case.calendar, case.stops
    if found is None:
        return [_apart(holding, stops, calendar) for holding in case.holdings]
    begins = found.parts[0].holding.start
    return [
        *(_apart(h, stops, calendar) for h in _before(case.holdings, begins)),
        *(_judged(part, stops, calendar) for part in found.parts),
    ]


def _before(holdings: Sequence[Holding], at: int) -> Iterator[Holding]:
    for holding in holdings:
        if holding.start < at:
            yield holding._replace(end=min(holding.end, at))


def _apart(holding: Holding, stops: Sequence[Stop], calendar: Calendar) -> HoldingBar:
    pieces = _pieces(holding.start, holding.end, stops)
    return HoldingBar(
        holding,
        None,
        tuple(
            Segment("stopped" if stopped else "apart", start, end, calendar.between(start, end))
            for start, end, stopped in pieces
        ),
    )


def _judged(part: Part, stops: Sequence[Stop], calendar: Calendar) -> HoldingBar:
    """What is over is its last running time, as much of it as the lateness that arose."""
    holding = part.holding
    within = part.used - min(part.used, max(0, part.raw))  # running ms before that
    found: list[Segment] = []
    for start, end, stopped in _pieces(holding.start, holding.end, stops):
        length = calendar.between(start, end)
        if stopped:
            found.append(Segment("stopped", start, end, length))
            continue
        turn = end if length <= within else calendar.add(start, within) if within else start
        inside = min(length, within)
        within -= inside
        if inside or not length:
            found.append(Segment("within", start, turn, inside))
        if length > inside:
            found.append(Segment("over", turn, end, length - inside))
    if part.raw < 0:
        until = calendar.add(holding.end, -part.raw)
        found.append(Segment("made_up", holding.end, until, -part.raw))
    return HoldingBar(holding, part, tuple(found))


def _pieces(start: int, end: int, stops: Sequence[Stop]) -> Iterator[tuple[int, int, bool]]:
    """From ``start`` to ``end`` (ms), split where the clock stopped or went on; did it stand?"""
    at = start
    for stop in stops:
        low, high = max(at, stop.start), min(end, stop.end)
        if low >= high:
            continue
        if low > at:
            yield at, low, False
        yield low, high, True
        at = high
    if at < end or at == start:
        yield at, end, False


@dataclass(frozen=True)
class PlacedSegment:
    """A segment on the axis: ``x`` and ``width`` in percent. ``cut``: it goes on beyond the end."""

    kind: SegmentKind
    x: float
    width: float
    amount: int
    cut: bool


def placed(segments: Sequence[Segment], axis: Axis) -> list[PlacedSegment]:
    """On the axis of the whole life."""
    found = []
    for segment in segments:
        x, end = axis.x(segment.start), axis.x(segment.end)
        cut = segment.kind == "made_up" and segment.amount * axis.scale > end - x + 0.5
        found.append(PlacedSegment(segment.kind, x, end - x, segment.amount, cut))
    return found


def in_line(bar: HoldingBar, longest: int) -> list[PlacedSegment]:
    """By itself, as on a phone: ``longest`` (working ms) is the whole width."""
    found: list[PlacedSegment] = []
    x = 0.0
    for segment in bar.segments:
        width = 100.0 * segment.amount / max(1, longest)
        found.append(PlacedSegment(segment.kind, x, width, segment.amount, cut=False))
        x += width
    return found


def breach_of(case: JudgedCase, bars: Sequence[HoldingBar]) -> int | None:
    """From when on (ms) the dossier was late, None if it was not."""
    if case.standing.breached_at is None or case.course.due_at is None or not bars:
        return None
    due = case.course.due_at
    return due if working(case.calendar, due, case.end, case.stops) > 0 else None
