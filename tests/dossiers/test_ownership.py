"""Who may act on what: rule by rule, and any mixture against the recount."""

from __future__ import annotations

import pytest

from dossiers.admission.ownership import claimants
from dossiers.wire.events import AnyDossierEvent, AnyEvent, DueSet, Reassigned, Submitted, Voided
from dossiers.wire.kept_events import fact_of
from dossiers.wire.records import Owned
from tests.dossiers.owning import (
    CITY,
    PLAIN,
    fed,
    finished,
    made,
    owners,
    progressed,
    received,
    refused,
    shown,
    state,
)
from tests.dossiers.retaining import letters
from tests.dossiers.stories import DAY, START
from tests.dossiers.test_fold import figures

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


def test_of_a_state_without_an_owner_what_was_sent_says_whose_it_is() -> None:
    """As those of earlier versions are."""
    sent = [fact_of(event) for event in (received("r", A, unit="u1"), progressed("p", B))]
    assert claimants(None, sent) == claimants(Owned(handed=True), sent) == (A,)
    assert claimants(Owned((B,)), sent) == (B,)
    assert claimants(None, sent[1:]) == (B,)
    moved = fact_of(made(Reassigned, "m", owner="Z"))
    assert claimants(None, [*sent, moved]) == ("Z",)
