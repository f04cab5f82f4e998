"""A dossier keeps so many facts and no more, whatever is sent and in whatever order."""

from __future__ import annotations

import msgspec
import pytest

from dossiers.admission.bounds import Bound
from dossiers.portal.snapshots import kept_places
from dossiers.wire.alerts import AlertState
from dossiers.wire.archived import archived_fact
from dossiers.wire.events import (
    AnyDossierEvent,
    DueSet,
    Finished,
    Progressed,
    Reassigned,
    Received,
    Refused,
    Restored,
    Resumed,
    Snapshot,
    Submitted,
    Suspended,
    Voided,
    Withdrawn,
)
from dossiers.wire.facts import AnyFact, Content
from dossiers.wire.kept_events import fact_of
from tests.dossiers.bounded import END, FACTS, full, more, of, reasons, started
from tests.dossiers.retaining import letters, state_of
from tests.dossiers.stories import START


@pytest.mark.parametrize(
    "event",
    [
        of(Finished, 90), of(Withdrawn, 90), of(Refused, 90), of(Resumed, 90),
        of(DueSet, 90, due_at=END), of(Voided, 90, target="e1"),
        of(Snapshot, 90, content=Content(status=9, finished_at=START)),
        of(Snapshot, 90, content=Content(finished_at=START)),
        of(Snapshot, 90, content=Content(status=7)),
        of(Finished, -1),
    ],
    ids=lambda event: f"{event.__struct_config__.tag} {event.event_id}",
)  # fmt: skip
def test_the_last_places_are_kept_for_what_must_not_be_lost(event: AnyDossierEvent) -> None:
    engine = full()
    assert reasons(more(engine, [event])) == []
    assert state_of(engine, "d").facts.count == FACTS - 49


@pytest.mark.parametrize(
    "event",
    [
        of(Progressed, 90), of(Progressed, -1), of(Received, 90), of(Submitted, 90),
        of(Suspended, 90), of(Snapshot, 90, content=Content(status=4)),
        # Only a status that cannot be read leaves the end to the dates.
        of(Snapshot, 90, content=Content(status=4, finished_at=START)),
    ],
    ids=lambda event: f"{event.__struct_config__.tag} {event.event_id}",
)  # fmt: skip
def test_a_full_dossier_takes_nothing_else(event: AnyDossierEvent) -> None:
    engine = full()
    before = state_of(engine, "d")
    (letter,) = letters(more(engine, [event]))
    assert letter.reason == "too_many_facts"
    for said in ("the dossier has 10 events", "limits.facts is 60", "dead-letters replay"):
        assert said in letter.detail
    assert (letter.source, letter.key) == ("s", "d")
    assert state_of(engine, "d") == before


def test_the_kept_places_end_as_well() -> None:
    engine = full()
    outputs = more(engine, [of(Resumed, 100 + n) for n in range(51)])
    assert reasons(outputs) == ["too_many_facts"]
    assert state_of(engine, "d").facts.count == FACTS


def test_a_known_event_is_a_repetition_also_where_the_dossier_is_full() -> None:
    engine = full()
    assert reasons(more(engine, [of(Progressed, 3), of(Progressed, 3)])) == []
    assert engine.state.duplicates == 2


def test_an_id_that_is_only_another_fields_text_is_no_known_event() -> None:
    engine = full(step="check")
    assert reasons(more(engine, [of(Progressed, 90, event_id="check")])) == ["too_many_facts"]


def test_snapshots_that_repeat_one_need_no_place() -> None:
    engine = started()
    shown = [Content(status=2, procedure=str(n)) for n in range(11)]
    stream = [of(Snapshot, n, content=content) for n, content in enumerate(shown)]
    assert reasons(more(engine, [*stream])) == ["too_many_facts"]
    again = [of(Snapshot, 20 + n, content=shown[9]) for n in range(30)]
    assert reasons(more(engine, [*again])) == []
    assert engine.state.duplicates == 30
    # What another one showed is known, but it is no repetition of the last.
    assert reasons(more(engine, [of(Snapshot, 60, content=shown[2])])) == ["too_many_facts"]
    assert state_of(engine, "d").facts.count == 10


