"""Who may act on what: rule by rule, and any mixture against the recount."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.wire.events import (
    Activate,
    AnyDossierEvent,
    AnyEvent,
    DueSet,
    Reassigned,
    Submitted,
    Tick,
    Voided,
)
from dossiers.wire.records import DOSSIERS
from oracle.figures import recount_log
from oracle.lifetimes import Heard, Origin
from streams.partition.engine import PartitionEngine
from tests.dossiers.owning import (
    CITY,
    PLAIN,
    SHORT,
    counted,
    fed,
    finished,
    made,
    owners,
    progressed,
    received,
    refused,
    shown,
    stamped,
    state,
)
from tests.dossiers.retaining import letters, restored_from
from tests.dossiers.stories import DAY, START
from tests.dossiers.test_fold import END, TIMELINE, engine_for, feed, figures, ticked, ticks

A, B, CITY_HALL, STRANGER = "A", "B", "P", "Q"


@pytest.mark.parametrize(
    ("before", "event", "taken"),
    [
        # (a) what is from nobody in particular acts on all
        ([received("r", A, unit="u1")], finished("x"), True),
        # (b) its owner
        ([received("r", A, unit="u1")], finished("x", A), True),
        ([received("r", A, unit="u1")], finished("x", B), False),
        ([received("r", A, unit="u1")], finished("x", STRANGER), False),
        ([shown("r", A, unit="u1", status=2)], finished("x", B), False),
        ([shown("r", A, unit="u1", status=2)], shown("x", B, at=1, unit="u2", status=9), False),
        # before a reception: whoever has a record of it
        ([made(Submitted, "s", A)], received("x", B), False),
        ([made(Submitted, "s", A)], received("x", A), True),
        ([shown("s", A, status=1)], shown("x", B, at=1, status=2, accepted_at=START), False),
        # (c) above its present unit, and not below or beside
        ([received("r", A, unit="u1")], finished("x", CITY_HALL), True),
        ([received("r", CITY_HALL, unit="city")], finished("x", A), False),
        ([received("r", STRANGER, unit="u1")], finished("x", B), False),
        ([received("r", STRANGER, unit="u1")], finished("x", A), True),
        ([received("r", A)], finished("x", CITY_HALL), True),
        # (d) handed over, by id, name or madonvi, also to a unit below the sender's
        ([received("r", A, unit="u1"), progressed("h", A, unit="u2")], finished("x", B), True),
        ([shown("r", A, unit="Commune Two", status=4)], finished("x", B), True),
        ([received("r", A, unit="u1"), progressed("h", A, unit="B")], finished("x", B), True),
        ([received("r", B, unit="u2"), progressed("h", B, unit="desk")], finished("x", A), True),
        # once handed over is enough, also when it went back or further
        (
            [received("r", A), progressed("h", A, unit="u2"), progressed("i", A, at=2, unit="u1")],
            progressed("x", B, at=3),
            True,
        ),
        # a stranger hands over nothing
        ([received("r", A, unit="u1"), progressed("h", B, unit="u2")], finished("x", B), False),
        # by units.csv, where its reception came from nobody in particular
        ([received("r", unit="u1")], finished("x", A), True),
        ([received("r", unit="u1")], finished("x", B), False),
        ([received("r", unit="desk")], finished("x", B), False),
        ([received("r", unit="desk")], finished("x", A), True),
        ([made(Submitted, "s", unit="u1")], received("x", B, unit="u2"), False),
        ([made(Submitted, "s", A, unit="u1"), received("r", at=1, unit="u2")],
         finished("x", A), False),
        ([received("r", unit="nowhere")], finished("x", B), True),
        ([received("r", A, unit="u1")], received("x", B, at=-9, unit="u2"), False),
    ],
)  # fmt: skip
def test_each_rule(before: list[AnyEvent], event: AnyDossierEvent, taken: bool) -> None:
    _, outputs = fed(CITY, [*before, event])
    assert ("x" in refused(outputs)) != taken


def test_what_is_handed_over_is_flagged_and_nothing_else_is() -> None:
    before = [received("r", A, unit="u1"), progressed("h", A, unit="u2")]
    engine, _ = fed(CITY, [*before, progressed("p", CITY_HALL, at=2)])
    assert state(engine).flags == ()
    engine, outputs = fed(CITY, [*before, progressed("p", B, at=2), finished("f", A, at=3)])
    assert (state(engine).flags, refused(outputs)) == (("handed_over",), [])
    assert figures(engine)["all"]["flagged"] == 1
    # Folding everything anew keeps it: a new due time dated back.
    late = made(DueSet, "x", A, 1, due_at=START + DAY, reason="extension")
    engine, _ = fed(CITY, [*before, progressed("p", B, at=2), late])
    assert "handed_over" in state(engine).flags


def test_a_hand_over_that_was_taken_back_is_none() -> None:
    stream = [received("r", A, unit="u1"), progressed("h", A, unit="u2"),
              made(Voided, "v", A, 2, target="h")]  # fmt: skip
    assert refused(fed(CITY, [*stream, finished("x", B, at=3)])[1]) == ["x"]


def test_an_earlier_reception_that_comes_later_takes_no_dossier_away() -> None:
    stream = [received("r", A, at=5, unit="u1"), progressed("h", A, at=6, unit="u2"),
              received("e", B, at=1, unit="u2")]  # fmt: skip
    engine, outputs = fed(CITY, [*stream, finished("x", A, at=9)])
    assert (owners(engine), refused(outputs)) == ((("A",), True), [])
    # Nor one that nobody in particular received.
    unstamped = [received("r", at=5, unit="u1"), progressed("h", at=6, unit="u2")]
    engine, outputs = fed(CITY, [*unstamped, stream[2], finished("x", A, at=9)])
    assert refused(outputs) == []


def test_without_codes_only_stamps_count() -> None:
    by_name = [received("r", unit="u1"), finished("x", B)]
    assert refused(fed(PLAIN, by_name)[1]) == []
    stream = [received("r", A, unit="u1"), progressed("p", B), progressed("q", CITY_HALL)]
    assert refused(fed(PLAIN, stream)[1]) == ["p", "q"]


def test_the_dead_letter_says_whose_it_is_and_what_to_do() -> None:
    _, outputs = fed(CITY, [received("r", A, unit="u1"), finished("x", B)])
    (letter,) = letters(outputs)
    assert letter.reason == "not_yours"
    assert "dossier d belongs to A, held by u1: B may not act on it" in letter.detail
    assert "--owner B" in letter.detail


def test_ids_of_another_madonvi_are_other_ids() -> None:
    before = [received("r", A, unit="u1"), progressed("h", A, unit="u2")]
    # Neither claimed ahead ...
    claimed = [*before, progressed("same", B, at=2), finished("same", A, at=3)]
    engine, outputs = fed(CITY, claimed)
    assert (state(engine).course.outcome, engine.state.duplicates) == ("finished", 0)
    # ... nor taken back.
    engine, _ = fed(CITY, [*before, finished("f", A, at=3), made(Voided, "v", B, 4, target="f")])
    assert state(engine).course.outcome == "finished"
    engine, _ = fed(CITY, [*before, finished("f", A, at=3), made(Voided, "v", A, 4, target="f")])
    assert state(engine).course.outcome == ""
    # One's own, sent again, stay what they were, also when the right to act has gone.
    moved = made(Reassigned, "m", owner="Z")
    engine, outputs = fed(CITY, [*claimed, moved, progressed("same", B, at=2)])
    assert (engine.state.duplicates, refused(outputs)) == (1, [])


def test_an_operator_moves_a_dossier() -> None:
    stream = [received("r", B, unit="u2"), finished("x", A), made(Reassigned, "m", owner=A),
              finished("y", A), progressed("z", B)]  # fmt: skip
    engine, outputs = fed(CITY, stream)
    assert (owners(engine)[0], refused(outputs)) == (("A",), ["x", "z"])
    assert state(engine).course.outcome == "finished"


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_stranger_never_changes_anything(data: st.DataObject) -> None:
    """Of a dossier that was received before."""
    own = [received("r", A, unit="u1"), *_of(data.draw(stamped(1)), "A", "own")]
    others = _of(data.draw(stamped(1)), STRANGER, "other")
    mixed: list[AnyDossierEvent] = [*own[:1], *data.draw(st.permutations([*own[1:], *others]))]
    stream = ticked(mixed, [0])[1:]
    one, _ = fed(CITY, [e for e in stream if getattr(e, "madonvi", "") != STRANGER])
    two, outputs = fed(CITY, stream)
    assert figures(one) == figures(two)
    assert len(refused(outputs)) == len(others)
    assert _without_place(one) == _without_place(two)


def _of(found: Sequence[AnyDossierEvent], madonvi: str, name: str) -> list[AnyDossierEvent]:
    """All of one madonvi and one dossier; every event with a name of its own."""
    return [
        msgspec.structs.replace(e, madonvi=madonvi, dossier_id="d", event_id=f"{name}{n}")
        for n, e in enumerate(found)
        if not isinstance(e, Reassigned)
    ]


def _without_place(engine: PartitionEngine) -> Any:
    said = msgspec.json.decode(engine.state.dossiers["d"])
    return {name: value for name, value in said.items() if name not in ("offset", "as_of")}


@pytest.mark.parametrize("context", [CITY, PLAIN, SHORT], ids=["codes", "plain", "leaving"])
@settings(deadline=None, max_examples=50)
@given(found=stamped(), steps=ticks, size=st.integers(1, 7))
def test_any_mixture_equals_the_recount(
    context: Context, found: list[AnyDossierEvent], steps: list[int], size: int
) -> None:
    stream = ticked(found, steps)[1:]
    engine, outputs = fed(context, stream, size)
    count = counted(stream, outputs, END, context)
    assert count.disputed == []
    assert count.refused == len(refused(outputs))
    assert figures(engine) == {s: r for s, r in count.figures.items() if any(r.values())}
    assert {k: state(engine, k).standing.verdict for k in engine.state.dossiers} == {
        k: s.verdict for k, s in count.stories.items()
    }
    assert engine.state.duplicates == count.duplicates
    told = {k: (tuple(w.owners), w.handed) for k, w in count.owners.items()}
    assert {k: owners(engine, k) for k in told} == told


@settings(deadline=None, max_examples=40)
@given(found=stamped(), steps=ticks)
def test_without_stamps_and_codes_nothing_changes(
    found: list[AnyDossierEvent], steps: list[int]
) -> None:
    bare: list[AnyDossierEvent] = [
        msgspec.structs.replace(e, madonvi="") for e in found if not isinstance(e, Reassigned)
    ]
    one, first = fed(PLAIN, ticked(bare, steps)[1:])
    two, second = fed(CITY, ticked(bare, steps)[1:])
    assert [o for o in first if b'"reference"' not in (o.value or b"")] == [
        o for o in second if b'"reference"' not in (o.value or b"")
    ]
    assert b'"owned"' not in b"".join(one.state.dossiers.values())
    assert refused(second) == []
    assert one.state.dossiers == two.state.dossiers


def test_a_damaged_decision_is_told() -> None:
    stream: list[AnyEvent] = [received("r", A, unit="u1"), finished("x", B), finished("y", A)]
    _, outputs = fed(CITY, stream)
    assert counted(stream, outputs, END, CITY).disputed == []
    forgotten = [o for o in outputs if o.topic != "dead-letters"]
    (said,) = counted(stream, forgotten, END, CITY).disputed
    assert said == "d: event x of madonvi B was taken, recounted the other way"


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


def test_who_goes_on_with_a_unit_that_has_ended_may_act_on_its_dossiers() -> None:
    """On those that it owned, and on those that were handed to it."""
    ends = {"u1": ("2026-09-22", "u2")}
    merged = Context(
        msgspec.structs.replace(
            CITY.reference,
            units=tuple(
                msgspec.structs.replace(unit, ended=ends[unit.id][0], successor=ends[unit.id][1])
                if unit.id in ends
                else unit
                for unit in CITY.reference.units
            ),
        )
    )
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
