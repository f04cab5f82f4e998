"""A leader that has not heard of the topics must not leave the whole group without partitions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.cluster import ClusterMetadata

from dossiers.wire.topics import EVENTS, PARTIALS
from streams.delivery.assignor import assignor_for

PARTITIONS = {EVENTS: {0, 1}, PARTIALS: {0, 1}}


class Ended(Exception):
    """In place of the end of the process."""


def end(why: str) -> None:
    raise Ended(why)


def assign(known: dict[str, set[int]]) -> Any:
    """What a leader gives its only member while Kafka tells of ``known``."""
    conf = SimpleNamespace(canonical_url="http://worker-1")
    sensors = SimpleNamespace(
        on_assignment_start=lambda _: None, on_assignment_completed=lambda *_: None,
        on_assignment_error=lambda *_: None,
    )  # fmt: skip
    app: Any = SimpleNamespace(
        conf=conf,
        sensors=sensors,
        tracer=None,
        tables=SimpleNamespace(data={}, changelog_topics=()),
    )
    assignor = assignor_for((EVENTS, PARTIALS), end)(app)
    cluster = ClusterMetadata()
    cluster.partitions_for_topic = known.get
    return assignor.assign(cluster, {"worker-1": assignor.metadata({EVENTS, PARTIALS})})


def test_the_leader_gives_all_partitions() -> None:
    given = assign(PARTITIONS)["worker-1"].assignment
    assert {topic: set(numbers) for topic, numbers in given} == PARTITIONS


@pytest.mark.parametrize("known", [{}, {EVENTS: {0, 1}}], ids=["none", "one of two"])
def test_a_leader_that_knows_too_few_topics_ends(known: dict[str, set[int]]) -> None:
    """Seen with ``python -m tests.faults --seed 7 --events 40000 --faults 10 --seconds 25``: Kafka
    had just started, and two workers sat there with nothing while the third was asleep."""
    with pytest.raises(Ended, match=PARTIALS):
        assign(known)
