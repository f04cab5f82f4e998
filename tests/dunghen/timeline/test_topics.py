"""The timeline on a real broker. Topic names are fixed, so each test begins without them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import ConfigResource, ResourceType

from broker.ends import end_offsets
from broker.kafka import Kafka
from broker.reading import read_all
from dossiers.errors import UserError
from dossiers.wire import keys, topics
from dossiers.wire.events import Activate, decode_event
from dossiers.wire.reference import Reference, Unit, content_hash, encode_reference
from dunghen.timeline.reading import read_reference, read_timeline
from dunghen.timeline.topics import ensure_topics, give_key
from tests.support.kafka import TestKafka

DAY_MS = 86_400_000
SINGLE_KEPT = {topics.SYNC_ERRORS: 400 * DAY_MS, topics.AUDIT: 732 * DAY_MS}
SINGLE_COMPACTED = (
    topics.NOTICES,
    topics.ROSTER,
    topics.SETTINGS,
    topics.VERIFICATIONS,
    topics.RECONCILIATIONS,
)
NAMES = {
    topics.EVENTS,
    topics.REFERENCE,
    topics.DOSSIERS,
    topics.PARTIALS,
    topics.TALLIES,
    topics.ALERTS,
    topics.TRAITS,
    topics.DEAD_LETTERS,
    topics.PUBLICATIONS,
    *SINGLE_KEPT,
    *SINGLE_COMPACTED,
}
ONE = Reference(title="One", units=(Unit(id="u", name="Unit"),))
TWO = Reference(title="Two")


@pytest.fixture
def bootstrap(kafka: TestKafka) -> Iterator[str]:
    def clean() -> None:
        if found := kafka.topic_names() & NAMES:
            kafka.delete_topics(*found)

    clean()
    yield kafka.bootstrap
    clean()


def activations(bootstrap: str) -> dict[int, list[str]]:
    """Hashes activated, in order, by partition; the topic must hold nothing else."""
    found: dict[int, list[str]] = {}
    for message in read_all(Kafka(bootstrap), topics.EVENTS):
        event = decode_event(message.value() or b"")
        assert isinstance(event, Activate)
        assert (event.since, message.key()) == (0, None)
        found.setdefault(message.partition() or 0, []).append(event.hash)
    return found


def test_makes_a_timeline_once(bootstrap: str) -> None:
    assert read_timeline(bootstrap) is None
    made = ensure_topics(bootstrap, partitions=3, kind="live", label="test", reference=ONE)
    again = ensure_topics(bootstrap, partitions=3, kind="live", label="test", reference=ONE)
    assert made == again == read_timeline(bootstrap)
    assert (made.kind, made.partitions, made.label) == ("live", 3, "test")
    assert read_reference(bootstrap) == ONE
    assert read_reference(bootstrap, content_hash(ONE)) == ONE
    digest = content_hash(ONE)
    assert activations(bootstrap) == {0: [digest], 1: [digest], 2: [digest]}


def test_a_timeline_has_one_key_for_ever(bootstrap: str) -> None:
    made = ensure_topics(bootstrap, partitions=2, kind="live", reference=ONE, key_check="one")
    assert made.key_check == "one"
    assert ensure_topics(bootstrap, partitions=2, kind="live", reference=ONE) == made
    with pytest.raises(UserError, match="another key for hashing"):
        ensure_topics(bootstrap, partitions=2, kind="live", reference=ONE, key_check="two")
    with pytest.raises(UserError, match="another key for hashing"):
        give_key(bootstrap, "two")
    assert read_timeline(bootstrap) == made


@pytest.mark.parametrize("by_hand", [True, False])
def test_one_of_an_older_version_is_given_a_key_and_activates_nothing(
    bootstrap: str, *, by_hand: bool
) -> None:
    old = ensure_topics(bootstrap, partitions=2, kind="live", reference=ONE)
    before = end_offsets(Kafka(bootstrap), topics.EVENTS)
    if by_hand:
        found = give_key(bootstrap, "one")
    else:
        found = ensure_topics(bootstrap, partitions=2, kind="live", reference=ONE, key_check="one")
    assert found == msgspec.structs.replace(old, key_check="one") == read_timeline(bootstrap)
    assert end_offsets(Kafka(bootstrap), topics.EVENTS) == before
    assert ensure_topics(bootstrap, partitions=2, kind="live", reference=ONE) == found
    assert end_offsets(Kafka(bootstrap), topics.EVENTS) == before


def test_topic_settings(bootstrap: str, kafka: TestKafka) -> None:
    ensure_topics(bootstrap, partitions=2, kind="live", reference=ONE)
    resources = [ConfigResource(ResourceType.TOPIC, name) for name in sorted(NAMES)]
    settings = {
        resource.name: {key: entry.value for key, entry in future.result().items()}
        for resource, future in kafka.admin.describe_configs(resources).items()
    }
    for name in (topics.EVENTS, topics.ALERTS, topics.DEAD_LETTERS, topics.PUBLICATIONS):
        assert settings[name]["cleanup.policy"] == "delete"
        assert settings[name]["retention.ms"] == settings[name]["retention.bytes"] == "-1"
    for name, kept in SINGLE_KEPT.items():
        assert settings[name]["cleanup.policy"] == "delete"
        assert settings[name]["retention.ms"] == str(kept)
        assert settings[name]["retention.bytes"] == "-1"
    partitioned = (topics.DOSSIERS, topics.PARTIALS, topics.TALLIES, topics.TRAITS)
    for name in (topics.REFERENCE, *partitioned, *SINGLE_COMPACTED):
        assert settings[name]["cleanup.policy"] == "compact"
        assert settings[name]["segment.bytes"] == str(64 * 2**20)
        assert settings[name]["min.cleanable.dirty.ratio"] == "0.1"
        assert int(settings[name]["max.compaction.lag.ms"] or 0) <= 3_600_000
    for name in NAMES:
        assert settings[name]["message.timestamp.type"] == "LogAppendTime"
        assert int(settings[name]["max.message.bytes"] or 0) >= 8 * 2**20
    made = kafka.admin.list_topics(timeout=10).topics
    assert {name: len(made[name].partitions) for name in NAMES} == {
        **dict.fromkeys(NAMES, 2),
        topics.REFERENCE: 1,
        topics.DEAD_LETTERS: 1,
        topics.PUBLICATIONS: 1,
        **dict.fromkeys((*SINGLE_KEPT, *SINGLE_COMPACTED), 1),
    }


def test_settings_of_existing_topics_are_corrected(bootstrap: str, kafka: TestKafka) -> None:
    kafka.create_topics(topics.EVENTS, partitions=2, config={"retention.ms": "1000"})
    ensure_topics(bootstrap, partitions=2, kind="live", reference=ONE)
    resource = ConfigResource(ResourceType.TOPIC, topics.EVENTS)
    [future] = kafka.admin.describe_configs([resource]).values()
    assert future.result()["retention.ms"].value == "-1"


def test_the_record_time_is_wall_time(bootstrap: str) -> None:
    made = ensure_topics(bootstrap, partitions=1, kind="replay", reference=ONE)
    producer = Producer({"log_level": 0, "bootstrap.servers": bootstrap})
    producer.produce(topics.EVENTS, b"{}", timestamp=1_300_000_000_000)
    producer.flush(10)
    *_, last = read_all(Kafka(bootstrap), topics.EVENTS)
    assert last.timestamp()[1] >= made.created_at


def test_other_reference_data_is_activated_everywhere(bootstrap: str) -> None:
    for reference in (ONE, TWO, TWO, ONE):
        ensure_topics(bootstrap, partitions=2, kind="simulation", reference=reference)
        assert read_reference(bootstrap) == reference
    order = [content_hash(reference) for reference in (ONE, TWO, ONE)]
    assert activations(bootstrap) == {0: order, 1: order}


@pytest.mark.parametrize("written", range(5))
def test_an_interrupted_start_is_completed(
    bootstrap: str, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut after each of the writes: every partition ends up activated, under one timeline."""
    from broker.producing import Writer

    send, left = Writer.send, written

    def cut(self: Writer, topic: str, partition: int, key: bytes | None, value: bytes) -> None:
        nonlocal left
        if not left:
            raise InterruptedError
        left -= 1
        send(self, topic, partition, key, value)

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "send", cut)
        with pytest.raises(InterruptedError):
            ensure_topics(bootstrap, partitions=2, kind="live", reference=ONE)
    begun = read_timeline(bootstrap)
    made = ensure_topics(bootstrap, partitions=2, kind="live", reference=ONE)
    assert begun in (None, made)
    assert {p: set(found) for p, found in activations(bootstrap).items()} == {
        0: {content_hash(ONE)},
        1: {content_hash(ONE)},
    }
    before = end_offsets(Kafka(bootstrap), topics.EVENTS)
    assert ensure_topics(bootstrap, partitions=2, kind="live", reference=ONE) == made
    assert end_offsets(Kafka(bootstrap), topics.EVENTS) == before


