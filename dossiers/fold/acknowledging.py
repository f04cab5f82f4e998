"""Who deals with one alert, by what was done about it.

Judged by time alone, so that any order of arrival comes to the same: the first acknowledgement
counts, in the order of actions, and nobody else's while it is in force; only that of the dossier's
own holder, which delays nothing, stands in nobody's way. Whoever has it may hand it over, and stays
the one who has it until the other accepts; that changes nothing of its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from dossiers.wire.acted import KeptAction


class Handling(NamedTuple):
    """After one action that had an effect: ``taken_by`` has the alert from ``since`` up to and
    without ``until`` (ms); ``offered_to``: who may accept it; "" and 0 if nobody has it. ``by``:
    the action. ``own``: it is the dossier's holder who has acknowledged it, and has it still."""

    by: KeptAction
    taken_by: str
    since: int
    until: int
    offered_to: str = ""
    own: bool = False


def handlings(
    actions: Sequence[KeptAction], since: int, end_of: Callable[[int], int]
) -> Iterator[Handling]:
    """What the ``actions`` on one alert (in order) came to, one after the other; none of those that
    had no effect. ``since`` (ms): when it was raised. ``end_of``: when an acknowledgement of an
    instant ends."""
    now: Handling | None = None
    for action in actions:
        at = action.occurred_at
        free = now is None or at >= now.until
        own = action.capacity == "holder"
        match action.action:
            case "acknowledge" if (free or (now and now.own and not own)) and at >= since:
                now = Handling(action, action.person, at, end_of(at), own=own)
                yield now
            case "hand_over" if now and not free and action.person == now.taken_by != action.to:
                now = now._replace(by=action, offered_to=action.to)
                yield now
            case "accept" if now and not free and action.person == now.offered_to:
                now = now._replace(by=action, taken_by=action.person, offered_to="", own=False)
                yield now


def is_told(action: KeptAction) -> bool:
    """Whether an action is told as long as its alert is known, whatever state that has: it changes
    nothing of who deals with it."""
    return action.action in ("snooze", "explain", "apologise", "ask")
