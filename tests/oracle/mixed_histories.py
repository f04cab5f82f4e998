"""Hypothesis strategies: dossiers of which both a portal's snapshots and plain events tell."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st

from dossiers.wire.events import AnyDossierEvent, Snapshot, Voided
from tests.oracle.histories import plain_histories
from tests.oracle.portal_histories import portal_histories

_PORTAL = "portal:H29"
# A sender of events may come before the portal at one instant, after it, or be the portal itself.
_senders = st.sampled_from(["", "", _PORTAL, "z"])


@st.composite
def mixed_histories(draw: st.DrawFn) -> list[AnyDossierEvent]:
    """Plain events, some of which take snapshots back, and the snapshots of one or two portals."""
    second = draw(st.booleans())
    shown = [_shown(draw, event, second) for event in draw(portal_histories(most=5))]
    most = draw(st.integers(1, 6))
    told = [_told(draw, event) for event in draw(plain_histories(most=most))]
    return draw(st.permutations([*told, *shown]))


def _shown(draw: st.DrawFn, event: AnyDossierEvent, second: bool) -> AnyDossierEvent:
    event = msgspec.structs.replace(event, event_id=f"s{event.event_id}")
    if second and isinstance(event, Snapshot) and draw(st.integers(0, 2)) == 0:
        return msgspec.structs.replace(event, source="portal:A")
    return event


def _told(draw: st.DrawFn, event: AnyDossierEvent) -> AnyDossierEvent:
    if isinstance(event, Voided) and draw(st.booleans()):
        event = msgspec.structs.replace(event, target=f"se{draw(st.integers(1, 6))}")
    source = draw(_senders)
    if source == _PORTAL:  # what its snapshots tell has small numbers
        return msgspec.structs.replace(event, source=source, source_seq=0)
    return msgspec.structs.replace(event, source=source) if source else event
