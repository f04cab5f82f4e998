"""Where a snapshot says that a dossier stands, by its status and its dates."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal, get_args

from dossiers.wire.course import Ending
from dossiers.wire.facts import Content

Phase = Ending | Literal["new", "running", "stopped", "unclear"]
NEW: Final = "new"
RUNNING: Final = "running"
STOPPED: Final = "stopped"
UNCLEAR: Final = "unclear"
ENDS: frozenset[str] = frozenset(get_args(Ending))
_PHASES: dict[int, Phase] = {
    1: NEW,
    2: RUNNING,
    3: "refused",
    4: RUNNING,
    5: STOPPED,
    6: STOPPED,
    7: "withdrawn",
    8: STOPPED,
    9: "finished",
    10: "finished",
}


def phase_of(content: Content, closed: Collection[str], has_ended: bool) -> Phase:
    """By the status; if it cannot be read, by the dates.

    5, 6 and 8 may arrive as 9: without any date of the end, and with a supplement that nobody has
    answered, it is taken as 5. ``closed``: supplements that the status has ended already.
    """
    dated = content.finished_at is not None or content.returned_at is not None
    phase = _PHASES.get(content.status or 0)
    if phase is None:
        if dated:
            return "finished"
        return "refused" if content.refused_at is not None else UNCLEAR
    if content.status == 9 and not dated and not has_ended:
        waiting = (s.id for s in content.supplements if s.answered_at is None)
        if any(id_ not in closed for id_ in waiting):
            return STOPPED
    return phase


def ending_of(phase: Phase) -> Ending | None:
    """How it has ended; None if it has not."""
    if phase == "finished" or phase == "withdrawn" or phase == "refused":  # noqa: PLR1714 (for mypy)
        return phase
    return None


def end_of(phase: Phase, content: Content, sent_at: int) -> int:
    """When it ended (ms), if it did: the date that says so, or else when that was sent."""
    dates = [content.finished_at]
    if phase == "finished":
        dates.append(content.returned_at)
    elif phase == "refused":
        dates.insert(0, content.refused_at)
    return next((at for at in dates if at is not None), sent_at)


def first_instant(content: Content, sent_at: int) -> int:
    """The earliest instant (ms) of which the snapshot tells."""
    known = (content.submitted_at, content.accepted_at, content.refused_at, content.finished_at,
             content.returned_at, *(s.requested_at for s in content.supplements))  # fmt: skip
    return min((at for at in known if at is not None), default=sent_at)
