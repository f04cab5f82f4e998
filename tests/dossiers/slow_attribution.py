"""Whose hours, worked out slowly: ten minutes after ten minutes, in fractions, from the rules as
the docs have them (docs/explanations.md). It shares no code with the product.

Every instant lies on whole ten minutes, as office hours do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

TICK = 10  # minutes
SEGMENTS = ((450, 690), (780, 1020))  # minutes of a working day: 07:30-11:30, 13:00-17:00


@dataclass(frozen=True)
class Hand:
    """A plain event: from ``at`` on this unit, officer and step, where they are said."""

    at: datetime
    unit: str = ""
    officer: str = ""
    step: str = ""


@dataclass(frozen=True)
class Done:
    """A record of progress: ``officer`` did ``step`` until ``at``."""

    at: datetime
    officer: str = ""
    step: str = ""
    begin: datetime | None = None
    due: datetime | None = None


@dataclass
class Story:
    """``again``: when the limit began anew, if it did. ``due``: when lateness begins. ``moves``: in
    order of time, no two at one instant."""

    received: datetime
    due: datetime
    end: datetime
    moves: list[Hand | Done]
    limits: dict[str, int]  # minutes of each step
    stops: list[tuple[datetime, datetime]] = field(default_factory=list)
    again: datetime | None = None


@dataclass
class Piece:
    """A holding. ``limit``: minutes, None without step data. ``charge``: minutes."""

    unit: str
    officer: str
    step: str
    start: datetime
    end: datetime
    record: Done | None = None
    limit: Fraction | None = None
    charge: Fraction = Fraction()
    used: int = 0


def works(tick: datetime) -> bool:
    """Whether the ten minutes that begin then are of work."""
    of_day = tick.hour * 60 + tick.minute
    return tick.weekday() < 5 and any(low <= of_day < high for low, high in SEGMENTS)


def minutes(story: Story, start: datetime, end: datetime) -> int:
    """Working minutes in which the clock ran; less than 0 backwards."""
    if end < start:
        return -minutes(story, end, start)
    found, now = 0, start
    while now < end:
        running = not any(low <= now < high for low, high in story.stops)
        found += TICK * (works(now) and running)
        now += timedelta(minutes=TICK)
    return found


def pieces(story: Story) -> list[Piece]:
    """Who held it when; a step that is not known is as good as none, where any is known."""
    found = _pieces(story, known=True)
    if any(piece.step in story.limits for piece in found):
        return found
    return _pieces(story, known=False)


def _pieces(story: Story, *, known: bool) -> list[Piece]:
    start = max(story.received, story.again or story.received)
    named = set(story.limits)
    unit = officer = step = ""
    found: list[Piece] = []
    since = start
    for move in story.moves:
        said = move.step if move.step in named or not known else ""
        if isinstance(move, Hand):
            before = (unit, officer, step)
            if move.unit and move.unit != unit:
                unit, officer = move.unit, ""
            officer, step = move.officer or officer, said or step
            if (unit, officer, step) != before and start < move.at < story.end:
                found.append(Piece(before[0], before[1], before[2], since, move.at))
                since = move.at
            continue
        full = bool(said) or move.due is not None
        if officer and move.officer not in ("", officer):
            continue  # another one was known to hold it
        if not (move.officer or full) or (since >= story.end and found):
            continue
        end = min(move.at, story.end)
        if end < since or (end == since and not full):
            continue
        begin = min(max(since, move.begin or since), end)
        if begin > since:
            found.append(Piece(unit, officer, step, since, begin))
        who = move.officer or officer
        piece = Piece(unit, who, said or step, begin, end, move if full else None)
        last = found[-1] if found else None
        same = (piece.unit, piece.officer, piece.step)
        if (
            last is not None
            and not full
            and last.record is None
            and (last.unit, last.officer, last.step) == same
        ):
            last.end = end
        else:
            found.append(piece)
        since = end
        officer = "" if move.officer else officer
    if since < story.end or not found:
        found.append(Piece(unit, officer, step, since, story.end))
    return found


def split(story: Story) -> tuple[str, int, Fraction, list[Piece]]:
    """Basis, lateness and what of it nobody held (minutes), and the holdings with their charges."""
    held = pieces(story)
    start = held[0].start
    for piece in held:
        piece.used = minutes(story, piece.start, piece.end)
    whole = minutes(story, start, story.due)
    late = max(0, sum(piece.used for piece in held) - whole)
    told = [p for p in held if p.record is not None]
    portal = any(p.step in story.limits or (p.record and p.record.due) for p in told)
    if not portal and not any(p.step in story.limits for p in held):
        for piece in held:
            since = max(piece.start, story.due)
            piece.charge = Fraction(minutes(story, since, piece.end) if since < piece.end else 0)
        return "no_step_data", late, Fraction(max(0, -whole)), held
    room = Fraction(max(0, whole))
    rest = _limit_told(story, held, room) if portal else _limit_steps(story, held, room)
    slack = rest + Fraction(min(0, whole))
    nobody = max(Fraction(), -slack)
    raw = [nobody]
    for piece in held:
        before = max(Fraction(), -slack)
        slack += (piece.limit or 0) - piece.used
        raw.append(max(Fraction(), max(Fraction(), -slack) - before))
    share = Fraction(late) / sum(raw) if any(raw) else Fraction(1)
    for piece, amount in zip(held, raw[1:], strict=True):
        piece.charge = amount * share
    return "portal_steps" if portal else "steps", late, nobody * share, held


def _limit_steps(story: Story, held: list[Piece], room: Fraction) -> Fraction:
    """Each one's limit; what of the whole is left, which is slack at the beginning."""
    step = next(p.step for p in held if p.step in story.limits)
    for piece in held:
        step = piece.step if piece.step in story.limits else step
        piece.step = step
    factor = (
        min(Fraction(1), room / sum(story.limits.values())) if any(story.limits.values()) else 1
    )
    for name, limit in story.limits.items():
        _hand_out([p for p in held if p.step == name], limit * Fraction(factor))
    return room - sum(limit * Fraction(factor) for limit in story.limits.values())


def _limit_told(story: Story, held: list[Piece], room: Fraction) -> Fraction:
    own: list[tuple[list[Piece], int]] = []
    open_: list[Piece] = []
    for piece in held:
        if piece.record is not None and piece.record.due is not None:
            free = Story(story.received, story.due, story.end, [], {})
            own.append(([piece], max(0, minutes(free, piece.start, piece.record.due))))
        elif piece.step not in story.limits:
            open_.append(piece)
    counted = {id(p) for pieces_, _ in own for p in pieces_} | {id(p) for p in open_}
    named = {p.step for p in held if p.record is not None} & set(story.limits)
    for name, limit in story.limits.items():
        sharing = [p for p in held if p.step == name and id(p) not in counted]
        if sharing or (named and name not in named):
            own.append((sharing, limit))
    whole = sum(limit for _, limit in own)
    factor = min(Fraction(1), room / whole) if whole else Fraction(1)
    for sharing, limit in own:
        _hand_out(sharing, limit * factor)
    left = room - whole * factor
    _hand_out(open_, left)
    return Fraction() if open_ else left


def _hand_out(sharing: list[Piece], limit: Fraction) -> None:
    """In the order in which they happened: what the first used is gone, the last has the rest."""
    for piece in sharing[:-1]:
        piece.limit = min(limit, Fraction(piece.used))
        limit -= piece.limit
    if sharing:
        sharing[-1].limit = limit
