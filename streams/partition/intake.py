"""Decoding and validation: one record becomes one event, or a Refusal with the reason.

A refused record becomes a dead letter (partition.dead_letters). A reason names the field and what
is wrong with it, never what it holds, and repeats no words of a library, which might.
"""

from __future__ import annotations

import re

import msgspec

from dossiers.admission.action_bound import MOST_ACTIONS
from dossiers.admission.bounds import DEFAULT_BOUND, Bound
from dossiers.admission.reduced import named
from dossiers.fold.retention import ARCHIVED, is_archived
from dossiers.reference.context import Context
from dossiers.text.ids import MAX_ID, IdFault, checked_id, is_id
from dossiers.time.day_table import EARLIEST, FIRST_YEAR, LAST_YEAR, LATEST
from dossiers.time.hours import DAY
from dossiers.wire.acted import Acted
from dossiers.wire.actions import DESK
from dossiers.wire.events import (
    Activate,
    AnyDossierEvent,
    AnyEvent,
    DueSet,
    Progressed,
    Reassigned,
    Received,
    Restored,
    Resumed,
    Snapshot,
    Tick,
    Voided,
    decode_event,
)
from dossiers.wire.facts import MAX_LIMIT, Content
from dossiers.wire.keys import is_scope
from streams.partition.archived_facts import alert_fault, fact_fault
from streams.partition.desk import desk_fault

MAX_VALUE = 65_536  # bytes of one event; a real one has about 300
_RESTORED = b'{"kind":"restored",'  # what a record begins with that may be longer
MAX_TEXT = 1_000
MAX_SUPPLEMENTS = 100
_PATH = re.compile(r"at `(\$(?:\.[a-z_]+|\[[0-9]+\]|\[\.\.\.\])*)`$")
_CONTENT_TIMES = (
    "submitted_at", "accepted_at", "due_at", "finished_at", "returned_at", "refused_at",
)  # fmt: skip
_SUPPLEMENT_TIMES = ("requested_at", "answered_at", "due_before", "due_after")
# Looked up by type: asking isinstance of each would take longer than all of _check.
_WITH_OWN_FIELDS = frozenset([Received, Resumed, DueSet, Restored, Reassigned, Snapshot, Voided])


