"""How a refold begins: cut anywhere it is begun once; where it must not begin nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from confluent_kafka import TopicPartition
from rich.console import Console

from broker import groups as group_members
from broker.ends import end_offsets
from broker.kafka import Kafka
from broker.producing import Writer
from broker.topics import TopicAdmin
from dossiers.errors import UserError
from dossiers.wire import topics
from dossiers.wire.keys import TIMELINE_KEY
from dossiers.wire.records import FORMAT
from dossiers.wire.reference import Reference
from dossiers.wire.timeline import Timeline
from dossiers.wire.topics import DOSSIERS, EVENTS, PUBLICATIONS, REFERENCE
from dunghen.clickhouse import open_store
from dunghen.refold import in_kafka
from dunghen.refold.folding import Folding
from dunghen.settings.installation import Installation
from dunghen.settings.loading import load
from dunghen.state.folder import StateFolder
from dunghen.terminal.console import Terminal
from dunghen.timeline.reference_topic import read_any_timeline
from dunghen.timeline.topics import ensure_topics
from dunghen.timeline.workers import worker_group
from sinks.rebuild import Rebuild
from tests.dunghen.timeline.test_topics import NAMES
from tests.support.kafka import TestKafka
from tests.support.waiting import wait_for

MADE = (*in_kafka.MADE,)


@pytest.fixture
def old(kafka: TestKafka) -> Iterator[Timeline]:
    """A timeline of a former version, with a state and an event."""

    def clean() -> None:
        if found := kafka.topic_names() & NAMES:
            kafka.delete_topics(*found)

    clean()
    made = ensure_topics(kafka.bootstrap, partitions=1, kind="replay", reference=Reference())
    former = msgspec.structs.replace(made, format=1)
    with Writer(Kafka(kafka.bootstrap)) as writer:
        writer.send(REFERENCE, 0, TIMELINE_KEY, msgspec.json.encode(former))
        writer.send(EVENTS, 0, b"d", b"{}")
        writer.send(DOSSIERS, 0, b"d", b"{}")
        writer.send(PUBLICATIONS, 0, b"publications", b"{}")
    yield former
    clean()


def now(kafka: TestKafka) -> Timeline:
    found, _ = read_any_timeline(kafka.bootstrap)
    assert found is not None
    return found


class Cut(BaseException):
    """Stands for kill -9."""


@pytest.mark.parametrize("at", range(5))
def test_cut_anywhere_it_is_begun_once(
    kafka: TestKafka, old: Timeline, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    log = end_offsets(Kafka(kafka.bootstrap), EVENTS)
    steps = iter(range(at))

    def counted(real: Any) -> Any:
        def step(*arguments: Any, **more: Any) -> Any:
            if next(steps, None) is None:
                raise Cut
            return real(*arguments, **more)

        return step

    begun: Timeline | None = None
    with monkeypatch.context() as patch:
        for kind, name in ((Writer, "send"), (TopicAdmin, "delete"), (TopicAdmin, "create")):
            patch.setattr(kind, name, counted(getattr(kind, name)))
        try:
            begun = in_kafka.begin(Kafka(kafka.bootstrap), old, 1, "the key's")
        except Cut:
            assert now(kafka) == old if at == 0 else now(kafka).refold == "emptying"
    between = now(kafka)
    begun = in_kafka.begin(Kafka(kafka.bootstrap), between, 1, "the key's")
    assert begun == now(kafka)
    assert between.id in (old.id, begun.id)
    assert (begun.former, begun.refold, begun.format) == ((old.id,), "folding", FORMAT)
    assert (begun.activations, begun.key_check) == (old.activations, "the key's")
    assert end_offsets(Kafka(kafka.bootstrap), EVENTS) == log
    assert all(end_offsets(Kafka(kafka.bootstrap), topic) == {0: 0} for topic in MADE)
    assert end_offsets(Kafka(kafka.bootstrap), PUBLICATIONS) == {0: 1}, "of the installation"
    assert in_kafka.end(Kafka(kafka.bootstrap), begun) == now(kafka)
    assert not now(kafka).refold


def test_topics_that_its_version_did_not_have_are_made(kafka: TestKafka, old: Timeline) -> None:
    kafka.delete_topics(topics.TRAITS, topics.SYNC_ERRORS)
    in_kafka.begin(Kafka(kafka.bootstrap), old, 1)
    assert kafka.topic_names() >= {*MADE, topics.TRAITS, topics.SYNC_ERRORS}


def test_a_log_without_its_start_is_not_folded(kafka: TestKafka, old: Timeline) -> None:
    [future] = kafka.admin.delete_records([TopicPartition(EVENTS, 0, 1)]).values()
    future.result(20)
    with pytest.raises(UserError, match=r"begins with offset 1 in partition 0.* Nothing was chang"):
        in_kafka.begin(Kafka(kafka.bootstrap), old, 1)
    assert now(kafka) == old
    assert end_offsets(Kafka(kafka.bootstrap), DOSSIERS) == {0: 1}


@pytest.fixture
def installation(kafka: TestKafka, tmp_path: Path) -> Installation:
    found = Installation(load({"kafka.bootstrap": kafka.bootstrap}), StateFolder(tmp_path / "work"))
    found.folder.create()
    return found


def folding(installation: Installation) -> Folding:
    return Folding(installation, Terminal(Console(quiet=True)), lambda: False)


def test_while_a_worker_is_there_nothing_is_begun(
    kafka: TestKafka, old: Timeline, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_members, "_GONE_SECONDS", 0.0)
    group = worker_group(old.id)
    worker = Kafka(kafka.bootstrap).consumer({"group.id": group})
    try:
        worker.subscribe([EVENTS])
        wait_for(lambda: worker.poll(0.1) or worker.assignment(), 60)
        with pytest.raises(UserError, match=r"worker.* still works on this timeline.* Stop"):
            folding(installation).begin("")
    finally:
        worker.close()
    assert now(kafka) == old


def test_what_an_interrupted_rebuild_left_behind_is_no_part_of_it(
    kafka: TestKafka, old: Timeline, installation: Installation
) -> None:
    with open_store(installation) as store:
        rebuild = Rebuild(store, old.id)
        rebuild.prepare()
        rebuild.close()
    folding(installation).begin("")
    with open_store(installation) as store:
        found = store.query("SELECT name FROM system.databases WHERE name LIKE '%rebuild'")
    assert found == []
    assert now(kafka).former == (old.id,)
    assert topics.ALERTS in kafka.topic_names()
