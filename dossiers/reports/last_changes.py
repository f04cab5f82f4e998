"""When a dossier's clock ran again, and when its due time was put off: what a head of unit wants to
know of a night (api.pages.home)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dossiers.wire.facts import DueSetFact, Fact, ResumedFact, SnapshotFact, VoidedFact

_STOPPED = (5, 6, 8)  # status codes of the national portal: to be completed, to be paid, halted
_GOES_ON = (2, 4)  # accepted, being processed


class LastChanges(NamedTuple):
    """The last time of each (ms), None if it never happened. ``resumed_at``: the clock ran again,
    as an event says or a snapshot shows. ``extended_at``: a new due time with that reason."""

    resumed_at: int | None
    extended_at: int | None


def last_changes(facts: Sequence[Fact]) -> LastChanges:
    """Of ``facts`` in order; those taken back do not count."""
    voided = {fact.target for fact in facts if isinstance(fact, VoidedFact)}
    resumed = extended = None
    before = 0
    for fact in facts:
        if fact.event_id in voided:
            continue
        if isinstance(fact, SnapshotFact):
            status = fact.content.status or before
            if before in _STOPPED and status in _GOES_ON:
                resumed = fact.occurred_at
            before = status
        elif isinstance(fact, ResumedFact):
            resumed = fact.occurred_at
        elif isinstance(fact, DueSetFact) and fact.reason == "extension":
            extended = fact.occurred_at
    return LastChanges(resumed, extended)
