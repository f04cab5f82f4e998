"""What has room in a dossier that is flooded: so many events as they stand in the log."""

from __future__ import annotations

from collections import defaultdict

from tests.faults.oracle.events import Event

FLOODED = "FLOOD-"  # begins the id of such a dossier
MOST = 950  # events of it that are neither ends, resumptions, new due times nor corrections
REASON = "too_many_facts"


class Floods:
    """Events of flooded dossiers, in the order of the log."""

    def __init__(self) -> None:
        self._kept: dict[str, set[str]] = defaultdict(set)

    def refuses(self, event: Event) -> bool:
        """Whether the event must be a dead letter. One that is known is none, only a repetition."""
        if not event.dossier_id.startswith(FLOODED):
            return False
        kept = self._kept[event.dossier_id]
        if event.event_id in kept:
            return False
        if len(kept) >= MOST:
            return True
        kept.add(event.event_id)
        return False
