"""What somebody asks to do about an alert, and the ways in which it is not done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from dossiers.text.personal import PersonalMark
from dossiers.wire.actions import Action
from dossiers.wire.alerts import Alert

ACTIONS: tuple[Action, ...] = get_args(Action)
# Of these a later record does not mean that the alert moved on.
QUIET: frozenset[Action] = frozenset({"snooze", "explain", "apologise", "ask"})
MOST_SNOOZE = 40  # working hours
MOST_TOGETHER = 200  # alerts acknowledged at once
MOST_SEQUENCE = 2**53 - 1
MOST_TYPED = 4_000  # characters of a text as it comes; what is kept is shorter
ALERT_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

ErrorCode = Literal[
    "closed", "gone", "not_yours", "often", "moved", "taken", "ended", "not_taken", "not_offered",
    "reason", "hours", "to", "text_missing", "text_long", "text_unprintable", "text_personal",
    "away", "disk", "unarchived",
]  # fmt: skip
_SENTENCES: Mapping[str, tuple[int, str]] = {
    "closed": (409, "Nobody acts on alerts of this timeline."),
    "gone": (404, "There is no such alert."),
    "not_yours": (403, "This is not yours to do about this alert."),
    "often": (429, "Too many actions at a time: go on after Retry-After seconds."),
    "moved": (409, "The alert has moved on since you saw it: see `now`."),
    "taken": (409, "Somebody has acknowledged it: see `now`."),
    "ended": (409, "The alert has ended: see `now`."),
    "not_taken": (409, "Only who has acknowledged it may hand it over: see `now`."),
    "not_offered": (409, "It was not offered to you, or is no more: see `now`."),
    "reason": (422, "reason: choose one of the reasons."),
    "hours": (422, f"hours: for how long to be silent, 1 to {MOST_SNOOZE} working hours."),
    "to": (422, "to: an officer within what you see, other than yourself."),
    "text_missing": (422, "text: say it in words."),
    "disk": (503, "The text cannot be kept now: nothing was done. Try again."),
}


@dataclass(frozen=True)
class ActionRequest:
    """``sequence``: of the alert as it was shown. ``hours``: working hours of a snooze. ``to``: to
    whom it is handed over. ``reason``: one of api.desk.reasons. ``text``: as it was typed."""

    action: Action
    sequence: int
    reason: str = ""
    text: str = ""
    hours: int = 0
    to: str = ""


class ActionError(Exception):
    """Something that is not done. ``status``: of HTTP. ``now``: the alert as it is, if that is why.
    ``marks``: what of a text was personal. ``retry_after`` (s): 0 if it makes no sense."""

    def __init__(
        self,
        code: ErrorCode,
        now: Alert | None = None,
        *,
        detail: str = "",
        status: int = 0,
        marks: tuple[PersonalMark, ...] = (),
        retry_after: int = 0,
    ) -> None:
        known_status, sentence = _SENTENCES.get(code, (422, ""))
        super().__init__(detail or sentence)
        self.code = code
        self.status = status or known_status
        self.now = now
        self.marks = marks
        self.retry_after = retry_after


@dataclass(frozen=True)
class Outcome:
    """What was done. ``how``: "done" (in Kafka), "stored" (on this machine's disk, not sent yet),
    "already" (it was so before). ``at``: data time (ms) at which it counts. ``until`` (ms): of a
    snooze."""

    how: Literal["done", "stored", "already"]
    alert: Alert
    event_id: str
    at: int
    until: int = 0


def state_of(alert: Alert) -> dict[str, Any]:
    """What is true of an alert now, for who was told otherwise."""
    return {
        "status": alert.transition,
        "sequence": alert.sequence,
        "taken_by": alert.taken_by,
        "taken_until": alert.taken_until,
        "offered_to": alert.offered_to,
    }
