"""What the planner remembers, in parts that can be stored one by one and put together again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from dossiers.alerting.sendings import Hold, News
from dossiers.wire.alerts import Alert

_CLOCK = "clock"
_ALERT = "alert:"
_BOX = "box:"


class Post(msgspec.Struct, array_like=True, omit_defaults=True):
    """One alert and one receiver. ``told``, ``waits``: the sequence that was sent last, and that
    of what waits; 0 for nothing. ``news``, ``since``, ``held``: of what waits, as in ToldLine.
    ``at``: when to look at it again (ms)."""

    told: int = 0
    waits: int = 0
    news: News = "raised"
    since: int = 0
    held: Hold = ""
    at: int = 0


class KnownAlert(msgspec.Struct, array_like=True, omit_defaults=True):
    """An alert that has not ended. ``alert``: its newest record. ``raised``: the sequence with
    which it was raised last. ``taker``: who had acknowledged it before that. ``askers``: who wants
    an explanation. ``posts``: by receiver."""

    alert: Alert
    raised: int
    taker: str = ""
    askers: tuple[str, ...] = ()
    posts: dict[str, Post] = {}


class Note(msgspec.Struct, array_like=True, frozen=True):
    """A record that goes out as it is. ``at``: when (ms); 0: with whatever goes out next."""

    alert: Alert
    news: News
    since: int
    at: int = 0


class ReceiverBox(msgspec.Struct, array_like=True, omit_defaults=True):
    """One receiver. ``last``: when the last group was closed (ms); ``urgent``: the last that did
    not wait. ``number``: how many messages on day number ``day``. ``digest_at``: when a digest
    that is held back is to go (ms), else 0."""

    notes: list[Note] = []
    last: int = 0
    urgent: int = 0
    day: int = 0
    number: int = 0
    digest_at: int = 0


class PlannerClock(msgspec.Struct, array_like=True):
    """``now``: data time (ms). ``digests``: by clock time, the last day number that is done with.
    ``silent``: by source that is silent, since when (ms)."""

    now: int = 0
    digests: dict[str, int] = {}
    silent: dict[str, int] = {}


class Kept:
    """Everything that the planner remembers. Who changes a part says so: ``changes`` gives the
    parts that have changed since it was last asked, ``parts`` all of them."""

    def __init__(self, parts: Iterable[tuple[str, bytes]] = ()) -> None:
        self.alerts: dict[str, KnownAlert] = {}
        self.boxes: dict[str, ReceiverBox] = {}
        self.clock = PlannerClock()
        self._changed: dict[str, None] = {}
        for key, value in parts:
            self._take(key, value)

    def _take(self, key: str, value: bytes) -> None:
        if key.startswith(_ALERT):
            self.alerts[key.removeprefix(_ALERT)] = msgspec.msgpack.decode(value, type=KnownAlert)
        elif key.startswith(_BOX):
            self.boxes[key.removeprefix(_BOX)] = msgspec.msgpack.decode(value, type=ReceiverBox)
        elif key == _CLOCK:
            self.clock = msgspec.msgpack.decode(value, type=PlannerClock)

    def box(self, receiver: str) -> ReceiverBox:
        """The receiver's, made if there is none; what is done to it counts as a change."""
        self._changed[_BOX + receiver] = None
        return self.boxes.setdefault(receiver, ReceiverBox())

    def touched(self, alert_id: str) -> None:
        """The alert's part is another now, or gone."""
        self._changed[_ALERT + alert_id] = None

    def clock_touched(self) -> None:
        """The clock's part is another now."""
        self._changed[_CLOCK] = None

    def changes(self) -> list[tuple[str, bytes | None]]:
        """Key and content of the parts that changed since the last call; None: it is gone."""
        found = [(key, self._encoded(key)) for key in self._changed]
        self._changed.clear()
        return found

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Key and content of every part."""
        keys = (*map(_ALERT.__add__, self.alerts), *map(_BOX.__add__, self.boxes), _CLOCK)
        for key in keys:
            value = self._encoded(key)
            if value is not None:
                yield key, value

    def _encoded(self, key: str) -> bytes | None:
        found: object
        if key.startswith(_ALERT):
            found = self.alerts.get(key.removeprefix(_ALERT))
        elif key.startswith(_BOX):
            found = self.boxes.get(key.removeprefix(_BOX))
        else:
            found = self.clock
        return None if found is None else msgspec.msgpack.encode(found)
