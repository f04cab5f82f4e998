"""Whether an action fits what is true of an alert by now. Pure."""

from __future__ import annotations

from api.desk.asking import MOST_SNOOZE, QUIET, ActionError, ActionRequest
from api.desk.reasons import OTHER, REASONS
from dossiers.wire.actions import Action
from dossiers.wire.alerts import Alert

OPEN = ("raised", "acknowledged")
_OF_OPEN: frozenset[Action] = frozenset({"acknowledge", "snooze", "hand_over", "accept"})


def refuse_unfit(asked: ActionRequest) -> None:
    """Raises ActionError for a request that is wrong whatever the alert is."""
    if asked.reason and asked.reason not in REASONS:
        raise ActionError("reason")
    if asked.action == "explain" and not asked.reason:
        raise ActionError("reason")
    if asked.action == "snooze" and not 1 <= asked.hours <= MOST_SNOOZE:
        raise ActionError("hours")
    if asked.action == "hand_over" and not asked.to:
        raise ActionError("to")
    silent = not asked.text.strip()
    if silent and (asked.action == "apologise" or asked.reason == OTHER):
        raise ActionError("text_missing")


def is_done(alert: Alert, asked: ActionRequest, person: str) -> bool:
    """Whether it is so already, by the same person: a second tap."""
    if alert.transition != "acknowledged" or alert.taken_by != person:
        return False
    if asked.action == "hand_over":
        return alert.offered_to == asked.to
    return asked.action in ("acknowledge", "accept") and asked.sequence < alert.sequence


def refuse_outdated(alert: Alert, moved: int, asked: ActionRequest, person: str) -> None:
    """Raises ActionError for what cannot be any more. ``alert``: its newest record; ``moved``: the
    sequence of its last one that changed whose it is, or whether it is open."""
    if alert.transition not in OPEN and asked.action in _OF_OPEN:
        raise ActionError("ended", alert)
    if asked.action == "acknowledge" and _is_taken(alert, person):
        raise ActionError("taken", alert)
    if asked.sequence < moved:
        raise ActionError("moved", alert)
    if asked.action == "hand_over" and alert.taken_by != person:
        raise ActionError("not_taken", alert)
    if asked.action == "accept" and alert.offered_to != person:
        raise ActionError("not_offered", alert)


def _is_taken(alert: Alert, person: str) -> bool:
    """Whether somebody deals with it, and ``person`` may not take it over: what the holder of the
    dossier does about it by themselves delays nothing, and stands in nobody's way."""
    by_holder = alert.dossier_id != "" and alert.taken_by == alert.officer != person
    return alert.transition == "acknowledged" and not by_holder


def fits(action: Action, alert: Alert, person: str) -> bool:
    """Whether there is a button for it."""
    try:
        refuse_outdated(alert, 0, ActionRequest(action, alert.sequence), person)
    except ActionError:
        return False
    return True


def is_quiet(alert: Alert) -> bool:
    """Whether its newest record changed neither who deals with it nor whether it is open."""
    return alert.moved or alert.action in QUIET
