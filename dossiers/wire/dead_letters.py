"""Topic dead-letters: what could not be taken, and what was decided on that."""

from __future__ import annotations

import msgspec

REPLAYED = "replayed"
DROPPED = "dropped"
MARKS = frozenset({REPLAYED, DROPPED})


class DeadLetter(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A record that could not be taken, with the reason in words and where it came from.

    ``reason``: a short code; ``detail``: what was wrong, where, and what to do. ``payload`` is cut
    at 4 kB and has no personal data. ``partition``, ``offset``: -1 if it never reached Kafka.
    Reasons REPLAYED and DROPPED are marks, which decide on another dead letter and are none.
    REPLAYED: the record at this place was sent again. DROPPED: the dead letter at this place of
    topic dead-letters is settled without it, ``detail`` says why and ``source`` by which way.
    Times in ms.
    """

    timeline: str
    reason: str
    detail: str
    source: str
    topic: str
    partition: int
    offset: int
    detected_at: int
    key: str = ""
    payload: str = ""
