"""A worker that is not given what is in its log ends; one that has nothing to do goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from confluent_kafka import KafkaError, KafkaException

from broker.silence import PartitionId, SilenceWatch, watch

LIMIT = 60.0
PLACE = PartitionId("events", 3)


def found(*looks: tuple[float, int, int]) -> str | None:
    """What the last look finds; looks are (time, next offset, what another client is given)."""
    silence = SilenceWatch(LIMIT)
    what = None
    for now, position, end in looks:
        asked = silence.suspects(now, {PLACE: position})
        what = silence.stuck(now, {PLACE: end}) if asked else None
    return what


@pytest.mark.parametrize("last", [30, 70])  # whether the log grows or not
def test_a_log_that_goes_on_unheard_is_told_with_its_place(last: int) -> None:
    what = found((0, 10, 11), (20, 10, 30), (40, 10, 30), (61, 10, last))
    assert what is not None
    assert all(part in what for part in ("partition 3", "offset 10", f" {last}"))


@pytest.mark.parametrize(
    "looks",
    [
        ((0, 10, 10), (30, 10, 10), (600, 10, 10)),  # nothing to read
        ((0, 10, 20), (30, 10, 20), (61, 11, 40)),  # slow, but it moves
        ((0, 10, 20), (59, 10, 40), (60, 10, 60)),  # not long enough yet
        ((0, 10, 20), (600, 10, 60)),  # asleep itself: it has had no time yet
        ((0, 10, 20), (30, 10, 10), (600, 10, 20)),  # has just come
    ],
)
def test_others_are_let_be(looks: tuple[tuple[float, int, int], ...]) -> None:
    assert found(*looks) is None


@pytest.mark.asyncio
async def test_while_kafka_is_away_nobody_is_blamed() -> None:
    asked = 0
    ended: list[str] = []

    async def given(partitions: Mapping[PartitionId, int]) -> Mapping[PartitionId, int]:
        nonlocal asked
        asked += 1
        if asked <= 5:
            raise KafkaException(KafkaError(KafkaError._TRANSPORT))
        return dict.fromkeys(partitions, 100 + asked)

    def end(what: str) -> None:
        ended.append(what)

    await asyncio.wait_for(watch(0.1, lambda: {PLACE: 1}, given, end), 30)
    assert asked > 5 + 1
    assert len(ended) == 1
