"""Tallies as topics partial-tallies and tallies have them: absolute vectors, with their version."""

from __future__ import annotations

from typing import Literal

import msgspec

from dossiers.wire.acted import KeptAction


class PartialTally(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The whole vector (dossiers.tallies.vector.FIELDS) of one scope in one source partition.

    Times in ms. ``sources``: of a clock, when the partition heard last of each source that must not
    fall silent, as far as the partition of partial-tallies that the clock goes to has its scope.
    """

    timeline: str
    scope: str
    partition: int
    epoch: int
    offset: int
    now: int
    vector: tuple[int, ...] = ()
    sources: dict[str, int] = {}


class ScopeDeed(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What somebody did about an alert of ``scope``, on its way from the log to whoever merges the
    scope. Taken into the scope's alerts, it is removed."""

    timeline: str
    scope: str
    action: KeptAction


class Backlog(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Where a unit or an officer stands against thresholds, or a source against its limit; rules in
    ``dossiers.tallies.backlog`` and ``dossiers.tallies.silence``.

    ``since``: data time (ms) since when it is over a threshold without an alert, or below all the
    lower ones with one; None if neither, and of a source. ``cause``, ``sequence``, ``status``: of
    its last alert; 0 before the first.
    """

    since: int | None = None
    cause: int = 0
    sequence: int = 0
    status: Literal["raised", "resolved"] = "resolved"


class ScopeDeeds(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What people did about the alert of a unit, an officer or a source that ``cause`` (ms) names,
    in order, and who deals with it: the last three as in AlertState."""

    cause: int
    actions: tuple[KeptAction, ...] = ()
    taken_by: str = ""
    taken_until: int = 0
    offered_to: str = ""


class Tally(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Merged: the sum over source partitions. ``versions[p]`` = (epoch, offset) of partition p.

    For CLOCK_SCOPE the vector is empty and ``now`` is the watermark: the minimum over source
    partitions, 0 until every partition has spoken. ``backlog``: of a unit or an officer that was
    ever over a threshold, the state from which the next owner of the partition goes on;
    ``deeds``: the same of what people do about its alert. A source has these alone, without a
    vector. Times in ms.
    """

    timeline: str
    scope: str
    now: int
    vector: tuple[int, ...] = ()
    versions: dict[str, tuple[int, int]] = {}
    backlog: Backlog | None = None
    deeds: ScopeDeeds | None = None
