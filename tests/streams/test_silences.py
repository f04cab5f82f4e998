"""A source that falls silent is one alert, however many partitions heard nothing of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import count

import msgspec

from broker.partitioner import partition_of
from dossiers.tallies.table import TallyTable
from dossiers.time.calendar import calendar_of
from dossiers.time.hours import HOUR, MINUTE
from dossiers.wire.alert_policy import AlertPolicy, SourceLimit
from dossiers.wire.alerts import Alert
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.events import Activate, Received, Tick, encode_event
from dossiers.wire.reference import Reference, content_hash
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import ALERTS, DOSSIERS, PARTIALS
from sinks.decode.base import Record
from sinks.decode.tallies import TallyDecoder
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output
from streams.tallies.merger import Merger
from tests.dossiers.offices import SPEC, at
from tests.streams.deeds import deed

LINE = uuid.uuid4().hex
PARTITIONS = 2
ALWAYS = CalendarSpec(kind="24x7", name="always")
REFERENCE = Reference(
    calendar=SPEC,
    calendars=(ALWAYS,),
    sources=(
        SourceLimit(id="portal", name="Portal", minutes=60),
        SourceLimit(id="sensor", name="Sensor", minutes=60, calendar="always"),
    ),
)
WEDNESDAY = at("2026-07-01T09:00")


class Installation:
    """Two source partitions and the mergers behind them; topics as after compaction."""

    def __init__(self, reference: Reference = REFERENCE) -> None:
        self.references = {content_hash(reference): reference}
        self.reference = reference
        self.offsets = count()
        self.changelogs: list[dict[bytes, bytes | None]] = [{}, {}]
        self.partials: list[dict[bytes, bytes | None]] = [{}, {}]
        self.tallies: list[dict[bytes, bytes | None]] = [{}, {}]
        self.engines = [self.engine(p) for p in range(PARTITIONS)]
        self.mergers = [self.merger(p) for p in range(PARTITIONS)]
        self.activate(reference)

    def engine(self, partition: int) -> PartitionEngine:
        engine = PartitionEngine(
            LINE, partition, lambda hash_: self.references[hash_],
            lambda scope: partition_of(scope, PARTITIONS), PARTITIONS,
        )  # fmt: skip
        engine.restore([(k, v) for k, v in self.changelogs[partition].items()])
        return engine

    def merger(self, partition: int) -> Merger:
        return Merger(
            LINE, partition, PARTITIONS, lambda scope: partition_of(scope, PARTITIONS) == partition
        )

    def change_hands(self) -> None:
        self.engines = [self.engine(p) for p in range(PARTITIONS)]
        for engine in self.engines:
            self.keep(engine, engine.opening())
        self.mergers = [self.merger(p) for p in range(PARTITIONS)]
        for partition, merger in enumerate(self.mergers):
            merger.rebuild(self.partials[partition], self.tallies[partition])

    def activate(self, reference: Reference) -> list[Alert]:
        self.reference = reference
        self.references[content_hash(reference)] = reference
        value = encode_event(Activate(hash=content_hash(reference), since=0))
        return self.feed([(p, None, value) for p in range(PARTITIONS)])

    def tick(self, now: int, *sent: Received) -> list[Alert]:
        """Events of partition 1, then the time in all of them."""
        records = [(1, event.dossier_id.encode(), encode_event(event)) for event in sent]
        tick = encode_event(Tick(now=now))
        return self.feed([*records, *((p, None, tick) for p in range(PARTITIONS))])

    def feed(self, records: Sequence[tuple[int, bytes | None, bytes]]) -> list[Alert]:
        for partition, key, value in records:
            engine = self.engines[partition]
            self.keep(engine, engine.process([(next(self.offsets), key, value)]))
            self.keep(engine, engine.closing())
        found = []
        for partition, merger in enumerate(self.mergers):
            self.tallies[partition].update(merger.emit(self.reference))
            for output in merger.watch.drain():
                if output.topic == ALERTS:
                    found.append(msgspec.json.decode(output.value or b"", type=Alert))
                else:
                    self.partials[partition][output.key] = None
        return found

    def keep(self, engine: PartitionEngine, outputs: Sequence[Output]) -> None:
        for topic, partition, key, value in outputs:
            if topic == DOSSIERS:
                self.changelogs[engine.state.partition][key] = value
            elif topic == PARTIALS and partition is not None:
                self.partials[partition][key] = value
                self.mergers[partition].absorb([(key, value)])


def event(now: int, source: str = "portal") -> Received:
    return Received(
        event_id=f"e-{now}", dossier_id=f"d-{now}", occurred_at=now - 5 * HOUR, received_at=now,
        source=source, source_seq=now,
    )  # fmt: skip


def told(alerts: list[Alert]) -> list[tuple[str, str, int, str]]:
    assert all((a.kind, a.unit, a.dossier_id) == ("source_silent", "", "") for a in alerts)
    return [(a.source, a.transition, a.sequence, a.alert_id) for a in alerts]


def without_ids(alerts: list[Alert]) -> list[tuple[str, str, int]]:
    return [each[:3] for each in told(alerts)]


def test_an_hour_without_news_in_working_time_is_an_alert_until_something_comes() -> None:
    city = Installation()
    assert city.tick(WEDNESDAY) == []
    assert (
        city.tick(WEDNESDAY + 30 * MINUTE, event(WEDNESDAY, "sensor"), event(WEDNESDAY + 1)) == []
    )
    assert without_ids(city.tick(WEDNESDAY + 89 * MINUTE)) == []
    found = city.tick(WEDNESDAY + 100 * MINUTE)
    raised = {alert.source: alert for alert in found}
    assert set(raised) == {"portal", "sensor"}, "each once, by the partition of its scope"
    assert {alert.transition for alert in found} == {"raised"}
    assert raised["portal"].due_at == WEDNESDAY + 90 * MINUTE
    assert raised["portal"].detected_at == WEDNESDAY + 100 * MINUTE
    assert city.tick(WEDNESDAY + 101 * MINUTE) == []
    again = WEDNESDAY + 105 * MINUTE
    (resolved,) = city.tick(again, event(again))
    assert (resolved.alert_id, resolved.sequence) == (raised["portal"].alert_id, 2)
    assert (resolved.transition, resolved.occurred_at) == ("resolved", again)


def test_nights_and_days_off_count_for_nobody_but_who_never_closes() -> None:
    city = Installation()
    evening = at("2026-07-03T16:45")  # a Friday
    city.tick(evening)
    both = [event(evening, "sensor"), event(evening + 1)]
    assert city.tick(evening + MINUTE, *both) == []
    assert without_ids(city.tick(at("2026-07-05T12:00"))) == [("sensor", "raised", 1)]
    assert city.tick(at("2026-07-06T08:14")) == []
    assert without_ids(city.tick(at("2026-07-06T08:16"))) == [("portal", "raised", 1)]


def test_a_new_owner_raises_nothing_twice_and_forgets_nothing() -> None:
    city = Installation()
    city.tick(WEDNESDAY, event(WEDNESDAY, "sensor"))
    city.tick(WEDNESDAY + 30 * MINUTE, event(WEDNESDAY + 30 * MINUTE, "sensor"))
    city.change_hands()
    first = city.tick(WEDNESDAY + 60 * MINUTE)
    assert without_ids(first) == [("portal", "raised", 1)], "not counted from the take-over on"
    city.change_hands()
    assert without_ids(city.tick(WEDNESDAY + 90 * MINUTE)) == [("sensor", "raised", 1)]
    city.change_hands()
    (resolved,) = city.tick(WEDNESDAY + 91 * MINUTE, event(WEDNESDAY + 91 * MINUTE))
    assert told([resolved]) == [("portal", "resolved", 2, first[0].alert_id)]


def test_a_silence_may_be_acknowledged_by_whoever_looks_after_it() -> None:
    city = Installation(msgspec.structs.replace(REFERENCE, sources=REFERENCE.sources[:1]))
    city.tick(WEDNESDAY)
    (raised,) = city.tick(WEDNESDAY + 60 * MINUTE)
    seen_at = WEDNESDAY + 61 * MINUTE
    name = (raised.kind, raised.level, raised.due_at)
    tap = deed(seen_at, "acknowledge", name, "admin", "admin", dossier="source:portal")
    place = partition_of("source:portal", PARTITIONS)
    (taken,) = city.feed([(place, b"source:portal", encode_event(tap))] * 2)
    assert [
        key for key in city.partials[place] if b"desk" in key and city.partials[place][key]
    ] == []
    assert told([taken]) == [("portal", "acknowledged", 2, raised.alert_id)]
    assert taken.taken_until == calendar_of(SPEC, REFERENCE.timezone).add_hours(seen_at, 8)
    city.change_hands()
    (resolved,) = city.tick(WEDNESDAY + 63 * MINUTE, event(WEDNESDAY + 63 * MINUTE))
    assert told([resolved]) == [("portal", "resolved", 3, raised.alert_id)]


def test_a_source_is_watched_from_when_it_is_named_until_it_is_no_more() -> None:
    city = Installation(Reference(calendar=SPEC))
    city.tick(WEDNESDAY)
    named = msgspec.structs.replace(REFERENCE, sources=REFERENCE.sources[:1])
    city.activate(named)
    assert city.tick(WEDNESDAY + 59 * MINUTE) == []
    (raised,) = city.tick(WEDNESDAY + 60 * MINUTE)
    longer = SourceLimit(id="portal", name="Portal", minutes=90)
    (resolved,) = city.activate(msgspec.structs.replace(named, sources=(longer,)))
    assert told([resolved]) == [("portal", "resolved", 2, raised.alert_id)]
    assert without_ids(city.tick(WEDNESDAY + 90 * MINUTE)) == [("portal", "raised", 1)]
    assert without_ids(city.activate(Reference(calendar=SPEC))) == [("portal", "resolved", 2)]


def test_a_policy_may_leave_the_silence_of_sources_out() -> None:
    off = (AlertPolicy(off=("source_silent",)),)
    city = Installation(msgspec.structs.replace(REFERENCE, alert_policies=off))
    city.tick(WEDNESDAY)
    assert city.tick(WEDNESDAY + 5 * HOUR) == []


def test_readers_of_figures_leave_the_states_of_sources_out() -> None:
    city = Installation()
    city.tick(WEDNESDAY)
    city.tick(WEDNESDAY + 2 * HOUR)
    records = [(p, k, v) for p, each in enumerate(city.tallies) for k, v in each.items() if v]
    states = [(p, k, v) for p, k, v in records if k.startswith(b"source:")]
    assert len(states) == 2
    table = TallyTable(LINE, PARTITIONS)
    outcomes = {table.take(p, msgspec.json.decode(v, type=Tally)) for p, _, v in states}
    assert outcomes == {"uncounted"}
    assert not table.tallies
    for _, key, value in states:
        assert TallyDecoder().parse(Record(0, 0, key, value)) is None