def test_another_kind_mapping_or_number_of_partitions_is_refused(bootstrap: str) -> None:
    ensure_topics(
        bootstrap,
        partitions=2,
        kind="replay",
        source="mapping-1",
        label="receipt.csv",
        reference=ONE,
    )
    with pytest.raises(UserError, match=r"holds a replay \(receipt\.csv\), and a simulation") as e:
        ensure_topics(bootstrap, partitions=2, kind="simulation", reference=ONE)
    assert "--state" in e.value.hint
    with pytest.raises(UserError, match="its mapping was another"):
        ensure_topics(bootstrap, partitions=2, kind="replay", source="mapping-2", reference=ONE)
    with pytest.raises(UserError, match="has 2 partitions and 4 are asked for"):
        ensure_topics(bootstrap, partitions=4, kind="replay", source="mapping-1", reference=ONE)


def test_topics_of_somebody_else_are_refused(bootstrap: str, kafka: TestKafka) -> None:
    kafka.create_topics(topics.TALLIES, partitions=7)
    with pytest.raises(
        UserError, match=r"tallies exists with 7 partitions instead of 2 and belong"
    ):
        ensure_topics(bootstrap, partitions=2, kind="live", reference=ONE)


def test_readers_without_a_timeline(bootstrap: str) -> None:
    with pytest.raises(UserError, match="holds no reference data"):
        read_reference(bootstrap)


def test_records_are_what_other_rooms_read(bootstrap: str) -> None:
    made = ensure_topics(bootstrap, partitions=1, kind="live", reference=ONE)
    newest = {m.key(): m.value() for m in read_all(Kafka(bootstrap), topics.REFERENCE)}
    assert newest == {
        keys.TIMELINE_KEY: msgspec.json.encode(made),
        content_hash(ONE).encode(): encode_reference(ONE),
    }


def test_a_broker_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.reading.METADATA_TIMEOUT", 0.5)
    with pytest.raises(UserError, match=r"Kafka at 127\.0\.0\.1:9 does not answer"):
        list(read_all(Kafka("127.0.0.1:9"), topics.TALLIES))
