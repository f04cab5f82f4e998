"""Events of one dossier that no office would ever send: any kind, at a few instants, recorded at
any time. Times in ms."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec

from tests.faults.installation import UNITS

HOUR = 3_600_000
SPAN = 300  # hours from the first instant to the last
_KINDS = {
    "received": 30, "submitted": 3, "suspended": 16, "resumed": 16, "finished": 8, "withdrawn": 3,
    "refused": 3, "due_set": 16, "voided": 2, "progressed": 4, "reopened": 6,
}  # fmt: skip
_LIMITS = {"hours": 40, "working_days": 6, "days": 9, "months": 1}


def any_life(rng: Random, dossier: str, begin: int) -> list[bytes]:
    """Records of topic dossier-events, no two with one id."""
    usual = _instant(rng, begin)  # a due time that is named again and again
    return [
        msgspec.json.encode(dict(_any_event(rng, dossier, number, begin, usual)))
        for number in range(rng.randint(2, 9))
    ]


def _any_event(
    rng: Random, dossier: str, number: int, begin: int, usual: int
) -> Iterator[tuple[str, Any]]:
    at = _instant(rng, begin)
    [kind] = rng.choices(list(_KINDS), list(_KINDS.values()))
    yield "kind", kind
    yield "event_id", f"{dossier}-{number}"
    yield "dossier_id", dossier
    yield "occurred_at", at
    yield "received_at", at + rng.choice((-1, 0, 0, rng.randint(0, 40), rng.randint(0, 99))) * HOUR
    yield "source", rng.choice("ab")
    yield "source_seq", rng.randint(0, 2)
    yield "unit", rng.choice(("", *UNITS[:5]))
    yield "officer", rng.choice(("", "O000", "O011"))
    if rng.random() < 0.08:
        yield "backfill", True
    due = rng.choice((usual, _instant(rng, begin), _instant(rng, begin)))
    if kind == "due_set" or (kind in ("received", "resumed") and rng.random() < 0.5):
        yield "due_at", due
    if kind == "due_set":
        yield "reason", rng.choice(("extension", "extension", "correction"))
    elif kind == "received" and rng.random() < 0.6:
        unit = rng.choice(tuple(_LIMITS))
        yield "limit", {"amount": rng.randint(1, _LIMITS[unit]), "unit": unit}
    elif kind == "suspended":
        yield "status", rng.choice((5, 6, 8))
    elif kind == "finished":
        yield "status", rng.choice((9, 9, 10))
    elif kind == "voided":
        yield "target", f"{dossier}-{rng.randint(0, 6)}"


def _instant(rng: Random, begin: int) -> int:
    """Often the same one, or just beside it."""
    return begin + rng.randint(0, SPAN) * HOUR + rng.choice((0, 0, 1, HOUR // 4))
