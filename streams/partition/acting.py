"""What somebody did about an alert: judged, and kept with the dossier. No fact comes of it."""

from __future__ import annotations

from bisect import insort

from dossiers.admission.action_bound import TOO_MANY_ACTIONS, actions_exceeded
from dossiers.admission.reduced import named
from dossiers.fold.retention import ARCHIVED
from dossiers.wire.acted import Acted, action_order, kept_action
from dossiers.wire.keys import is_scope
from streams.partition.intake import Refusal
from streams.partition.settling import fire_due, settle_into
from streams.partition.state import PartitionState


def act(state: PartitionState, event: Acted) -> None:
    """Take an action; one that is known counts as a duplicate. Raises Refusal for one on a dossier
    that has no state, or has no room for it."""
    if is_scope(event.dossier_id):
        state.deeds.append(state.encoder.deed(event))
    else:
        _act_on_dossier(state, event)
    state.events += 1


def _act_on_dossier(state: PartitionState, event: Acted) -> None:
    dossier_id = event.dossier_id
    loaded = state.load(dossier_id) if dossier_id in state.dossiers else None
    if loaded is None:
        raise Refusal(
            ARCHIVED,
            f"dossier {named(dossier_id)} has no state: it has left the stream, or nothing was "
            "ever sent about it; run `dunghen dead-letters replay`, which brings it back first",
        )
    record, facts = loaded
    if any(known.event_id == event.event_id for known in record.actions):
        state.duplicates += 1
        return
    action = kept_action(event)
    if refused := actions_exceeded(record.actions, action):
        raise Refusal(TOO_MANY_ACTIONS, refused)
    record = fire_due(state, record, facts, event.occurred_at)
    actions = list(record.actions)
    insort(actions, action, key=action_order)
    as_of = max(state.now, event.occurred_at, record.as_of)
    settle_into(state, record, facts, record.course, as_of, actions=tuple(actions), action=action)
