"""Names that came as a hash, for the oracle: read plainly from the reference data that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dossiers.wire.events import AnyDossierEvent, Snapshot

_NAMES = ("unit", "officer", "responsible", "step", "procedure", "officer_name")


def named(events: Sequence[AnyDossierEvent], hashed: Mapping[str, str]) -> list[AnyDossierEvent]:
    """``events`` with each hash that ``hashed`` knows as the name that it stands for."""
    return [_named(event, hashed) for event in events] if hashed else list(events)


def _named(event: AnyDossierEvent, hashed: Mapping[str, str]) -> AnyDossierEvent:
    found: dict[str, Any] = {}
    for name in _NAMES:
        text = getattr(event, name, "")
        if text in hashed:
            found[name] = hashed[text]
    if isinstance(event, Snapshot) and event.content.procedure in hashed:
        procedure = hashed[event.content.procedure]
        found["content"] = msgspec.structs.replace(event.content, procedure=procedure)
    return msgspec.structs.replace(event, **found) if found else event
