"""How much one dossier may keep, so that no sender can make a state that stops its partition.

The last places are kept for what a dossier must not lose once it is full: its end, the clock that
runs again, a new due time, and what is taken back. Half of them are its owners' alone: whoever acts
by another right cannot keep them from ending it. An operator who says whose it is needs no place.
"""

from __future__ import annotations

from typing import NamedTuple

from dossiers.admission.action_bound import MOST_ACTION_BYTES
from dossiers.portal.phases import ENDS, phase_of
from dossiers.wire.events import (
    AnyDossierEvent,
    DueSet,
    Finished,
    Reassigned,
    Refused,
    Reopened,
    Restored,
    Resumed,
    Snapshot,
    Voided,
    Withdrawn,
)
from dossiers.wire.records import DossierRecord

TOO_MANY_FACTS = "too_many_facts"  # reason of the dead letter
KEPT_FACTS = 50
KEPT_BYTES = 64 * 1024
# A state holds its facts, what follows from them (steps, rewrites: never longer than they are) and
# its alerts. This much of both leaves room in the 8 MB that the broker takes.
MOST_STATE = 7 * 1024 * 1024
ALERT_BYTES = 96  # of one alert that a dossier remembers, unless somebody deals with it
# Of a dossier that comes back; real ones have less than one. Others never grow so many: what makes
# an alert is a fact.
_ALERTS_A_FACT = 4
_FEW = 2_000  # facts whose alerts cannot fill a state
_KEPT_FOR = (Finished, Withdrawn, Refused, Resumed, Reopened, DueSet, Voided)


class Bound(NamedTuple):
    """Of one dossier: the largest number of facts, and their size (bytes, as JSON)."""

    facts: int = 1_000
    fact_bytes: int = 512 * 1024

    @property
    def restored_bytes(self) -> int:
        """The longest record that brings a dossier back: all its facts, and its alerts."""
        alerts = _ALERTS_A_FACT * ALERT_BYTES * self.facts
        return self.fact_bytes + alerts + MOST_ACTION_BYTES + KEPT_BYTES

    def has_room(self, record: DossierRecord, size: int) -> bool:
        """Whether there is room for any event of this size: almost always, and cheap to tell."""
        number, known = record.facts.count, record.facts.size
        return (
            number < _FEW
            and number < self.facts - KEPT_FACTS
            and known < MOST_STATE >> 3
            and known + size <= self.fact_bytes - KEPT_BYTES
        )

    def exceeded(
        self, record: DossierRecord, event: AnyDossierEvent, size: int, count: int = 1
    ) -> str:
        """Why ``event`` cannot be added to ``record``, in a sentence; empty if it can.

        ``size``, ``count``: of what it adds to the facts, in bytes with the comma before each. A
        ``count`` of 0 asks whether there is room for the place of a snapshot that repeats one.
        ``record`` must know its own (``facts.count``, ``facts.size``).
        """
        facts, fact_bytes = record.facts.count + count, record.facts.size + size
        alerts = len(record.alerts)
        if isinstance(event, Restored):
            alerts += len(event.alerts)
            if alerts > _ALERTS_A_FACT * self.facts:
                return (
                    f"the dossier comes back with {alerts} alerts, and at most "
                    f"{_ALERTS_A_FACT} times limits.facts ({self.facts}) are taken"
                )
        if 2 * fact_bytes + ALERT_BYTES * alerts > MOST_STATE:
            return (
                f"the dossier has {record.facts.count} events, "
                f"{record.facts.size} bytes and {len(record.alerts)} alerts: its state would "
                "outgrow what Kafka takes, so it takes no more"
            )
        if facts <= self.facts - KEPT_FACTS and fact_bytes <= self.fact_bytes - KEPT_BYTES:
            return ""  # almost always, and nobody asks what the event is
        if isinstance(event, Reassigned):
            return ""  # else whoever filled it up would be its owner for good
        kept = is_kept_for(event)
        places, room = (0, 0) if kept else (KEPT_FACTS, KEPT_BYTES)
        if kept and _is_strange(record, event.madonvi):
            places, room = KEPT_FACTS // 2, KEPT_BYTES // 2
        most, most_bytes = self.facts - places, self.fact_bytes - room
        if (count == 0 or facts <= most) and fact_bytes <= most_bytes:
            return ""
        rest = "" if kept else (
            f" ({KEPT_FACTS} events and {KEPT_BYTES} bytes of it are kept for ends, resumptions, "
            "new due times and corrections)"
        )  # fmt: skip
        return (
            f"the dossier has {record.facts.count} events in "
            f"{record.facts.size} bytes, and limits.facts is {self.facts}, limits.fact_bytes "
            f"{self.fact_bytes}{rest}; find out why its sender sends so much, or raise the limit "
            "in the settings, restart the worker and run `dunghen dead-letters replay --reason "
            f"{TOO_MANY_FACTS}`"
        )


DEFAULT_BOUND = Bound()


def _is_strange(record: DossierRecord, madonvi: str) -> bool:
    """Whether it acts on a dossier that is known to be another's."""
    owned = record.owned
    return bool(madonvi and owned is not None and owned.owners and madonvi not in owned.owners)


def is_kept_for(event: AnyDossierEvent) -> bool:
    """Whether the last places are for this event. One that brings a dossier back has been judged
    before: all of them are for it."""
    if isinstance(event, Snapshot):
        return phase_of(event.content, (), False) in ENDS
    return isinstance(event, (*_KEPT_FOR, Restored))
