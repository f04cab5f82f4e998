"""How long a closed dossier stays in the stream, and how one that has left comes back.

With ``Rules.tombstones`` on, a closed dossier (finished, refused, withdrawn) is dropped once the
retention has passed since the last thing that happened to it: long enough for every rolling window,
and long enough that each of its events, sent once more, is older than the retention. Such an event
is not taken for a new dossier; it is put aside as ``archived``. All-time totals are ClickHouse's.
"""

from __future__ import annotations

from bisect import insort

import msgspec

from dossiers.wire.alerts import AlertState
from dossiers.wire.archived import unarchived
from dossiers.wire.events import AnyDossierEvent, Restored
from dossiers.wire.facts import Fact
from dossiers.wire.order import fact_order, identity_of
from dossiers.wire.records import DossierRecord

ARCHIVED = "archived"  # reason of the dead letter


def expires_at(last: int, retention: int) -> int:
    """The instant at which a closed dossier is dropped. ``last``: of its facts, the latest."""
    return last + retention + 1


def is_archived(event: AnyDossierEvent, now: int, retention: int) -> bool:
    """Whether an event of a dossier without a state belongs to one that must have been dropped.

    What the sender says about the dossier's reception decides, else the event's own time. An event
    marked as backfill, and one that restores a dossier, are never too old. ``now``: ms.
    """
    if event.backfill or isinstance(event, Restored):
        return False
    known = event.dossier_received_at
    return (event.occurred_at if known is None else known) < now - retention


def unknown_facts(facts: list[Fact], event: Restored) -> list[Fact]:
    """What ``facts`` (those of a state) lacks of the archived ones, each once."""
    known = {identity_of(fact) for fact in facts}
    found: list[Fact] = []
    for archived in event.facts:
        if identity_of(archived) not in known:
            known.add(identity_of(archived))
            found.append(unarchived(archived))
    return found


def restore_into(record: DossierRecord, facts: list[Fact], event: Restored) -> DossierRecord:
    """Add the archived facts that ``facts`` (in order) lacks, and what had been announced."""
    for fact in unknown_facts(facts, event):
        insort(facts, fact, key=fact_order)
    newest: dict[tuple[str, int, int], AlertState] = {}
    for state in (*record.alerts, *event.alerts):
        key = (state.kind, state.level, state.cause)
        if key not in newest or state.sequence > newest[key].sequence:
            newest[key] = state
    return msgspec.structs.replace(record, alerts=tuple(newest.values()))