class Refusal(Exception):
    """A record that cannot be taken: ``reason`` is a short code, the text a sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def read_event(
    key: bytes | None, value: bytes | None, now: int, bound: Bound = DEFAULT_BOUND
) -> AnyEvent:
    """The event in a record of topic dossier-events; raises Refusal if there is none.

    ``now`` (ms, 0 = unknown): the partition's. An event more than a day ahead of it is refused,
    since it would fire deadlines that have not passed. ``bound``: of a dossier; a ``restored``
    event may be as long as all that one may keep.
    """
    if value is None:
        raise Refusal("empty", "the record has no value; send an event as JSON")
    if len(value) > MAX_VALUE:
        most = bound.restored_bytes if value.startswith(_RESTORED) else MAX_VALUE
        if len(value) > most:
            raise Refusal(
                "too_large", f"the record has {len(value)} bytes, at most {most} are taken"
            )
    try:
        event = decode_event(value)
    except msgspec.ValidationError as error:
        raise Refusal("malformed", f"not an event of the wire format{_place(error)}") from None
    except msgspec.DecodeError:
        raise Refusal("not_json", "not valid JSON in UTF-8") from None
    if len(value) > MAX_TEXT and isinstance(event, Progressed):
        _check_length("officer_name", event.officer_name)
    if type(event) is Tick:
        _check_time("now", event.now)
    elif type(event) is not Activate:
        _check(event, key, now)  # type: ignore[arg-type]
    return event


def _place(error: msgspec.ValidationError) -> str:
    """The path to the field, by the names of the wire format; its value may be anything."""
    found = _PATH.search(str(error))
    return f": look at {found[1]}" if found else ""


def _check(event: AnyDossierEvent, key: bytes | None, now: int) -> None:
    """Written out without loops: it runs for every event."""
    dossier_id, event_id, at = event.dossier_id, event.event_id, event.occurred_at
    both = dossier_id + event_id
    plain = both.isascii() and both.isprintable() and " " not in both and len(both) <= MAX_ID
    if not (plain and dossier_id and event_id):
        _check_ids(dossier_id, event_id)
    if event.source == DESK or type(event) is Acted or (":" in dossier_id and is_scope(dossier_id)):
        _check_desk(event)
    if key != dossier_id.encode():
        raise Refusal("key_mismatch", "the record's key must be the dossier_id, as UTF-8")
    if (
        len(event.unit) + len(event.officer) + len(event.responsible)
        + len(event.step) + len(event.source) + len(event.madonvi) > MAX_TEXT
    ):  # fmt: skip
        _check_lengths(event)
    _check_time("occurred_at", at)
    if event.dossier_received_at is not None:
        _check_time("dossier_received_at", event.dossier_received_at)
    if now and at > now + DAY:
        raise Refusal(
            "from_the_future",
            f"occurred_at is more than a day after now ({now}); check the sender's clock and time "
            "zone",
        )
    if type(event) in _WITH_OWN_FIELDS:
        _check_own_fields(event)  # type: ignore[arg-type]


def _check_desk(event: AnyDossierEvent) -> None:
    if fault := desk_fault(event):
        raise Refusal(*fault)


def _check_ids(dossier_id: str, event_id: str) -> None:
    if not is_id(dossier_id):
        raise _bad_id("dossier_id", dossier_id)
    if not is_id(event_id):
        raise _bad_id("event_id", event_id)


def _check_own_fields(
    event: Received | Resumed | DueSet | Restored | Reassigned | Snapshot | Voided,
) -> None:
    if isinstance(event, Voided):
        if not is_id(event.target):
            raise _bad_id("target", event.target)
        return
    if isinstance(event, Snapshot):
        _check_content(event.content)
        return
    if isinstance(event, Restored):
        for fact in event.facts:
            if why := fact_fault(fact, MAX_TEXT):
                raise Refusal("bad_fact", why)
            if fact.shown is not None:
                _check_content(fact.shown.content)
        for alert in event.alerts:
            if why := alert_fault(alert):
                raise Refusal("bad_fact", why)
        if len(event.actions) > MOST_ACTIONS:
            raise Refusal("bad_fact", f"at most {MOST_ACTIONS} actions come back with a dossier")
        return
    if isinstance(event, Reassigned):
        if not is_id(event.owner):
            raise _bad_id("owner", event.owner)
        return
    if event.due_at is not None:
        _check_time("due_at", event.due_at)
    limit = event.limit if isinstance(event, Received) else None
    if limit is not None and not 0 <= limit.amount <= MAX_LIMIT:
        raise Refusal("bad_limit", f"limit.amount must be 0 to {MAX_LIMIT}")


def unfoldable(error: Exception) -> Refusal:
    """The refusal of a valid event on which the fold has failed with ``error``."""
    return Refusal(
        "unfoldable",
        f"the event could not be folded ({type(error).__name__}); that is a defect of this "
        "version: report it, and replay the event after an upgrade",
    )


def refuse_archived(event: AnyDossierEvent, now: int, context: Context) -> None:
    """Raise Refusal for an event of a dossier without a state that must have been dropped before.

    ``now`` (ms): the partition's. Nothing is refused if closed dossiers are kept.
    """
    if context.retention is not None and is_archived(event, now, context.retention):
        raise Refusal(
            ARCHIVED,
            f"dossier {named(event.dossier_id)} has no state and is older than "
            f"{context.rules.retention_days} days; run `dunghen dead-letters replay` to take it "
            "all the same; a sender marks old events that it means to send with backfill = true",
        )


def _check_content(content: Content) -> None:
    if content.status is not None and not 1 <= content.status <= 10:
        raise Refusal("malformed", "content.status must be 1 to 10")
    if not 0 <= content.channel <= 99:
        raise Refusal("malformed", "content.channel must be 0 to 99")
    if len(content.supplements) > MAX_SUPPLEMENTS:
        raise Refusal("too_large", f"content.supplements has more than {MAX_SUPPLEMENTS} entries")
    for name in _CONTENT_TIMES:
        at = getattr(content, name)
        if at is not None:
            _check_time(f"content.{name}", at)
    for supplement in content.supplements:
        if not 0 < len(supplement.id) <= MAX_ID:
            raise _bad_id("content.supplements.id", supplement.id)
        for name in _SUPPLEMENT_TIMES:
            at = getattr(supplement, name)
            if at is not None:
                _check_time(f"content.supplements.{name}", at)


def _bad_id(name: str, text: str) -> Refusal:
    try:
        checked_id(text)
    except IdFault as fault:
        return Refusal("bad_id", f"{name} {fault}")
    return Refusal(
        "bad_id",
        f"{name} is not in its identity form: it has blanks around it, invisible characters, or is "
        "not in NFC; whoever writes to the topic brings ids into that form first",
    )


def _check_lengths(event: AnyDossierEvent) -> None:
    for name in ("unit", "officer", "responsible", "step", "source", "madonvi"):
        _check_length(name, getattr(event, name))


def _check_length(name: str, text: str) -> None:
    if len(text) > MAX_TEXT:
        raise Refusal("too_large", f"{name} has more than {MAX_TEXT} characters")


def _check_time(name: str, at: int) -> None:
    if not EARLIEST <= at < LATEST:
        raise Refusal(
            "bad_time",
            f"{name} is outside the years {FIRST_YEAR} to {LAST_YEAR - 1}; times are UTC "
            "epoch milliseconds",
        )
