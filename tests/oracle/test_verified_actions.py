"""``verify`` recounts what people did in a simulated city, and notices what a worker got wrong."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.time.hours import DAY, HOUR
from dossiers.wire.alerts import Alert
from dossiers.wire.events import AnyEvent, Tick
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference
from oracle.checks.alerts import check_alerts
from oracle.checks.cut import CutPartition, read_cut
from oracle.checks.report import Check
from oracle.checks.stream import check_table, recount_partition
from tests.e2e.simulated_log import TICK, begin, city, log
from tests.streams.deeds import Partition, deed

DOSSIERS = 150
Reader = Any


class Given:
    """A record as a reader is given it."""

    def __init__(self, key: bytes | None, value: bytes | None, offset: int) -> None:
        self._record = (key, value, offset)

    def key(self) -> bytes | None:
        return self._record[0]

    def value(self) -> bytes | None:
        return self._record[1]

    def offset(self) -> int:
        return self._record[2]

    def partition(self) -> int:
        return 0


class Lived:
    """A city in which people act on every fourth alert, in office hours and outside."""

    def __init__(self) -> None:
        chance = random.Random(7)
        known = city()
        self.reference: Reference = known.reference()
        self.line = Partition(self.reference)
        now, waiting = begin(), list[AnyEvent]()
        for sent in log(known, DOSSIERS):
            if sent.at - now >= TICK:
                self._act(chance, self._told(*waiting, Tick(now=sent.at)), sent.at)
                now, waiting = sent.at, []
            waiting.append(sent.event)
        for days in range(1, 20):
            self._act(chance, self._told(*waiting, Tick(now=now + days * DAY)), now + days * DAY)
            waiting = []

    def _told(self, *events: AnyEvent) -> list[Alert]:
        before = len(self.line.alerts)
        self.line.take(*events)
        return self.line.alerts[before:]

    def _act(self, chance: random.Random, alerts: list[Alert], now: int) -> None:
        for alert in alerts:
            if chance.random() < 0.25 and alert.transition == "raised":
                name = (alert.kind, alert.level, alert.due_at)
                tap = deed(
                    now - chance.choice([0, HOUR]), "acknowledge", name,
                    chance.choice(["head", "deputy"]), sequence=alert.sequence,
                    dossier=alert.dossier_id,
                )  # fmt: skip
                self.line.act(tap, *[tap] * chance.randrange(2))

    def read(self, topic: str, *, committed: bool = True) -> list[Given]:
        if topic == "dossier-events":
            return [Given(*record, place) for place, record in enumerate(self.line.log)]
        found = (o for o in self.line.outputs if o.topic == topic)
        return [Given(o.key, o.value, place) for place, o in enumerate(found)]

    def verified(self, part: CutPartition) -> tuple[Check, Check]:
        in_force = InForce([(0, Context(self.reference))])
        _, count = recount_partition(part, in_force)
        read: Reader = self.read
        table = check_table({0: part}, {0: count})[0]
        return table, check_alerts(read, {0: part}, {0: count}, {0: in_force})


@pytest.fixture(scope="module")
def lived() -> Lived:
    return Lived()


@pytest.fixture
def part(lived: Lived) -> CutPartition:
    read: Reader = lived.read
    return read_cut(read, 1)[0]


def test_the_recount_agrees(lived: Lived, part: CutPartition) -> None:
    table, alerts = lived.verified(part)
    assert (table.differences, alerts.differences) == (0, 0), table.examples + alerts.examples
    told = {(a.kind, a.transition) for a in lived.line.alerts}
    assert {("overdue", "acknowledged"), ("escalation", "raised")} <= told
    assert part.position is not None
    assert part.position.duplicates > 0


def test_an_action_that_was_not_taken_is_noticed(lived: Lived, part: CutPartition) -> None:
    held = [r for r in part.records.values() if any(a.taken_by for a in r.alerts)]
    assert held
    lost = held[0].dossier_id
    part.acted = [each for each in part.acted if each.dossier_id != lost]
    table, alerts = lived.verified(part)
    assert table.differences == 1  # the number of events
    assert any(lost in sentence for sentence in alerts.examples)


def test_an_escalation_that_was_not_raised_is_noticed(lived: Lived, part: CutPartition) -> None:
    id_, record = next(
        (id_, r) for id_, r in part.records.items()
        if any((a.kind, a.status) == ("escalation", "raised") for a in r.alerts)
    )  # fmt: skip
    fewer = tuple(a for a in record.alerts if a.kind != "escalation")
    changed: DossierRecord = msgspec.structs.replace(record, alerts=fewer)
    part.records[id_] = changed
    assert lived.verified(part)[1].differences == 1
