"""What somebody does about an alert, as the API would write it into the log. Times in ms."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.faults.installation import OFFICERS_OF, UNITS

_MINUTE, _HOUR = 60_000, 3_600_000
_PEOPLE = OFFICERS_OF[UNITS[0]]
_ALERTS = (
    ("overdue", 0), ("overdue", 0), ("escalation", 1), ("escalation", 2), ("escalation", 3),
    ("due_soon", 4),
)  # fmt: skip
_ACTIONS = ("acknowledge", "acknowledge", "hand_over", "accept", "snooze")
_CAPACITIES = ("receiver", "receiver", "holder", "above")


def any_deed(rng: Random, dossier: str, number: int, due: int, now: int) -> dict[str, Any]:
    """The ``number``-th about an alert of a dossier that was due at ``due``, whether there is such
    an alert or not. Some come to our ears a day late."""
    kind, level = rng.choice(_ALERTS)
    action = rng.choice(_ACTIONS)
    at = now - rng.choice((0, rng.randrange(_MINUTE), rng.randrange(30 * _HOUR)))
    person, other = rng.sample(_PEOPLE, 2)
    return {
        "kind": "acted", "event_id": f"{dossier}-a{number}", "dossier_id": dossier,
        "occurred_at": at, "received_at": now, "source": "desk", "source_seq": number,
        "action": action, "alert_id": f"A-{dossier}", "sequence": number, "alert_kind": kind,
        "level": level, "cause": due, "person": person, "capacity": rng.choice(_CAPACITIES),
        **({"until": at + _HOUR} if action == "snooze" else {}),
        **({"to": other} if action == "hand_over" else {}),
    }  # fmt: skip
