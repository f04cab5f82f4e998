"""Whose a dossier is when reference data change, and after it has left the stream."""

from __future__ import annotations

import msgspec

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.wire.events import Activate, AnyEvent, Tick
from dossiers.wire.topics import DOSSIERS
from oracle.figures import recount_log
from oracle.lifetimes import Heard, Origin
from streams.partition.engine import PartitionEngine
from tests.dossiers.owning import (
    CITY,
    SHORT,
    counted,
    fed,
    finished,
    owners,
    progressed,
    received,
    refused,
    state,
)
from tests.dossiers.retaining import letters, restored_from
from tests.dossiers.stories import DAY, START
from tests.dossiers.test_fold import TIMELINE, engine_for, feed
from tests.dossiers.test_ownership import CITY_HALL, STRANGER, A, B


def test_each_event_is_judged_by_the_reference_data_of_its_arrival() -> None:
    """Also between two ticks, where no instant tells what came before the new data."""
    merged = Context(
        msgspec.structs.replace(
            CITY.reference,
            units=tuple(
                msgspec.structs.replace(unit, madonvi={"A": "", "B": "A"}.get(unit.madonvi, "P"))
                for unit in CITY.reference.units
                if unit.id != "desk"
            ),
        )
    )
    known = {"x": CITY, "y": merged}
    engine = PartitionEngine(TIMELINE, 0, lambda h: known[h].reference, lambda _: 0, 1)
    engine.restore([])
    stream: list[AnyEvent] = [
        Activate(hash="x", since=0),
        Tick(now=START + DAY),
        received("r", unit="u2"),
        progressed("before", A, unit="u2"),
        Activate(hash="y", since=START),
        progressed("after", A, unit="u2"),
        progressed("other", B, unit="u2"),
    ]
    outputs = feed(engine, stream)
    assert refused(outputs) == ["before", "other"]

    heard: list[Heard] = [
        (event, START + DAY) for event in stream if not isinstance(event, Activate | Tick)
    ]
    origins = [Origin(1), Origin(1, refused=True), Origin(2), Origin(2, refused=True)]
    versions = [InForce(), InForce([(0, CITY)]), InForce([(0, CITY), (START + DAY, merged)])]
    count = recount_log(
        heard, START + DAY, merged, versions[2], origins, lambda first: versions[first]
    )
    assert (count.disputed, count.refused) == ([], 2)


def merged_city() -> Context:
    """Commune One has ended, and Commune Two goes on with its work."""
    units = tuple(
        msgspec.structs.replace(unit, ended="2026-09-22", successor="u2")
        if unit.id == "u1"
        else unit
        for unit in CITY.reference.units
    )
    return Context(msgspec.structs.replace(CITY.reference, units=units))


def test_what_was_handed_to_a_unit_that_has_ended_is_there_for_it_and_who_goes_on() -> None:
    """Its systems may go on sending in its name for a while."""
    engine = PartitionEngine(TIMELINE, 0, lambda _: merged_city().reference, lambda _: 0, 1)
    engine.restore([])
    stream: list[AnyEvent] = [
        Activate(hash="y", since=0),
        Tick(now=START + DAY),
        received("r", CITY_HALL, unit="city"),
        progressed("handed", CITY_HALL, unit="u1"),
        progressed("old", A),
        progressed("heir", B),
        progressed("other", STRANGER),
    ]
    assert refused(feed(engine, stream)) == ["other"]


def test_who_goes_on_with_a_unit_that_has_ended_may_act_on_its_dossiers() -> None:
    """On those that it owned, and on those that were handed to it."""
    merged = merged_city()
    known = {"x": CITY, "y": merged}
    engine = PartitionEngine(TIMELINE, 0, lambda h: known[h].reference, lambda _: 0, 1)
    engine.restore([])
    stream: list[AnyEvent] = [
        Activate(hash="x", since=0),
        Tick(now=START + DAY),
        received("r", A, unit="u1"),
        progressed("before", B),
        Activate(hash="y", since=START),
        progressed("after", B),
        progressed("old", A),
        progressed("other", STRANGER),
    ]
    assert refused(feed(engine, stream)) == ["before", "other"]

    heard: list[Heard] = [
        (event, START + DAY) for event in stream if not isinstance(event, Activate | Tick)
    ]
    origins = [
        Origin(1), Origin(1, refused=True), Origin(2), Origin(2), Origin(2, refused=True),
    ]  # fmt: skip
    versions = [InForce(), InForce([(0, CITY)]), InForce([(0, CITY), (START + DAY, merged)])]
    count = recount_log(
        heard, START + DAY, versions[2].at(START + DAY), versions[2], origins,
        lambda first: versions[first],
    )  # fmt: skip
    assert (count.disputed, count.refused) == ([], 2)


def test_what_was_brought_back_still_belongs_to_its_owner() -> None:
    """Its facts tell to whom it had been handed; without them owners and those above may act."""
    first, _ = fed(
        SHORT, [received("r", A, unit="u1"), progressed("h", A, unit="u2"), finished("f", B)]
    )
    record = state(first)
    gone: list[AnyEvent] = [
        received("r", A, unit="u1"), progressed("h", A, unit="u2"), finished("f", B),
        Tick(now=START + DAY), Tick(now=START + 9 * DAY),
    ]  # fmt: skip
    late = [progressed(f"late-{code}", code, 24 * 9) for code in (B, STRANGER, CITY_HALL)]
    engine, outputs = fed(SHORT, [*gone, *late])
    assert refused(outputs) == ["late-B", "late-Q"]
    assert owners(engine) == (("A",), True)

    back = restored_from(record, START + 9 * DAY)
    engine, outputs = fed(SHORT, [*gone, back, *late])
    assert refused(outputs) == ["late-Q"]
    assert state(engine).flags == ("after_end", "handed_over")
    # A log of an earlier version remembered nobody: then the facts say whose it is.
    engine, outputs = fed(SHORT, [back, *late])
    assert refused(outputs) == ["late-Q"]
    assert owners(engine)[0] == ("A",)


def test_what_belongs_to_nobody_leaves_a_tombstone_and_else_its_owners() -> None:
    leaving = [Tick(now=START + DAY), Tick(now=START + 9 * DAY)]
    for madonvi, unit, left in (("", "", None), ("", "u1", b'[["A"],true,false]'),
                                ("Q", "", b'[["Q"],true,false]')):  # fmt: skip
        stream = [received("r", madonvi, unit=unit), finished("f", madonvi), *leaving]
        engine, outputs = fed(SHORT, stream)
        said = [o.value for o in outputs if o.topic == DOSSIERS and o.key == b"d"]
        assert said[-1] == left
        second = engine_for(SHORT)
        second.restore((o.key, o.value) for o in outputs if o.topic == DOSSIERS)
        assert owners(second) == owners(engine)


def test_late_news_of_a_stranger_brings_no_dossier_back() -> None:
    gone = START + 30 * DAY
    late = [finished("late", madonvi, at=3, dossier_received_at=START) for madonvi in "BA"]
    stream: list[AnyEvent] = [
        received("r", "A"), finished("f", "A"), Tick(now=gone), *late, Tick(now=gone + 1),
    ]  # fmt: skip
    engine, outputs = fed(SHORT, stream)
    assert "d" not in engine.state.dossiers
    assert [letter.reason for letter in letters(outputs)] == ["not_yours", "archived"]
    count = counted(stream, outputs, gone + 1, SHORT)
    assert count.disputed == []
