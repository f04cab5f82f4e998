"""A wrong first claim, settled by an operator: in the log, so that every recount sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from broker.kafka import Kafka
from broker.reading import topic_reader
from dossiers.errors import UserError
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.wire.events import AnyDossierEvent, Finished, Progressed, Received, Snapshot, Tick
from dossiers.wire.facts import Content
from dossiers.wire.records import Owned, has_left
from dossiers.wire.topics import DOSSIERS
from dunghen.dead_letters.replay import replay_these
from dunghen.dead_letters.topic import drop_letter, read_letters
from oracle.checks.cut import read_cut
from oracle.checks.raw import check_events
from oracle.checks.report import Check
from oracle.checks.sql_recount import check_sql
from oracle.checks.stored import check_dossiers
from oracle.checks.stream import check_owners, check_table, recount_partition
from streams.partition.engine import PartitionEngine
from tests.dunghen.dead_letters.stream import (
    DAY,
    REFERENCE,
    T0,
    Stream,
    fields,
    streamed,
)
from tests.support.kafka import TestKafka

GONE = T0 + (REFERENCE.rules.retention_days + 4) * DAY


@pytest.fixture
def stream(kafka: TestKafka, tmp_path: Path) -> Iterator[Stream]:
    yield from streamed(kafka, tmp_path)


def event(kind: Any, event_id: str, madonvi: str, at: int, **more: Any) -> AnyDossierEvent:
    found: AnyDossierEvent = kind(**fields("d", event_id, at, madonvi=madonvi, **more))
    return found


def claimed_wrongly(stream: Stream) -> None:
    """B was the first to send something about a dossier of A."""
    stream.publish(
        Tick(now=T0),
        event(Received, "r", "B", T0, unit="u1", due_at=T0 + 9 * DAY),
        event(Received, "r", "A", T0 + 1, unit="u2", due_at=T0 + 9 * DAY),
        event(Finished, "f", "A", T0 + DAY),
        event(Progressed, "p", "C", T0 + DAY, officer="o9"),
        Tick(now=T0 + DAY),
    )
    taken(stream)


def taken(stream: Stream) -> None:
    stream.fold()
    stream.sink()


def verified(stream: Stream) -> dict[str, Check]:
    """What ``dunghen verify`` compares of it."""
    parts = read_cut(topic_reader(Kafka(stream.bootstrap)), 1)
    in_force = InForce([(0, Context(REFERENCE))])
    counts = {0: recount_partition(parts[0], in_force)[1]}
    store, timeline = stream.store, stream.timeline
    checks = [
        *check_table(parts, counts),
        check_owners(parts, counts),
        check_dossiers(store, timeline, parts, counts),
        check_events(store, timeline, parts),
        check_sql(store, timeline, parts, in_force, counts.values()),
    ]
    return {check.name: check for check in checks}


def replayed(stream: Stream, *numbers: int, owner: str = "", take_back: bool = False) -> list[str]:
    """For each, why it was not sent, or ""."""
    letters = read_letters(Kafka(stream.bootstrap), closed=True)
    done = replay_these(
        Kafka(stream.bootstrap), letters, numbers, stream.store, owner, take_back=take_back
    )
    taken(stream)
    return [each.refused for each in done]


def equal(stream: Stream) -> bool:
    checks = verified(stream).values()
    assert len(checks) == 6
    return all(not each.examples for each in checks)


def reasons(stream: Stream) -> list[str]:
    return [entry.letter.reason for entry in read_letters(Kafka(stream.bootstrap))]


def test_an_operator_settles_a_wrong_first_claim(stream: Stream) -> None:
    claimed_wrongly(stream)
    assert reasons(stream) == ["not_yours"] * 3
    assert stream.state("d").standing.verdict == "within"
    # Without an owner it is sent, and refused, again.
    assert replayed(stream, 1) == [""]
    assert reasons(stream) == ["not_yours"] * 3
    assert equal(stream)

    refused = replayed(stream, 0, 2, 4, owner="A")
    assert [text.split(",")[0] for text in refused] == [
        "", "not_yours: it was sent for C", "",
    ]  # fmt: skip
    state = stream.state("d")
    assert (state.course.outcome, state.unit) == ("finished", "u2")
    assert state.owned is not None
    assert state.owned.owners == ("A",)
    assert reasons(stream) == ["not_yours"]
    # Whoever claimed it has no more say.
    stream.publish(event(Progressed, "q", "B", T0 + 2 * DAY))
    taken(stream)
    assert reasons(stream) == ["not_yours", "not_yours"]
    assert equal(stream)
    mark = read_letters(Kafka(stream.bootstrap), closed=True)[0]
    assert mark.state == "replayed"


@pytest.mark.parametrize("left", [False, True])
def test_what_the_wrong_claimant_sent_is_taken_back(stream: Stream, left: bool) -> None:
    """B invented a reception, an end and a snapshot; C, to which B handed it, is no claimant."""
    stream.publish(
        Tick(now=T0),
        event(Received, "r", "B", T0, unit="u1", due_at=T0 + DAY),
        event(Progressed, "h", "B", T0 + 1, unit="C"),
        event(Progressed, "c", "C", T0 + 2, officer="o3"),
        event(Snapshot, "s", "B", T0 + 3, content=Content(status=4, accepted_at=T0)),
        event(Finished, "e", "B", T0 + 4),
        event(Received, "r", "A", T0 + 5, unit="u2", due_at=T0 + 9 * DAY),
        Tick(now=T0 + DAY),
    )
    if left:
        stream.publish(Tick(now=GONE), Tick(now=GONE + DAY))
    taken(stream)
    assert reasons(stream) == ["not_yours"]
    assert replayed(stream, 0, owner="A", take_back=True) == [""]
    state = stream.state("d")
    assert (state.course.received_at, state.course.due_at, state.course.outcome) == (
        T0 + 5,
        T0 + 9 * DAY,
        "",
    )
    assert (state.unit, state.course.officer) == ("u2", "o3")
    assert state.owned is not None
    assert state.owned.owners == ("A",)
    assert reasons(stream) == []
    assert equal(stream)


def test_an_owner_settles_nothing_else(stream: Stream) -> None:
    claimed_wrongly(stream)
    drop_letter(Kafka(stream.bootstrap), 2, "a test", "cli")
    with pytest.raises(UserError, match="was dropped already"):
        replayed(stream, 2, owner="C")
    stream.publish(event(Progressed, "future", "A", T0 + 90 * DAY))
    taken(stream)
    number = read_letters(Kafka(stream.bootstrap))[-1].number
    with pytest.raises(UserError, match="an owner settles only not_yours"):
        replayed(stream, number, owner="A")
    with pytest.raises(UserError, match="only where somebody else is the owner"):
        replayed(stream, 0, take_back=True)
    with pytest.raises(UserError, match="must be a madonvi"):
        replayed(stream, 0, owner="A" * 300)


def test_ownership_outlives_the_retention_and_a_take_over(stream: Stream) -> None:
    claimed_wrongly(stream)
    replayed(stream, 0, 1, owner="A")
    stream.publish(Tick(now=GONE), Tick(now=GONE + DAY))
    taken(stream)
    assert not stream.engine.state.dossiers
    records = {m.key(): m.value() for m in stream.kafka.read_all(DOSSIERS)}
    assert has_left(records[b"d"] or b"")

    stream.engine = PartitionEngine(stream.timeline, 0, lambda _: REFERENCE, lambda _: 0, 1)
    stream.engine.restore([(key or b"", value) for key, value in records.items()])
    stream.publish(
        event(Progressed, "new", "B", GONE + DAY, officer="o2"),
        event(Progressed, "new", "A", GONE + DAY, officer="o1"),
    )
    taken(stream)
    assert stream.state("d").course.officer == "o1"
    assert reasons(stream) == ["not_yours", "not_yours"]
    assert equal(stream)


def test_verify_tells_what_the_worker_judged_wrongly(stream: Stream) -> None:
    claimed_wrongly(stream)
    parts = read_cut(topic_reader(Kafka(stream.bootstrap)), 1)
    part = parts[0]
    part.origins = [origin._replace(refused=not origin.refused) for origin in part.origins]
    counts = {0: recount_partition(part, InForce([(0, Context(REFERENCE))]))[1]}
    assert check_owners(parts, counts).differences == 4

    part = read_cut(topic_reader(Kafka(stream.bootstrap)), 1)[0]
    counts = {0: recount_partition(part, InForce([(0, Context(REFERENCE))]))[1]}
    assert check_owners({0: part}, counts).differences == 0
    part.records["d"] = msgspec.structs.replace(part.records["d"], owned=Owned(("Z",), True))
    assert check_owners({0: part}, counts).examples == [
        "owners of d: (('Z',), False), recounted (('B',), False)"
    ]
