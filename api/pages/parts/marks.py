"""Tones, shapes and small signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# soon: due soon. late: late or under the target. fresh: live or checked. Nothing else is coloured.
Tone = Literal["neutral", "soon", "late", "fresh"]
# A shape repeats what a colour says.
Shape = Literal[
    "",
    "overdue",  # triangle up
    "escalation",  # two of them
    "owed",  # hollow triangle: something owed, or a part that failed
    "soon",  # diamond
    "under",  # triangle down, solid: far under the target
    "below",  # the same, hollow: a little under it
    "reception",  # hourglass: late reception
    "step",  # stairs: a step's limit is over
    "waiting",  # pause disc: the clock is stopped
    "repeated",  # loop: a further supplement
    "rewritten",  # pencil
    "silent",  # slashed ring: a source that says nothing
    "backlog",  # stack
    "done",  # tick
    "lost",  # cross
    "locked",
    "ring",  # nothing is decided yet
    "new",  # plus
]


@dataclass(frozen=True)
class LiveBinding:
    """What keeps a number on the page live: a field of a scope of the feed. ``scope``: "unit:ID",
    "officer:ID" or "all"; ``field``: of the tally, or "on_time_rate"."""

    scope: str
    field: str


@dataclass(frozen=True)
class Link:
    """A text that leads somewhere on this server."""

    text: str
    href: str
    title: str = ""


@dataclass(frozen=True)
class Badge:
    """A word in a frame or a count in a lozenge."""

    text: str
    tone: Tone = "neutral"
    shape: Shape = ""
