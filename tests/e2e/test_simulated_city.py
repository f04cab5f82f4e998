"""Ten thousand simulated dossiers through the whole stack, under three versions of reference data.

The first counts for a day without dossiers, the second from the city's first one on, and the third
is activated when half of the log is through.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pytest

from broker.groups import has_read_all
from broker.kafka import Kafka
from dossiers.reference.context import Context
from dossiers.reference.in_force import in_force_of
from dossiers.reports.explain import Explanation, explain
from dossiers.tallies.vector import FIELDS
from dossiers.wire import keys, topics
from dossiers.wire.events import Snapshot, encode_event
from dossiers.wire.facts import AnyFact
from dossiers.wire.records import DossierRecord, Position
from dossiers.wire.reference import Reference, decode_reference
from dossiers.wire.tallies import PartialTally, Tally
from dunghen.timeline.reading import read_timeline
from dunghen.timeline.tallies import FollowedTallies
from dunghen.timeline.workers import worker_group
from infra.kafka.login import client_login
from sources.publisher import Publisher
from sources.reference.writing import write_folder
from streams.partition.engine import PartitionEngine
from tests.e2e import simulated_log
from tests.e2e.product import PATIENCE, Replay, answer
from tests.support import wait_for
from tests.support.kafka import TestKafka

pytestmark = pytest.mark.timeout(1200)
DOSSIERS = 10_000
MAPPING = """
timezone = "Asia/Ho_Chi_Minh"
finished = "last-event"
[columns]
dossier = "id"
activity = "what"
time = "at"
"""
LOG = "id,what,at\nd-0,Receive,2026-08-31 08:00\n"
_record = msgspec.json.Decoder(DossierRecord).decode
_facts = msgspec.json.Decoder(list[AnyFact]).decode


@dataclass
class Told:
    """What stands in the topics, or what engines of another life made of the same log."""

    tallies: dict[str, tuple[int, ...]] = field(default_factory=dict)
    alerts: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    positions: dict[int, Position] = field(default_factory=dict)
    newest: dict[str, bytes] = field(default_factory=dict)

    def take(self, topic: str, partition: int, key: bytes, value: bytes) -> None:
        if topic == topics.ALERTS:
            alert = json.loads(value)
            if alert["dossier_id"]:  # else it depends on when sums are seen
                self.alerts[alert["alert_id"], alert["sequence"]] = alert
        elif key == keys.POSITION_KEY:
            self.positions[partition] = msgspec.json.decode(value, type=Position)
        else:
            self.newest[key.decode()] = value

    @cached_property
    def states(self) -> dict[str, DossierRecord]:
        """Without their epoch, which differs from life to life."""
        return {
            id_: msgspec.structs.replace(_record(value), epoch=0)
            for id_, value in sorted(self.newest.items())
        }


@dataclass
class City:
    """The stack after the log, and what it said. ``at``: its state folder as a flag; ``now``: the
    last tick (ms)."""

    kafka: TestKafka
    at: tuple[str, str]
    now: int = 0
    timeline: str = ""
    by_portal: int = 0
    verified: dict[str, Any] = field(default_factory=dict)

    def log(self) -> dict[int, list[tuple[int, bytes | None, bytes | None]]]:
        """The events' topic, by partition."""
        found: dict[int, list[tuple[int, bytes | None, bytes | None]]] = defaultdict(list)
        for message in self.kafka.read_all(topics.EVENTS):
            place = message.offset() or 0
            found[message.partition() or 0].append((place, message.key(), message.value()))
        return found

    def references(self) -> dict[str, Reference]:
        """By content hash."""
        return {
            (message.key() or b"").decode(): decode_reference(message.value() or b"")
            for message in self.kafka.read_all(topics.REFERENCE)
            if message.key() != keys.TIMELINE_KEY
        }

    def told(self) -> Told:
        found = Told()
        for topic in (topics.DOSSIERS, topics.ALERTS):
            for message in self.kafka.read_all(topic):
                key, value = message.key() or b"", message.value() or b""
                found.take(topic, message.partition() or 0, key, value)
        for message in self.kafka.read_all(topics.TALLIES):
            tally = msgspec.json.decode(message.value() or b"", type=Tally)
            if keys.is_counted(tally.scope):
                found.tallies[tally.scope] = tally.vector
        return found

    def explanations(self, told: Told, every: int = 1) -> dict[str, Explanation]:
        """Of all dossiers or of each n-th, by what was activated when."""
        compiled = {hash_: Context(it, hash_) for hash_, it in self.references().items()}
        (activations,) = {position.activations for position in told.positions.values()}
        in_force = in_force_of(activations, lambda hash_: compiled[hash_])
        return {
            id_: explain(id_, _facts(state.facts.raw), max(self.now, state.as_of), in_force)
            for id_, state in islice(told.states.items(), 0, None, every)
        }


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    (folder / "map.toml").write_text(MAPPING)
    (folder / "log.csv").write_text(LOG)
    replay = Replay(folder / "log.csv", folder / "map.toml", folder / "state")
    with replay.served() as serving:
        serving.result()
        place = json.loads((serving.state / "run" / "endpoints.json").read_bytes())
        found = City(TestKafka(place["kafka"], client_login(serving.state)), replay.at)
        publish(found, folder)
        found.verified = answer("verify", *replay.at)
        yield found


