"""What somebody did about an alert, as an event, and as a dossier keeps it.

Actions are none of a dossier's facts: they change no verdict and no count.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated, Literal

import msgspec

from dossiers.text.ids import MAX_ID
from dossiers.wire.actions import Action, Capacity
from dossiers.wire.alerts import AlertKind
from dossiers.wire.dossier_event import DossierEvent, Instant, Int64

Person = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID)]
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{0,40}$(?!\n)")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")]  # SHA-256
Sequence = Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
Level = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]


class Acted(DossierEvent, frozen=True, kw_only=True, tag="acted"):
    """Somebody acted on an alert of the dossier or, if ``dossier_id`` is a scope (wire.keys), of a
    unit, an officer or a source. Made by the API alone, of source ``desk``: no sender's event.

    ``occurred_at``: data time as it was shown. ``alert_kind``, ``level``, ``cause`` name the alert;
    ``alert_id`` and ``sequence``: as it was shown, of which ``event_id`` is made. ``person``: an
    officer's id, else who signed in; ``capacity``: see wire.actions. ``until`` (ms): of a snooze.
    ``to``: to whom it is to be handed over. ``reason``: a code. ``text``: SHA-256 (hex) of a text.
    """

    action: Action
    alert_id: Person
    sequence: Sequence
    alert_kind: AlertKind
    level: Level
    cause: Instant
    person: Person
    capacity: Capacity
    until: Instant = 0
    to: Annotated[str, msgspec.Meta(max_length=MAX_ID)] = ""
    reason: Code = ""
    text: Digest = ""


class KeptAction(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One action as a dossier keeps it; times in ms. The first three fields are its place among the
    dossier's actions."""

    occurred_at: Instant
    source_seq: Int64
    event_id: Person
    received_at: Instant
    action: Action
    kind: AlertKind
    level: Level
    cause: Instant
    sequence: Sequence
    person: Person
    capacity: Capacity
    until: Instant = 0
    to: Annotated[str, msgspec.Meta(max_length=MAX_ID)] = ""
    reason: Code = ""
    text: Digest = ""


_values = attrgetter(
    *("alert_kind" if name == "kind" else name for name in KeptAction.__struct_fields__)
)
action_order = attrgetter("occurred_at", "source_seq", "event_id")


def kept_action(event: Acted) -> KeptAction:
    """The event as a dossier keeps it."""
    return KeptAction(*_values(event))


def misfit(event: Acted) -> Literal["until", "to", ""]:
    """The field that does not belong to the action, or that it lacks; "" if all is well."""
    if (event.action == "snooze") != (event.until > 0):
        return "until"
    return "to" if (event.action == "hand_over") != (event.to != "") else ""
