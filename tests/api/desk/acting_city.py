"""The small city with a desk: what is done goes into a list, and comes back as the stream would
tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import msgspec

from api.access.principal import Principal
from api.acts import Acts
from api.desk.blobs import BlobStore
from api.desk.texts import TextStore
from api.ports import IngestError, StoreAway
from dossiers.wire.acted import Acted
from dossiers.wire.alerts import Alert, AlertStatus
from dossiers.wire.events import AnyEvent, decode_event
from dossiers.wire.one_tap import LinkKey
from dossiers.wire.topics import ALERTS
from tests.api.access.callers import Guarded, guarded
from tests.api.city import HOUR, START, TIMELINE, City, a_morning

KEY = LinkKey(bytes(range(32)))
NOW = START + 2 * HOUR  # data time
REAL = 1_795_500_000_000  # real time
HEAD = Principal("a head", frozenset({"supervisor"}), "session", ("u1",), "head-1")
OTHER_HEAD = Principal("another", frozenset({"supervisor"}), "session", ("u/2",), "head-2")
ABOVE = Principal("a chief", frozenset({"supervisor"}), "session", ("city",), "chief")
OFFICER = Principal("an officer", frozenset({"officer"}), "session", (), "o1")
OTHER_OFFICER = Principal("another", frozenset({"officer"}), "session", (), "o2")


@dataclass
class Log:
    """``api.acts.ActionSender``: takes everything, or fails as it is told to."""

    taken: list[tuple[bytes, bytes]] = field(default_factory=list)
    stored: Literal["kafka", "spool"] = "kafka"
    error: IngestError | None = None

    async def send(
        self, sender: str, records: list[tuple[bytes, bytes]]
    ) -> Literal["kafka", "spool"]:
        assert sender.startswith("desk ")
        if self.error is not None:
            raise self.error
        self.taken += records
        return self.stored

    @property
    def events(self) -> list[AnyEvent]:
        return [decode_event(value) for _, value in self.taken]

    @property
    def last(self) -> Acted:
        event = self.events[-1]
        assert isinstance(event, Acted)
        return event


class NoRecords:
    """ClickHouse with the records of alerts that a test puts there."""

    def __init__(self) -> None:
        self.records: list[Alert] = []
        self.away = False

    async def rows(self, _sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        if self.away:
            raise StoreAway("ClickHouse does not answer.")
        wanted = parameters.get("alert")
        found = [msgspec.to_builtins(each) for each in self.records if each.alert_id == wanted]
        usual = {"taken_until": 0, "snoozed_until": 0, "overdue": 0, "open": 0}
        texts = ("source", "action", "actor", "taken_by", "offered_to", "reason", "text")
        full = [{**usual, **dict.fromkeys(texts, ""), **each} for each in found]
        return sorted(full, key=lambda row: -row["sequence"])


@dataclass
class Desk:
    """``city``: with its alerts; ``log``: what was sent; ``store``: ClickHouse."""

    guarded: Guarded
    log: Log
    store: NoRecords
    blobs: BlobStore

    def client(self, who: Any = "public", **headers: str) -> Any:
        return self.guarded.client(who, **headers)

    def alert(self, dossier: str, kind: str = "overdue") -> Alert:
        """The newest record about a dossier."""
        thread = self.guarded.live.book.thread(dossier)
        assert thread is not None
        return next(each for each in thread.alerts.values() if each.kind == kind)

    def tell(self, alert: Alert) -> Alert:
        """A further record of topic alerts."""
        self.guarded.live.deliver([(ALERTS, alert.dossier_id.encode(), msgspec.json.encode(alert))])
        return alert

    def then(self, alert: Alert, transition: AlertStatus, **changed: Any) -> Alert:
        """The next record of an alert."""
        changed = {"sequence": alert.sequence + 1, "transition": transition, **changed}
        return self.tell(msgspec.structs.replace(alert, **changed))

    def taken(self, alert: Alert, person: str, **changed: Any) -> Alert:
        """Somebody has acknowledged it."""
        changed = {"action": "acknowledge", "actor": person, "taken_by": person, **changed}
        return self.then(alert, "acknowledged", taken_until=NOW + 8 * HOUR, **changed)


@cache
def _city() -> City:
    """Folded once; nobody writes to it."""
    city = City(TIMELINE)
    for event in a_morning():
        city.publish(event)
    return city


def desk(folder: Any, archive: Any = None, mode: str = "simulation", **access: Any) -> Desk:
    """``folder``: of texts."""
    log, store, blobs = Log(), NoRecords(), BlobStore(folder / "blobs")
    acts = Acts(log, TextStore(blobs, KEY), KEY, archive, clock=lambda: REAL, patience=0.01)
    return Desk(guarded(_city(), store, acts, mode, **access), log, store, blobs)
