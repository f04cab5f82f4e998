"""Traits of a dossier: judged like every event, and handed on. Nothing is folded."""

from __future__ import annotations

import msgspec

from dossiers.fold.settle import empty_state
from dossiers.wire.events import Described
from streams.partition.admission import authorized
from streams.partition.state import PartitionState


def hand_on(state: PartitionState, event: Described) -> None:
    """Into topic ``traits``, if its sender may act on the dossier; raises Refusal if not.

    The dossier may be unknown yet, or have left: no state is made, so none is too old.
    """
    if event.madonvi:
        _authorize(state, event)
    state.events += 1
    state.outputs.append(state.encoder.traits(event, state.next_offset - 1))


def _authorize(state: PartitionState, event: Described) -> None:
    dossier_id = event.dossier_id
    loaded = state.load(dossier_id) if dossier_id in state.dossiers else None
    if loaded is None:
        owned = state.departed.get(dossier_id) if state.departed else None
        empty = empty_state(state.timeline, dossier_id)
        loaded = msgspec.structs.replace(empty, owned=owned), []
    authorized(*loaded, event, state.versions.current)
