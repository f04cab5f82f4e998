"""What a timeline is, as topic ``reference`` says it (dossiers.wire.records)."""

from __future__ import annotations

from typing import Literal

import msgspec


class Activated(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Reference data ``hash`` counts from ``since`` (ms) on. ``loaded``: by hand, into a timeline
    that had other data from its settings."""

    since: int
    hash: str
    loaded: bool = False


class Timeline(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Made when the topics are. ``partitions`` is fixed for its life. ``source``: what it may hold,
    for a replay the hash of its mapping; a state folder holds one timeline. ``activations``: the
    reference data that counted or will, in the order of activation. ``key_check``: of the key of
    its hashes (dossiers.text.keyed); "" before it has one, and of a replay or simulation.
    ``format``: of what was made of the log, 1 if nothing says it. ``former``: ids of the
    timelines that were folded from this log before, the oldest first. ``refold``: how far a fold
    from the log's start is that has not come to its end; "" if none goes on. Times in ms."""

    id: str
    kind: Literal["live", "simulation", "replay"]
    partitions: int
    created_at: int
    source: str = ""
    label: str = ""
    activations: tuple[Activated, ...] = ()
    key_check: str = ""
    format: int = 1
    former: tuple[str, ...] = ()
    refold: Literal["", "emptying", "folding"] = ""