def publish(city: City, folder: Path) -> None:
    """The log and both versions of the city's reference data; until all of it was folded."""
    made = simulated_log.city()
    folders = []
    for number, reference in enumerate(simulated_log.references(made)):
        folders.append(folder / f"reference-{number}")
        write_folder(reference, folders[-1])
    timeline = read_timeline(city.kafka.bootstrap, client=city.kafka.login)
    assert timeline is not None
    city.timeline = timeline.id
    answer("reference", "load", str(folders[0]), *city.at, "--from", "2026-09-01")
    city.now = simulated_log.begin()
    log = list(simulated_log.log(made, DOSSIERS))
    city.by_portal = len({e.dossier_id for _, e in log if isinstance(e, Snapshot)})
    kafka = Kafka(city.kafka.bootstrap, city.kafka.login)
    with Publisher(kafka, timeline.partitions, bulk=True) as publisher:
        publisher.tick(city.now)
        for number, (moment, event) in enumerate(log):
            if moment - city.now >= simulated_log.TICK:
                city.now = moment
                publisher.tick(moment)
            publisher.publish_raw(event.dossier_id.encode(), encode_event(event))
            if number == len(log) // 2:
                publisher.flush()
                answer("reference", "load", str(folders[1]), *city.at)
        city.now = log[-1].at
        publisher.tick(city.now)
        publisher.flush()
    with FollowedTallies(Kafka(city.kafka.bootstrap, city.kafka.login), timeline.id) as tallies:
        assert tallies.read_until(lambda: tallies.watermark >= city.now, PATIENCE)
    group = worker_group(timeline.id)
    wait_for(
        lambda: has_read_all(kafka, group, timeline.partitions),
        PATIENCE,
        every=0.2,
    )


@pytest.fixture(scope="module")
def told(city: City) -> Told:
    return city.told()


@pytest.fixture(scope="module")
def explained(city: City, told: Told) -> dict[str, Explanation]:
    return city.explanations(told)


@pytest.fixture(scope="module")
def again(city: City) -> Told:
    """The same log through new engines, with the reference data that it names by hash."""
    references = city.references()
    found = Told()
    vectors: dict[tuple[str, int], tuple[int, ...]] = {}
    log = city.log()
    for partition, entries in sorted(log.items()):
        engine = PartitionEngine(
            city.timeline, partition, lambda hash_: references[hash_], lambda _: 0, len(log)
        )
        engine.restore([])
        for first in range(0, len(entries), 5_000):
            for output in (*engine.process(entries[first : first + 5_000]), engine.position()):
                if output.topic == topics.PARTIALS:
                    partial = msgspec.json.decode(output.value or b"", type=PartialTally)
                    vectors[partial.scope, partition] = partial.vector
                elif output.topic in (topics.DOSSIERS, topics.ALERTS):
                    found.take(output.topic, partition, output.key, output.value or b"")
    for (scope, _), vector in vectors.items():
        if scope != keys.CLOCK_SCOPE:
            known = found.tallies.get(scope, (0,) * len(vector))
            found.tallies[scope] = tuple(map(sum, zip(known, vector, strict=True)))
    return found


def test_verify_agrees(city: City) -> None:
    assert city.verified["equal"] is True
    assert city.verified["dossiers"] == DOSSIERS + 1
    assert city.verified["dead_letters"] == 0
    untold = {check["name"] for check in city.verified["checks"] if not check["compared"]}
    assert untold <= {"texts of what people did"}
    in_sql = city.verified["checks"][-1]
    assert in_sql["compared"] > 200  # scopes
    # Of what a portal sent, only the odd ones are told by batch code alone.
    (odd,) = (each for each in in_sql["left_out"] if "snapshots" in each)
    assert int(odd.split()[-2]) < city.by_portal / 4


def test_all_that_makes_lateness_is_in_the_log(
    told: Told, explained: dict[str, Explanation]
) -> None:
    standings = Counter(state.standing.verdict for state in told.states.values())
    assert min(standings[name] for name in ("late", "overdue", "waiting", "withdrawn")) > 20
    counts = dict(zip(FIELDS, told.tallies["all"], strict=True))
    assert min(counts[name] for name in ("extended", "rewritten", "step_overdue", "flagged")) > 10
    assert sum(state.facts.snapshots > 0 for state in told.states.values()) > 1_000
    late = [found for found in explained.values() if found.late]
    # The rules of the day of reception, the reference data of the end, with and without steps.
    assert len({found.rules for found in late}) == 3
    assert len({found.reference for found in late}) == 2
    assert {found.basis for found in late} == {"steps", "no_step_data"}
    assert len([found for found in explained.values() if len(found.dues) > 1]) > 300


def test_every_explanation_agrees_with_the_stream_and_adds_up(
    told: Told, explained: dict[str, Explanation]
) -> None:
    for id_, found in explained.items():
        state = told.states[id_]
        assert (found.verdict, found.due_at) == (state.standing.verdict, state.course.due_at), id_
        assert sum(share.charge for share in found.shares) + found.unassigned == found.late, id_
        assert found.late == 0 or found.verdict in ("late", "overdue"), id_


def test_the_log_folded_again_tells_the_same(
    city: City, told: Told, explained: dict[str, Explanation], again: Told
) -> None:
    assert again.states == told.states
    assert again.alerts == told.alerts
    assert {s: v for s, v in again.tallies.items() if any(v)} == {
        s: v for s, v in told.tallies.items() if any(v)
    }
    assert city.explanations(again, every=10).items() <= explained.items()


def test_the_user_is_told_the_same(city: City, explained: dict[str, Explanation]) -> None:
    worst = max(explained.values(), key=lambda found: found.late)
    said = answer("explain", worst.dossier_id, *city.at)["explanation"]
    assert (said["verdict"], said["late"]) == (worst.verdict, worst.late)
    assert [share["charge"] for share in said["shares"]] == [s.charge for s in worst.shares]
