"""The sink judges by the reference data that a partition counts by, as soon as it counts."""

from __future__ import annotations

import msgspec
import pytest

from broker.errors import BrokerError
from broker.memory.kafka import MemoryKafka
from broker.producing import Writer
from dossiers.reports.held_shares import NOTHING_HELD
from dossiers.wire.facts import FinishedFact, Limit, ReceivedFact
from dossiers.wire.keys import TIMELINE_KEY
from dossiers.wire.reference import (
    Procedure,
    Reference,
    Step,
    content_hash,
    encode_reference,
)
from dossiers.wire.timeline import Activated, Timeline
from dossiers.wire.topics import REFERENCE
from sinks import judging
from sinks.judging import LateJudge, ReferenceReader

HOUR = 3_600_000
START = 1_795_395_600_000  # Monday 23 November 2026, 08:00 in Viet Nam


def reference(hours: float) -> Reference:
    step = Step(id="s1", hours=hours)
    return Reference(
        procedures=(Procedure(id="p", name="P", steps=(step,), limit=Limit(4, "hours")),)
    )


FACTS = msgspec.Raw(
    msgspec.json.encode(
        [
            ReceivedFact(START, "s", 0, "1", START, unit="u", officer="o", step="s1", procedure="p",
                         limit=Limit(4, "hours")),
            FinishedFact(START + 9 * HOUR, "s", 1, "2", START + 9 * HOUR),
        ]
    )
)  # fmt: skip


def write(kafka: MemoryKafka, *versions: Reference, timeline: str = "line") -> None:
    line = Timeline(
        id=timeline, kind="replay", partitions=1, created_at=0,
        activations=tuple(Activated(0, content_hash(each)) for each in versions[:1]),
    )  # fmt: skip
    with Writer(kafka) as writer:
        for version in versions:
            key = content_hash(version).encode()
            writer.send(REFERENCE, 0, key, encode_reference(version))
        writer.send(REFERENCE, 0, TIMELINE_KEY, msgspec.json.encode(line))


@pytest.fixture
def kafka() -> MemoryKafka:
    found = MemoryKafka()
    found.create_topics(REFERENCE)
    return found


def test_by_the_timeline_until_a_partition_says_more(kafka: MemoryKafka) -> None:
    write(kafka, reference(1), reference(3))
    judge = LateJudge(ReferenceReader(kafka, "line"))
    assert judge.shares(0, FACTS, START + 10 * HOUR).limits == (HOUR,)
    judge.said(0, ((0, content_hash(reference(3))),))
    assert judge.shares(0, FACTS, START + 10 * HOUR).limits == (3 * HOUR,)
    assert judge.shares(1, FACTS, START + 10 * HOUR).limits == (HOUR,)
    judge.close()


def test_what_is_loaded_later_counts_once_a_partition_says_so(kafka: MemoryKafka) -> None:
    write(kafka, reference(1))
    judge = LateJudge(ReferenceReader(kafka, "line"))
    assert judge.shares(0, FACTS, START + 10 * HOUR).used == (7.5 * HOUR,)
    write(kafka, reference(2))
    judge.said(0, ((0, content_hash(reference(2))),))
    found = judge.shares(0, FACTS, START + 10 * HOUR)
    assert (found.limits, found.charges, found.late) == ((2 * HOUR,), (3.5 * HOUR,), 3.5 * HOUR)
    judge.close()


def test_reference_data_that_comes_too_late_counts_from_then_on(
    kafka: MemoryKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "_ANSWER_S", 0.05)
    monkeypatch.setattr(judging, "_LOOK_S", 0.0)
    write(kafka, reference(1))
    judge = LateJudge(ReferenceReader(kafka, "line"))
    judge.said(0, ((0, content_hash(reference(2))),))
    assert judge.shares(0, FACTS, START + 10 * HOUR).limits == (HOUR,)
    write(kafka, reference(2))
    while judge.shares(0, FACTS, START + 10 * HOUR).limits != (2 * HOUR,):
        pass  # the reader takes what is there when it is asked
    judge.close()


def test_facts_that_nobody_can_judge_stop_nothing(kafka: MemoryKafka) -> None:
    write(kafka, reference(1))
    judge = LateJudge(ReferenceReader(kafka, "line"))
    assert judge.shares(0, msgspec.Raw(b'["junk"]'), START) == NOTHING_HELD
    assert judge.unjudged == 1
    judge.close()


def test_without_reference_data_the_sink_waits(kafka: MemoryKafka) -> None:
    kafka.delete_topics(REFERENCE)
    with pytest.raises(BrokerError):
        LateJudge(ReferenceReader(kafka, "line")).shares(0, FACTS, START)
