"""Validation of what people do about alerts: its source and its ids are nobody else's."""

from __future__ import annotations

from dossiers.text.ids import is_id
from dossiers.wire.acted import Acted, misfit
from dossiers.wire.actions import DESK
from dossiers.wire.events import AnyDossierEvent

Fault = tuple[str, str]  # the reason of a dead letter, and a sentence


def desk_fault(event: AnyDossierEvent) -> Fault | None:
    """What is wrong with an event of source ``desk``, or of the id of a scope; None if nothing."""
    if isinstance(event, Acted):
        return _action_fault(event)
    if event.source == DESK:
        return "malformed", f"source {DESK} is kept for what people do about alerts"
    return "bad_id", "dossier_id begins as that of a unit, an officer or a source"


def _action_fault(event: Acted) -> Fault | None:
    if event.source != DESK or event.madonvi or event.backfill:
        return "malformed", f"an action is of source {DESK}, and sent for nobody else"
    if field := misfit(event):
        return "malformed", f"{field} does not fit the action: see the wire format"
    if not is_id(event.person) or (event.to and not is_id(event.to)):
        return "bad_id", "person or to is not in its identity form"
    return None
