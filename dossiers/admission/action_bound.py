"""How many actions one dossier may keep, apart from its facts: nobody needs so many, and each is
looked at whenever the dossier changes."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dossiers.wire.acted import KeptAction, action_order

TOO_MANY_ACTIONS = "too_many_actions"  # reason of the dead letter
MOST_ACTIONS = 200
MOST_ACTION_BYTES = 64 * 1024  # as JSON


def actions_exceeded(known: tuple[KeptAction, ...], action: KeptAction) -> str:
    """Why ``action`` cannot be added to the ``known`` ones, in a sentence; empty if it can."""
    size = len(msgspec.json.encode((*known, action)))
    if len(known) < MOST_ACTIONS and size <= MOST_ACTION_BYTES:
        return ""
    return (
        f"the dossier has {len(known)} actions on its alerts; at most {MOST_ACTIONS}, in "
        f"{MOST_ACTION_BYTES} bytes together, are kept"
    )


def joined_actions(
    known: tuple[KeptAction, ...], archived: Iterable[KeptAction]
) -> tuple[KeptAction, ...]:
    """Both, each once, in order; of more than may be kept the latest."""
    found = {action.event_id: action for action in (*archived, *known)}
    joined = sorted(found.values(), key=action_order)[-MOST_ACTIONS:]
    while len(msgspec.json.encode(joined)) > MOST_ACTION_BYTES:
        del joined[0]
    return tuple(joined)
