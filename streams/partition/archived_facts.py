"""Validation of the facts and alerts in a ``restored`` event, which brings a dossier back.

They are held to the same bounds as the events that they were made of at first.
"""

from __future__ import annotations

from typing import get_args

import msgspec

from dossiers.text.ids import MAX_ID, is_id
from dossiers.time.day_table import EARLIEST, LATEST
from dossiers.wire.alerts import AlertKind, AlertState
from dossiers.wire.archived import ArchivedFact, unarchived
from dossiers.wire.events import DOSSIER_EVENTS
from dossiers.wire.facts import MAX_LIMIT

_KINDS = frozenset(str(kind.__struct_config__.tag) for kind in DOSSIER_EVENTS)
_ALERTS = frozenset(get_args(AlertKind))
_MOST = 2**63


def fact_fault(fact: ArchivedFact, most_text: int) -> str:
    """What is wrong with an archived fact, empty if nothing is. Never repeats what it says."""
    if not 0 < len(fact.event_id) <= MAX_ID or fact.kind not in _KINDS:
        return "an archived fact is none of a dossier"
    if (fact.kind == "snapshot") != (fact.shown is not None):
        return "an archived fact shows what its kind does not"
    texts = [fact.unit, fact.officer, fact.responsible, fact.step, fact.source, fact.madonvi]
    if fact.kind == "progressed":
        texts.append(fact.text)  # the officer's name
    if max(map(len, texts)) > most_text:
        return f"an archived fact has a text of more than {most_text} characters"
    times = [fact.occurred_at, fact.received_at]
    times += (at for at in (fact.due_at, fact.begin, fact.step_due) if at is not None)
    numbers = [fact.source_seq, fact.carried or 0, fact.status]
    if fact.shown is not None:
        for repeat in fact.shown.repeats:
            times += (repeat.occurred_at, repeat.received_at)
            numbers.append(repeat.source_seq)
    if min(times) < 0 or max(times) >= LATEST or not fact.occurred_at >= EARLIEST:
        return "an archived fact has a time that no calendar has"
    if not -_MOST <= min(numbers) <= max(numbers) < _MOST or not 0 <= fact.status <= 99:
        return "an archived fact has a number that nothing can have"
    if fact.limit is not None and not 0 <= fact.limit.amount <= MAX_LIMIT:
        return f"an archived fact has a limit that is not 0 to {MAX_LIMIT}"
    if fact.kind == "due_set" and (fact.due_at is None or fact.text not in _REASONS):
        return "an archived fact sets no due time, or for no known reason"
    if fact.kind == "reassigned" and not is_id(fact.text):
        return "an archived fact names no owner"
    try:
        unarchived(fact)
    except msgspec.ValidationError:
        return "an archived fact says what its kind does not"
    return ""


_REASONS = frozenset({"extension", "correction"})


def alert_fault(alert: AlertState) -> str:
    """What is wrong with an archived alert, empty if nothing is."""
    if alert.kind not in _ALERTS:
        return "an archived alert is of no known kind"
    longest = max(len(alert.taken_by), len(alert.offered_to))
    if longest > MAX_ID or not 0 <= alert.taken_until < LATEST:
        return "an archived alert is dealt with by nobody"
    if not (0 <= alert.cause < LATEST and 0 < alert.sequence < 2**53 and 0 <= alert.level < 2**31):
        return "an archived alert has a number that nothing can have"
    return ""
