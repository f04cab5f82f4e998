"""The walls there are, as topic ``settings`` has them. Nothing else of the API depends on it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping

import msgspec

from api.live.news import News
from api.live.view import TopicRecord
from dossiers.wire.keys import wall_of
from dossiers.wire.read_marks import reader_of
from dossiers.wire.reading import decoder
from dossiers.wire.topics import SETTINGS
from dossiers.wire.walls import MOST_BYTES, NamedWall

MOST_WALLS = 500  # a topic that somebody filled with more must not fill the memory
_log = logging.getLogger(__name__)
_decode = decoder(NamedWall)
_encode = msgspec.json.Encoder(order="deterministic").encode


def encoded(settings: NamedWall) -> bytes:
    """As the topic has it."""
    return _encode(settings)


def version_of(settings: NamedWall) -> str:
    """Changes with every change, also back to what was (``changed_at`` is part of it)."""
    return hashlib.sha256(encoded(settings)).hexdigest()[:16]


class WallBook:
    """``refused``: records that are no settings; the wall keeps what it had. ``changed`` is called
    after each batch that changed something. Lives on the event loop."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self._walls: dict[str, NamedWall] = {}
        self._changed = changed
        self._news = News()
        self.refused = 0

    @property
    def walls(self) -> Mapping[str, NamedWall]:
        """By name."""
        return self._walls

    def apply(self, records: Iterable[TopicRecord]) -> None:
        """Take the records of topic settings among ``records``, in their order."""
        ours = [
            (key or b"", value)
            for topic, key, value in records
            if topic == SETTINGS and not reader_of(key or b"")
        ]
        found = [self._take(*each) for each in ours]
        if any(found):
            self._news.tell()
            self._changed()

    async def until(self, arrived: Callable[[], bool], seconds: float) -> bool:
        """Wait for a change after which ``arrived``; False if it does not come in time."""
        return await self._news.until(arrived, seconds)

    def _take(self, key: bytes, value: bytes | None) -> bool:
        name = wall_of(key)
        if name and value is None:
            return self._walls.pop(name, None) is not None
        settings = self._read(name, value or b"")
        if settings is None:
            self.refused += 1
            if self.refused == 1:
                _log.warning("a record of topic settings is no wall's settings, and is skipped")
            return False
        self._walls[name] = settings
        return True

    def _read(self, name: str, value: bytes) -> NamedWall | None:
        room = name in self._walls or len(self._walls) < MOST_WALLS
        if not name or not room or len(value) > MOST_BYTES:
            return None
        try:
            return _decode(value)
        except msgspec.DecodeError:
            return None
