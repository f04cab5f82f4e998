"""A merger with one source partition: what it is given and what it sends."""

from __future__ import annotations

import uuid

import msgspec

from dossiers.tallies.backlog import MINUTE
from dossiers.tallies.vector import FIELD, WIDTH
from dossiers.wire.acted import KeptAction
from dossiers.wire.alerts import Alert
from dossiers.wire.keys import CLOCK_SCOPE, deed_key, partial_key
from dossiers.wire.reference import Reference, Unit
from dossiers.wire.tallies import PartialTally, ScopeDeed, Tally
from dossiers.wire.topics import PARTIALS
from streams.tallies.merger import Merger

LINE = uuid.uuid4().hex
START = 1_700_000_000_000
REFERENCE = Reference(units=(Unit(id="a", name="A", parent="top"), Unit(id="top", name="T")))


def scope_of(alert: Alert) -> bytes:
    officer = f"officer:{alert.officer}"
    return (officer if alert.kind == "officer_backlog" else f"unit:{alert.unit}").encode()


class Topics:
    """What a merger is given and what it sends, by key as after compaction."""

    def __init__(self) -> None:
        self.partials: dict[bytes, bytes | None] = {}
        self.tallies: dict[bytes, bytes | None] = {}
        self.alerts: list[Alert] = []
        self.offset = 0
        self.merger = Merger(LINE, 0, 1)

    def step(
        self, minute: int, reference: Reference | None = REFERENCE, **overdue: int
    ) -> list[Alert]:
        """The clock and the units' overdue dossiers (of 1,000) at a minute; the new alerts."""
        self.offset += 1
        now = START + minute * MINUTE
        records = []
        for scope, count in {
            **{u if ":" in u else f"unit:{u}": n for u, n in overdue.items()},
            CLOCK_SCOPE: 0,
        }.items():
            vector = [0] * WIDTH
            vector[FIELD["overdue"]], vector[FIELD["open"]] = count, 1_000
            partial = PartialTally(
                timeline=LINE, scope=scope, partition=0, epoch=1, offset=self.offset, now=now,
                vector=() if scope == CLOCK_SCOPE else tuple(vector),
            )  # fmt: skip
            records.append((partial_key(scope, 0), msgspec.json.encode(partial)))
        self.partials.update(records)
        self.merger.absorb(records)
        self.tallies.update(self.merger.emit(reference))
        return self.fetch()

    def fetch(self) -> list[Alert]:
        outputs = self.merger.watch.drain()
        self.partials.update((o.key, None) for o in outputs if o.topic == PARTIALS)
        alerts = [o for o in outputs if o.topic != PARTIALS]
        found = [msgspec.json.decode(o.value or b"", type=Alert) for o in alerts]
        assert [o.key for o in alerts] == [scope_of(alert) for alert in found]
        self.alerts += found
        return found

    def change_hands(self) -> None:
        self.merger = Merger(LINE, 0, 1)
        assert self.merger.rebuild(self.partials, self.tallies) == [], "readers have it all"
        assert self.fetch() == []

    def tally(self, scope: str) -> Tally:
        return msgspec.json.decode(self.tallies[scope.encode()] or b"", type=Tally)

    def act(self, scope: str, action: KeptAction) -> None:
        """Somebody does something about an alert of the scope."""
        key = deed_key(scope, action.event_id, 0)
        value = msgspec.json.encode(ScopeDeed(timeline=LINE, scope=scope, action=action))
        self.partials[key] = value
        self.merger.absorb([(key, value)])
