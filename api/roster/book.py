"""The roster as topic ``roster`` has it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping

import msgspec

from api.live.news import News
from api.live.view import TopicRecord
from dossiers.wire.reading import decoder
from dossiers.wire.roster import RosterEntry
from dossiers.wire.topics import ROSTER

MOST_ENTRIES = 100_000  # a topic that somebody filled with more must not fill the memory
MOST_BYTES = 16_384
_log = logging.getLogger(__name__)
_decode = decoder(RosterEntry)
_encode = msgspec.json.Encoder(order="deterministic").encode


def encoded(entry: RosterEntry) -> bytes:
    """As the topic has it."""
    return _encode(entry)


class RosterBook:
    """``refused``: records that are no entry of their key; what was known stays. Lives on the
    event loop."""

    def __init__(self) -> None:
        self._entries: dict[str, RosterEntry] = {}
        self._news = News()
        self.refused = 0

    @property
    def entries(self) -> Mapping[str, RosterEntry]:
        """By officer: what ``dossiers.alerting`` calls a roster."""
        return self._entries

    def of(self, officer: str) -> RosterEntry:
        """What the roster says of somebody; the usual if it says nothing."""
        return self._entries.get(officer) or RosterEntry(officer=officer)

    def apply(self, records: Iterable[TopicRecord]) -> None:
        """Take the records of topic roster among ``records``, in their order."""
        ours = [(key or b"", value) for topic, key, value in records if topic == ROSTER]
        found = [self._take(*each) for each in ours]
        if any(found):
            self._news.tell()

    async def until(self, arrived: Callable[[], bool], seconds: float) -> bool:
        """Wait for a change after which ``arrived``; False if it does not come in time."""
        return await self._news.until(arrived, seconds)

    def _take(self, key: bytes, value: bytes | None) -> bool:
        officer = key.decode("utf-8", "replace")
        if value is None:
            return self._entries.pop(officer, None) is not None
        room = officer in self._entries or len(self._entries) < MOST_ENTRIES
        try:
            entry = _decode(value) if room and len(value) <= MOST_BYTES else None
        except msgspec.DecodeError:
            entry = None
        if entry is None or entry.officer != officer:
            self.refused += 1
            if self.refused == 1:
                _log.warning("a record of topic roster is no entry of its key, and is skipped")
            return False
        self._entries[officer] = entry
        return True
