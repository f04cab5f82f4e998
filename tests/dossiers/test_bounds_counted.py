"""Count and size of what a dossier keeps, also of states that nobody has counted."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.admission.bounds import Bound
from dossiers.wire.events import Activate, AnyDossierEvent, Finished, Progressed, Received, Tick
from dossiers.wire.facts import AnyFact, Fact
from dossiers.wire.records import DossierRecord
from dossiers.wire.topics import ALERTS, DOSSIERS
from streams.partition.admission import decode_facts
from tests.dossiers.bounded import END, FACTS, full, more, of, reasons, started, uncounted
from tests.dossiers.retaining import letters, log_count, state_of
from tests.dossiers.snapshot_stories import any_snapshots
from tests.dossiers.stories import DAY, OFFICE, events
from tests.oracle.portal_histories import odd_snapshots


def test_a_state_that_nobody_has_counted_is_counted_when_it_matters() -> None:
    counted = full()
    engine = uncounted(counted)
    assert reasons(more(engine, [of(Progressed, 90)])) == ["too_many_facts"]
    assert reasons(more(engine, [of(Finished, 90)])) == []
    more(counted, [of(Finished, 90)])
    assert state_of(engine, "d").facts.count == state_of(counted, "d").facts.count == 11
    assert state_of(engine, "d").facts.size == state_of(counted, "d").facts.size


def test_a_state_beyond_the_bound_is_kept_as_it_is_and_takes_no_more() -> None:
    big = started(Bound(facts=1_000))
    more(big, [of(Received, 0, due_at=END + DAY), *(of(Progressed, n) for n in range(1, 200))])
    engine = uncounted(big)
    engine.state.bound = Bound(FACTS)
    facts = state_of(engine, "d").facts.raw
    outputs = more(engine, [of(Progressed, 900), of(Finished, 901), of(Progressed, 3)])
    assert reasons(outputs) == ["too_many_facts", "too_many_facts"]
    assert engine.state.duplicates == 1
    more(engine, [Tick(now=END + 2 * DAY)])
    state = state_of(engine, "d")
    assert state.standing.verdict == "overdue", "time still passes for it"
    assert bytes(state.facts.raw) == bytes(facts)


def test_it_is_counted_once_also_where_it_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = uncounted(full())
    decoded: list[int] = []

    def counting(raw: msgspec.Raw) -> list[Fact]:
        decoded.append(1)
        return decode_facts(raw)

    monkeypatch.setattr("streams.partition.events.decode_facts", counting)
    refused = reasons(more(engine, [of(Progressed, 90 + n) for n in range(20)]))
    assert len(refused) == 20
    assert len(decoded) == 1


def test_time_passes_for_a_state_that_kafka_would_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = started()
    more(engine, [of(Received, 0, due_at=END + DAY)])
    monkeypatch.setattr("streams.partition.state.MOST_RECORD", 100)
    outputs = more(engine, [Tick(now=END + 2 * DAY)])
    topics = [output.topic for output in outputs]
    assert ALERTS in topics, "the breach is announced"
    assert DOSSIERS not in topics, "what cannot be written stays as it was"
    assert state_of(engine, "d").standing.verdict == "overdue"


@settings(deadline=None, max_examples=60)
@given(found=events() | any_snapshots(), size=st.integers(1, 7))
def test_count_and_size_are_those_of_the_facts_and_no_batch_changes_them(
    found: list[AnyDossierEvent], size: int
) -> None:
    one, many = started(Bound(53)), started(Bound(53))
    first, second = more(one, [*found], 1), more(many, [*found], size)
    assert letters(first) == letters(second)
    for dossier_id, value in one.state.dossiers.items():
        state = msgspec.json.decode(value, type=DossierRecord)
        facts = msgspec.json.decode(state.facts.raw, type=list[AnyFact])
        assert (state.facts.count, state.facts.size) == (len(facts), len(bytes(state.facts.raw)))
        assert state.facts.count <= 53
        assert bytes(state_of(many, dossier_id).facts.raw) == bytes(state.facts.raw)


@settings(deadline=None, max_examples=100)
@given(found=events() | odd_snapshots())
def test_the_recount_leaves_out_what_was_refused(found: list[AnyDossierEvent]) -> None:
    engine = started(Bound(53))
    outputs = more(engine, [*found])
    stream = [Activate(hash="x", since=0), Tick(now=END), *found]
    count = log_count([*stream], outputs, END, OFFICE)
    assert engine.state.duplicates == count.duplicates
    assert {k: state_of(engine, k).standing.verdict for k in engine.state.dossiers} == {
        k: story.verdict for k, story in count.stories.items()
    }
