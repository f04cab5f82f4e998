"""Records that are too many for their dossier within an hour are refused, the others taken."""

from __future__ import annotations

from collections.abc import Iterable

from sources.hourly import Hourly
from sources.portal.envelope import Batch, RefusedPayload

_MINUTE = 60_000
Place = tuple[str, tuple[str, str]]  # for whom a record is counted, and as which dossier


class HourlyLimit:
    """``limit``: records of one dossier that one madonvi may send in an hour. Senders whose key
    names no madonvi are counted each for itself, by the one that they write."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._counted = Hourly(limit)

    def hold(self, sender: str, batch: Batch, unit: str, now: int) -> tuple[list[Place], int]:
        """Moves what is too much of ``batch`` to the refused. What was counted, to be given back if
        it is not kept, and how many were refused. ``unit``: the madonvi of the payload; ``now``:
        ms."""
        before = {record.index for record in batch.refused}
        places = (n for n in range(len(batch.events) + len(before)) if n not in before)
        kept, counted, late = [], [], set()
        for index, event in zip(places, batch.events, strict=True):
            owner = f"madonvi {event.madonvi}" if event.madonvi else f"sender {sender}"
            place = (owner, (event.dossier_id, event.madonvi or unit))
            wait = self._counted.take(*place, now)
            if not wait:
                kept.append(event)
                counted.append(place)
                continue
            late.add(index)
            reason = (
                f"more than {self.limit} records of this dossier within an hour; send it again in "
                f"{-(-wait // _MINUTE)} minutes"
            )
            batch.refused.append(RefusedPayload(index, event.dossier_id, reason))
        if late:
            batch.events = kept
            batch.traits = [entry for entry in batch.traits if entry[0] not in late]
            batch.refused.sort(key=lambda record: record.index)
            batch.unread = [entry for entry in batch.unread if entry[0] not in late]
        return counted, len(late)

    def give_back(self, counted: Iterable[Place]) -> None:
        """Of these, nothing was kept."""
        for place in counted:
            self._counted.give_back(*place)
