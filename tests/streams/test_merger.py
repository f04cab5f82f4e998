"""Merging partial tallies: versions, the watermark, and what is sent again."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.tallies.vector import WIDTH
from dossiers.wire.keys import CLOCK_SCOPE, clock_key, partial_key
from dossiers.wire.tallies import PartialTally, Tally
from streams.tallies.merger import Merger

LINE = "line"


def partial(
    scope: str, partition: int, total: int, *, epoch: int = 1, offset: int = 0, line: str = LINE
) -> tuple[bytes, bytes]:
    vector = () if scope == CLOCK_SCOPE else (total,) * WIDTH
    value = PartialTally(
        timeline=line, scope=scope, partition=partition, epoch=epoch, offset=offset,
        now=total if scope == CLOCK_SCOPE else 1_000 + offset, vector=vector,
    )  # fmt: skip
    return partial_key(scope, partition), msgspec.json.encode(value)


def emitted(merger: Merger) -> dict[bytes, Tally]:
    return {k: msgspec.json.decode(v, type=Tally) for k, v in merger.emit()}


def test_the_newest_of_each_source_partition_is_summed() -> None:
    merger = Merger(LINE, 0, 3)
    merger.absorb([partial("all", 0, 5), partial("all", 1, 7), partial("unit:a", 1, 1)])
    merger.absorb([partial("all", 0, 6, offset=9)])
    tallies = emitted(merger)
    assert tallies[b"all"].vector == (13,) * WIDTH
    assert tallies[b"all"].versions == {"0": (1, 9), "1": (1, 0)}
    assert tallies[b"all"].now == 1_009
    assert tallies[b"unit:a"].vector == (1,) * WIDTH
    assert emitted(merger) == {}


def test_older_versions_are_refused() -> None:
    merger = Merger(LINE, 0, 2)
    merger.absorb([partial("all", 0, 5, epoch=2, offset=3)])
    merger.emit()
    for epoch, offset in ((2, 3), (2, 2), (1, 900)):
        merger.absorb([partial("all", 0, 99, epoch=epoch, offset=offset)])
        assert emitted(merger) == {}
    merger.absorb([partial("all", 0, 4, epoch=3, offset=0)])
    assert emitted(merger)[b"all"].vector == (4,) * WIDTH


def test_the_watermark_is_the_minimum_once_all_have_spoken() -> None:
    merger = Merger(LINE, 4, 2)
    merger.absorb([partial(CLOCK_SCOPE, 0, 70), partial("all", 0, 1)])
    assert set(emitted(merger)) == {b"all"}
    assert merger.watermark == 0
    merger.absorb([partial(CLOCK_SCOPE, 1, 50), partial("all", 1, 1)])
    records = merger.emit()
    assert [key for key, _ in records] == [b"all", clock_key(4)], "the clock after the vectors"
    clock = msgspec.json.decode(records[-1][1], type=Tally)
    assert (clock.scope, clock.now, clock.vector) == (CLOCK_SCOPE, 50, ())
    merger.absorb([partial(CLOCK_SCOPE, 0, 80, offset=1)])
    assert emitted(merger) == {}, "the slower partition holds the watermark"
    merger.absorb([partial(CLOCK_SCOPE, 1, 90, offset=1)])
    assert emitted(merger)[clock_key(4)].now == 80


def test_foreign_and_broken_records_are_counted_and_left_out() -> None:
    merger = Merger(LINE, 0, 1)
    merger.absorb(
        [
            partial("all", 0, 1, line="another"),
            (b"junk", b"{"),
            (b"utf", b'"\xff"'),
            partial("far", 7, 1),
            (b"short", msgspec.json.encode(PartialTally(
                timeline=LINE, scope="s", partition=0, epoch=1, offset=0, now=0, vector=(1, 2)))),
            (b"gone", b""),
        ]
    )  # fmt: skip
    merger.absorb([(None, b"x"), (b"tombstone", None)])
    assert merger.emit() == []
    assert merger.ignored == 6


def test_a_rebuild_sends_what_readers_lack() -> None:
    partials = dict(
        [partial("all", 0, 1), partial("all", 1, 2), partial("b", 0, 3), partial("c", 0, 4)]
        + [partial(CLOCK_SCOPE, p, 60) for p in (0, 1)]
    )
    first = Merger(LINE, 0, 2)
    sent = dict(first.rebuild(partials, {}))
    assert set(sent) == {b"all", b"b", b"c", clock_key(0)}
    assert Merger(LINE, 0, 2).rebuild(partials, sent) == []
    del sent[b"c"]
    sent[b"b"] = b"not a tally"
    partials.update([partial("all", 1, 9, offset=5)])
    lacking = dict(Merger(LINE, 0, 2).rebuild(partials, sent))
    assert set(lacking) == {b"all", b"b", b"c"}


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_any_interleaving_and_any_rounds_end_in_the_same_sums(
    shuffle: random.Random, sources: int
) -> None:
    scopes = ["all", "unit:a", "unit:b"]
    streams = [
        [
            partial(shuffle.choice(scopes), p, shuffle.randrange(100), offset=offset)
            for offset in range(8)
        ]
        for p in range(sources)
    ]
    newest: dict[tuple[str, int], int] = {}
    for stream in streams:
        for _, value in stream:
            record = msgspec.json.decode(value, type=PartialTally)
            newest[record.scope, record.partition] = record.vector[0]
    merger, last = Merger(LINE, 0, sources), dict[bytes, Tally]()
    while any(streams):
        stream = shuffle.choice([s for s in streams if s])
        merger.absorb([stream.pop(0)])
        if shuffle.random() < 0.3:
            last.update(emitted(merger))
    last.update(emitted(merger))
    for scope in {scope for scope, _ in newest}:
        total = sum(v for (s, _), v in newest.items() if s == scope)
        assert last[scope.encode()].vector[0] == total
