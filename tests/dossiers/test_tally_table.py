"""The table of tallies: the same whatever the order of arrival, repeats and older epochs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.tallies.table import Outcome, TallyTable
from dossiers.tallies.vector import FIELD, WIDTH
from dossiers.time.day_table import LATEST
from dossiers.wire.keys import CLOCK_SCOPE
from dossiers.wire.tallies import Tally

TIMELINE = "t"
PARTITIONS = 3
SCOPES = ("all", "unit:a", "officer:b")
Record = tuple[int, Tally]


def tally(scope: str, total: int, versions: dict[str, tuple[int, int]], now: int = 1) -> Tally:
    vector = (total,) + (0,) * (WIDTH - 1)
    return Tally(timeline=TIMELINE, scope=scope, now=now, vector=vector, versions=versions)


def clock(now: int, timeline: str = TIMELINE) -> Tally:
    return Tally(timeline=timeline, scope=CLOCK_SCOPE, now=now)


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """What mergers write of some scopes: each sum after the first has everything of the one before
    and more of one source partition, in the same epoch or, after a takeover, in a new one whose
    offsets begin anywhere. Clocks of all partitions come in between."""
    records: list[Record] = []
    for scope in SCOPES:
        versions: dict[str, tuple[int, int]] = {}
        steps = st.tuples(st.sampled_from("012"), st.booleans(), st.integers(0, 50))
        for total, (source, takeover, offset) in enumerate(draw(st.lists(steps, max_size=8))):
            epoch, last = versions.get(source, (0, -1))
            found = (epoch + 1, offset) if takeover else (epoch, last + 1 + offset)
            versions = {**versions, source: found}
            records.append((SCOPES.index(scope), tally(scope, total, versions)))
    for partition in range(PARTITIONS):
        times = draw(st.lists(st.integers(0, 1_000), min_size=1, max_size=4))
        records += [(partition, clock(now)) for now in times]
    return records


def filled(records: list[Record]) -> TallyTable:
    table = TallyTable(TIMELINE, PARTITIONS)
    for partition, record in records:
        table.take(partition, record)
    return table


def newest(records: list[Record]) -> dict[str, Tally]:
    return {each.scope: each for _, each in records if each.scope != CLOCK_SCOPE}


def slowest(records: list[Record]) -> int:
    clocks = [(p, each.now) for p, each in records if each.scope == CLOCK_SCOPE]
    return min(max(now for p, now in clocks if p == each) for each in range(PARTITIONS))


@given(st.data(), histories())
def test_order_repeats_and_older_epochs_change_nothing(
    data: st.DataObject, written: list[Record]
) -> None:
    arrivals = data.draw(st.permutations(written))
    repeats = data.draw(st.lists(st.sampled_from(written), max_size=10))
    table = filled([*arrivals, *repeats])
    assert table.tallies == newest(written)
    assert table.watermark == slowest(written)


@given(histories())
def test_the_watermark_never_falls(written: list[Record]) -> None:
    table = TallyTable(TIMELINE, PARTITIONS)
    seen = []
    for partition, record in written:
        table.take(partition, record)
        if table.watermark is not None:
            seen.append(table.watermark)
    assert seen == sorted(seen)


def test_there_is_no_watermark_before_every_partition_has_spoken() -> None:
    table = TallyTable(TIMELINE, 2)
    table.take(0, clock(100))
    assert table.watermark is None
    table.take(1, clock(0))
    assert table.watermark == 0
    assert TallyTable(TIMELINE, 0).watermark is None


@pytest.mark.parametrize(
    ("partition", "record", "outcome"),
    [
        (0, clock(5, timeline="another"), "foreign"),
        (None, clock(5), "refused"),
        (2, clock(5), "refused"),
        (-1, clock(5), "refused"),
        (0, clock(LATEST), "refused"),
        (0, clock(-1), "refused"),
        (0, tally("all", 9, {"0": (1, 9)}, now=-1), "refused"),
        (0, Tally(timeline=TIMELINE, scope="all", now=1, versions={"0": (1, 9)}), "refused"),
        (0, tally("all", 9, {"0": (1, 4)}), "refused"),
        (0, tally("all", 9, {"1": (9, 9)}), "refused"),
        (0, tally("unit:one-too-many", 9, {"0": (1, 9)}), "no_room"),
    ],
)
def test_what_is_not_taken_leaves_the_table_as_it_is(
    partition: int | None, record: Tally, outcome: Outcome
) -> None:
    table = TallyTable(TIMELINE, 2, lambda scope: scope == "all")
    known = tally("all", 7, {"0": (1, 5)})
    for place, each in ((0, known), (0, clock(3)), (1, clock(4))):
        table.take(place, each)
    assert table.take(partition, record) == outcome
    assert (table.tallies, table.watermark) == ({"all": known}, 3)


def test_counts_are_read_by_name() -> None:
    table = TallyTable(TIMELINE, 1)
    vector = tuple(range(WIDTH))
    table.take(0, Tally(timeline=TIMELINE, scope="all", now=1, vector=vector, versions={}))
    assert table.value("all", "late_month") == FIELD["late_month"]
    assert table.value("unit:none", "late_month") == 0