def test_repeats_cannot_grow_a_state_either() -> None:
    engine = started(Bound(fact_bytes=131_072))
    ids = ["\N{CJK UNIFIED IDEOGRAPH-4E00}" * 195 + f"{n:05}" for n in range(1_000)]
    stream = [
        of(Snapshot, n, content=Content(status=2, procedure=str(n // 9)), event_id=ids[n])
        for n in range(1_000)
    ]
    outputs = more(engine, [*stream])
    assert state_of(engine, "d").facts.size < 131_072
    assert len(engine.state.dossiers["d"]) < 2 * 131_072
    assert set(reasons(outputs)) == {"too_many_facts"}


def test_size_is_bounded_like_number() -> None:
    engine = started(Bound(fact_bytes=131_072))
    long = [of(Progressed, n, officer_name="N" * 1_000) for n in range(100)]
    refused = reasons(more(engine, [*long]))
    state = state_of(engine, "d")
    assert 131_072 - 65_536 - 2_000 < state.facts.size <= 131_072 - 65_536
    assert refused == ["too_many_facts"] * (100 - state.facts.count)
    assert reasons(more(engine, [of(Finished, 200)])) == []


def test_a_dossier_comes_back_with_all_that_it_may_keep_and_not_with_more() -> None:
    facts = tuple(archived_fact(fact_of(of(Progressed, n))) for n in range(FACTS))
    fits, over = (
        of(Restored, 99, facts=facts[: FACTS - 1]),
        of(Restored, 99, facts=facts),
    )
    engine = started()
    assert reasons(more(engine, [over])) == ["too_many_facts"]
    assert "d" not in engine.state.dossiers
    assert reasons(more(engine, [fits])) == []
    # It says nothing new, but is an event of its own.
    assert reasons(more(engine, [msgspec.structs.replace(fits, event_id="again")])) == [
        "too_many_facts"
    ]
    assert state_of(engine, "d").facts.count == FACTS


def test_a_dossier_comes_back_with_so_many_alerts_and_no_more() -> None:
    alerts = tuple(AlertState("overdue", 0, START + n, 1, "resolved") for n in range(4 * FACTS + 1))
    engine = started()
    assert reasons(more(engine, [of(Restored, 99, facts=(), alerts=alerts)])) == ["too_many_facts"]
    assert reasons(more(engine, [of(Restored, 99, facts=(), alerts=alerts[1:])])) == []


def test_a_restored_dossier_may_be_longer_than_any_other_record() -> None:
    engine = started(Bound())
    facts = tuple(
        archived_fact(fact_of(of(Progressed, n, officer_name="N" * 400))) for n in range(900)
    )
    assert reasons(more(engine, [of(Restored, 999, facts=facts)])) == []
    assert state_of(engine, "d").facts.count == 901
    long = of(Progressed, 0, step="x" * 70_000)
    assert reasons(more(engine, [long])) == ["too_large"]


def test_whoever_acts_by_another_right_leaves_the_owner_half_of_the_last_places() -> None:
    engine = started()
    flood = [of(DueSet, 10 + n, due_at=END + n, madonvi="B") for n in range(FACTS)]
    outputs = more(engine, [of(Received, 0, madonvi="A", unit="B"), *flood])
    assert set(reasons(outputs)) == {"too_many_facts"}
    assert state_of(engine, "d").facts.count == FACTS - 25
    assert reasons(more(engine, [of(Finished, 90, madonvi="A")])) == []
    assert state_of(engine, "d").course.outcome == "finished"


def test_an_operator_can_always_say_whose_a_dossier_is() -> None:
    engine = full(DueSet, FACTS, due_at=END, madonvi="B")
    claim = of(Reassigned, 99, owner="A")
    assert reasons(more(engine, [claim])) == []
    state = state_of(engine, "d")
    assert state.owned is not None
    assert (state.owned.owners, state.facts.count) == (("A",), FACTS + 1)
    # It is no way round the bound.
    assert reasons(more(engine, [of(Finished, 100, madonvi="A")])) == ["too_many_facts"]


def test_repeats_without_end_cost_no_more_than_the_bound() -> None:
    engine = started()
    stream = [
        of(Snapshot, n, content=Content(status=2, procedure=str(n // 9 % 2))) for n in range(180)
    ]
    assert reasons(more(engine, [*stream[:81]])) == []
    facts = bytes(state_of(engine, "d").facts.raw)
    assert kept_places(msgspec.json.decode(facts, type=list[AnyFact])) == FACTS
    repeated = [msgspec.structs.replace(stream[80], event_id=f"x{n}") for n in range(40)]
    before = engine.state.duplicates
    more(engine, [*repeated])
    assert engine.state.duplicates == before + 40
    assert bytes(state_of(engine, "d").facts.raw) == facts
    # What says something else still has its place.
    more(engine, [stream[81]])
    assert state_of(engine, "d").facts.count == 10
