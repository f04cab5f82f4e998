"""A dossier's life as one bar: in working time, with its due time and what is still to be done."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.dossiers.amounts import Written
from api.pages.dossiers.story import DossierStory

_LEAST = 0.4  # percent: a piece that is narrower is not seen


@dataclass(frozen=True)
class BarPiece:
    """``kind``: within, over (after the due time), stopped, ahead (what steps still need). ``x``,
    ``width``: percent."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True)
class LifeBar:
    """``cuts``: where it changed hands; ``due``: where the due time is, ``due_text`` when.
    ``anchor``: to which side of it that is written. ``used``: what the present step took;
    ``ahead``: what the steps after it need."""

    pieces: tuple[BarPiece, ...]
    cuts: tuple[float, ...]
    due: float | None
    due_text: str
    anchor: str
    used: str
    ahead: str


def life_bar(story: DossierStory, say: Written) -> LifeBar | None:
    """None before the reception."""
    case, start = story.case, story.case.course.received_at
    if start is None or not case.holdings:
        return None
    calendar, due = case.calendar, case.course.due_at
    needed = _needed(story)
    spent = calendar.between(start, case.end)
    allowed = 0 if due is None else calendar.between(start, due)
    whole = max(1, spent + needed, allowed)

    def place(at: int) -> float:
        return round(100.0 * calendar.between(start, max(start, at)) / whole, 2)

    pieces = []
    turn = case.end if due is None else min(case.end, due)
    pieces.append(BarPiece("within", 0.0, place(turn)))
    if due is not None and due < case.end:
        pieces.append(BarPiece("over", place(due), place(case.end) - place(due)))
    for stop in case.stops:
        pieces.append(BarPiece("stopped", place(stop.start), place(stop.end) - place(stop.start)))
    if needed:
        pieces.append(BarPiece("ahead", place(case.end), round(100.0 * needed / whole, 2)))
    at = None if due is None else place(due)
    return LifeBar(
        pieces=tuple(piece for piece in pieces if piece.width >= _LEAST),
        cuts=tuple(place(h.start) for h in case.holdings if _LEAST < place(h.start) < 100.0),
        due=at,
        due_text="" if due is None else say.words("inbox_bar_due", at=say.short(due)),
        anchor="middle" if at is None or 25 < at < 75 else "start" if at <= 25 else "end",
        used=_used(story, say),
        ahead=say.words("inbox_bar_ahead", amount=say.amount(needed)) if needed else "",
    )


def _needed(story: DossierStory) -> int:
    """Of the steps after the present one, working ms."""
    if story.outlook is None:
        return 0
    return sum(step.limit for step in story.outlook.steps if not step.present)


def _used(story: DossierStory, say: Written) -> str:
    """What the present holder's step has taken, beside its limit."""
    found = story.case.attribution
    if found is None or not found.parts or story.case.course.finished_at is not None:
        return ""
    part = found.parts[-1]
    step = story.names.step(part.holding.step) if part.holding.step else say.words("step_unnamed")
    key = "inbox_bar_used" if part.limit is None else "inbox_bar_used_of"
    limit = "" if part.limit is None else say.amount(part.limit)
    return say.words(key, step=step, used=say.amount(part.used), limit=limit)
