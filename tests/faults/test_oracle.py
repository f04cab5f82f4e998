"""The oracle of the fault harness: it agrees with a fold that is right, and notices one that is
not."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable
from random import Random

import msgspec
import pytest

from dossiers.wire.events import Activate, Tick, encode_event
from dossiers.wire.reference import Reference, content_hash
from dossiers.wire.tallies import PartialTally, Tally
from dossiers.wire.topics import EVENTS
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output
from tests.faults import comparing
from tests.faults.comparing import Differences
from tests.faults.flooding import flood
from tests.faults.installation import INSTALLATIONS
from tests.faults.load import ALL_LIMITS, DEEDS, HOURS_ONLY, Load
from tests.faults.oracle.calendar import local_day
from tests.faults.oracle.log import Log
from tests.faults.oracle.rules import Rules
from tests.faults.rounds import digest
from tests.faults.topics import ALERTS, CHANGELOG, DEAD_LETTERS, TALLIES, Held

NOW = 1_790_000_000_000
TIMELINE = "00000000-0000-0000-0000-000000000001"


class Folded:
    """A load in one partition, folded by the engine, with everything it sent."""

    def __init__(
        self, seed: int, installation: str = "always", rounds: int = 3, events: int = 700,
        *, flooded: bool = False,
    ) -> None:  # fmt: skip
        reference = INSTALLATIONS[installation](local_day(NOW))
        known, rules = msgspec.convert(reference, Reference), Rules(reference)
        self.refused: dict[bytes, str] = {}
        self.held = Held("", {}, 1, Log(1, self.refused, rules))
        self._engine = PartitionEngine(TIMELINE, 0, lambda _: known, lambda _: 0, 1)
        self._engine.restore({}.items())
        self._offset = 0
        self._sent: dict[str, int] = defaultdict(int)
        self._take(None, encode_event(Activate(hash=content_hash(known), since=0)))
        limits = HOURS_ONLY if rules.calendar.always else ALL_LIMITS
        load, rng, now = Load(seed, limits, rules.retention, DEEDS), Random(seed), NOW
        for number in range(1, rounds + 1):
            self._take(None, encode_event(Tick(now=now)))
            for item in load.round(number, events, now, poison=0.03):
                if item.refused:
                    self.refused[digest(item.value)] = item.refused
                self._take(item.key, item.value)
                if rng.random() < 0.02:
                    now += rng.randrange(3_000)
                    self._take(None, encode_event(Tick(now=now)))
            if number == rounds and flooded:
                for item in flood(rng, seed, now):
                    self._take(item.key, item.value)
            now += rng.randrange(60_000)
        self._take(None, encode_event(Tick(now=now)))
        self._emit(self._engine.closing())

    def _take(self, key: bytes | None, value: bytes) -> None:
        self.held.take(EVENTS, (0, self._offset), key or b"", value)
        self._emit(self._engine.process([(self._offset, key, value)]))
        self._offset += 1

    def _emit(self, outputs: list[Output]) -> None:
        for output in outputs:
            offset = self._sent[output.topic]
            self._sent[output.topic] += 1
            if output.topic == "partial-tallies":
                partial = msgspec.json.decode(output.value or b"", type=PartialTally)
                tally = Tally(timeline=TIMELINE, scope=partial.scope, now=partial.now,
                              vector=partial.vector)  # fmt: skip
                key = partial.scope.encode()
                self.held.take(TALLIES, (0, offset), key, msgspec.json.encode(tally))
            elif output.topic in (CHANGELOG, ALERTS, DEAD_LETTERS):
                self.held.take(output.topic, (0, offset), output.key or b"", output.value)


def differences(held: Held) -> Differences:
    out = Differences()
    comparing.compare_stream(held, held.log.recount(), out)
    return out


@pytest.mark.parametrize("installation", INSTALLATIONS)
@pytest.mark.parametrize("seed", range(2))
def test_it_agrees_with_the_fold(seed: int, installation: str) -> None:
    found = differences(Folded(seed, installation).held)
    assert list(found.lines()) == []
    assert found.compared > 500


def test_it_agrees_about_a_dossier_that_is_flooded() -> None:
    held = Folded(5, "hours", 1, 300, flooded=True).held
    assert list(differences(held).lines()) == []
    refused = [place for place, reasons in held.letters.items() if "too_many_facts" in reasons]
    assert len(refused) >= 50


@pytest.fixture(scope="module")
def folded() -> Folded:
    return Folded(99, rounds=1, events=900)


def lose_a_state(held: Held) -> None:
    held.states.popitem()


def count_one_twice(held: Held) -> None:
    tally = msgspec.json.decode(held.tallies["all"])
    tally["vector"][0] += 1
    held.tallies["all"] = msgspec.json.encode(tally)


def skip_a_transition(held: Held) -> None:
    next(iter(held.alerts.values()))[0] += 1


def forget_an_alert(held: Held) -> None:
    last = next(each for each in held.last_alerts.values() if each)
    last.popitem()


def forget_who_deals_with_it(held: Held) -> None:
    id_ = next(i for i, s in held.states.items() if any(a[4] == "acknowledged" for a in s.alerts))
    free = [(*alert[:5], "", 0, "") for alert in held.states[id_].alerts]
    held.states[id_] = msgspec.structs.replace(held.states[id_], alerts=free)


def tell_an_action_twice(held: Held) -> None:
    held.told[next(iter(held.told))] += 9


def lose_a_dead_letter(held: Held) -> None:
    held.letters.popitem()


def take_a_duplicate_for_an_event(held: Held) -> None:
    held.positions[0].duplicates -= 1


@pytest.mark.parametrize(
    "damage",
    [
        lose_a_state, count_one_twice, skip_a_transition, forget_an_alert, lose_a_dead_letter,
        take_a_duplicate_for_an_event, forget_who_deals_with_it, tell_an_action_twice,
    ],
)  # fmt: skip
def test_it_notices(folded: Folded, damage: Callable[[Held], None]) -> None:
    kept, damaged = folded.held, copy.copy(folded.held)
    damaged.tallies, damaged.letters = dict(kept.tallies), kept.letters.copy()
    damaged.told = kept.told.copy()
    damaged._states = dict(kept.states)
    damaged.alerts = {id_: list(numbers) for id_, numbers in kept.alerts.items()}
    damaged.last_alerts = {id_: dict(last) for id_, last in kept.last_alerts.items()}
    damaged.positions = {p: copy.copy(position) for p, position in kept.positions.items()}
    damage(damaged)
    assert len(differences(damaged)) >= 1
