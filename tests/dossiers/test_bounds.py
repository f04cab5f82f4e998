"""A dossier keeps so many facts and no more, whatever is sent and in whatever order."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.admission.bounds import Bound
from dossiers.fold.folding import fact_of
from dossiers.portal.snapshots import kept_places
from dossiers.wire.events import (
    Activate,
    AnyDossierEvent,
    AnyEvent,
    Content,
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
    Tick,
    Voided,
    Withdrawn,
)
from dossiers.wire.records import ALERTS, DOSSIERS, DossierRecord, Fact
from streams.partition.admission import decode_facts
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output
from tests.dossiers.retaining import letters, log_count, state_of
from tests.dossiers.snapshot_stories import any_snapshots
from tests.dossiers.stories import DAY, OFFICE, START, events
from tests.dossiers.test_fold import TIMELINE, feed
from tests.oracle.portal_histories import odd_snapshots

FACTS = 60  # ten of them for anything
END = START + 20 * DAY
SMALL = Bound(FACTS)


def started(bound: Bound = SMALL) -> PartitionEngine:
    engine = PartitionEngine(
        TIMELINE, 0, lambda _: OFFICE.reference, lambda _: 0, 1, bound
    )  # fmt: skip
    engine.restore([])
    feed(engine, [Activate(hash="x", since=0), Tick(now=END)])
    return engine


def of(kind: type[Any], number: int, **fields: Any) -> Any:
    common = {
        "event_id": f"e{number}", "dossier_id": "d", "occurred_at": START + number,
        "received_at": START, "source": "s",
    }  # fmt: skip
    return kind(**{**common, **fields})


def more(engine: PartitionEngine, stream: list[AnyEvent], size: int = 500) -> list[Output]:
    return feed(engine, stream, size, first=engine.state.next_offset)


def reasons(outputs: list[Output]) -> list[str]:
    return [letter.reason for letter in letters(outputs)]


def full(kind: type[Any] = Progressed, count: int = FACTS - 50, **fields: Any) -> PartitionEngine:
    """A partition with one dossier that takes no more of anything."""
    engine = started()
    outputs = more(engine, [of(kind, n, **fields) for n in range(count + 1)])
    assert reasons(outputs) == ["too_many_facts"]
    assert state_of(engine, "d").facts.count == count
    return engine


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
    facts = tuple(fact_of(of(Progressed, n)) for n in range(FACTS))
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


def test_a_restored_dossier_may_be_longer_than_any_other_record() -> None:
    engine = started(Bound())
    facts = tuple(fact_of(of(Progressed, n, officer_name="N" * 400)) for n in range(900))
    assert reasons(more(engine, [of(Restored, 999, facts=facts)])) == []
    assert state_of(engine, "d").facts.count == 901
    long = of(Progressed, 0, step="x" * 70_000)
    assert reasons(more(engine, [long])) == ["too_large"]


def uncounted(engine: PartitionEngine) -> PartitionEngine:
    """The same partition after an upgrade from a version that did not count."""
    state = state_of(engine, "d")
    old = msgspec.structs.replace(
        state, facts=msgspec.structs.replace(state.facts, count=0, size=0)
    )
    after = started(engine.state.bound)
    after.restore([(b"d", msgspec.json.encode(old))])
    after.state.now = END
    after.state.next_offset = engine.state.next_offset
    return after


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
        facts = msgspec.json.decode(state.facts.raw, type=list[Fact])
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
    assert kept_places(msgspec.json.decode(facts, type=list[Fact])) == FACTS
    repeated = [msgspec.structs.replace(stream[80], event_id=f"x{n}") for n in range(40)]
    before = engine.state.duplicates
    more(engine, [*repeated])
    assert engine.state.duplicates == before + 40
    assert bytes(state_of(engine, "d").facts.raw) == facts
    # What says something else still has its place.
    more(engine, [stream[81]])
    assert state_of(engine, "d").facts.count == 10
