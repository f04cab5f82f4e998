"""Dossiers that leave the stream after their retention, and come back: against the recount."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.fold.folding import fact_of
from dossiers.wire.events import (
    Activate,
    AnyDossierEvent,
    AnyEvent,
    DueSet,
    Finished,
    Progressed,
    Received,
    Tick,
    Voided,
)
from dossiers.wire.kept_events import event_of
from dossiers.wire.records import ALERTS, DOSSIERS, Alert, DossierRecord, Fact, Facts
from dossiers.wire.reference import Reference, Rules, decode_reference, encode_reference
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output
from tests.dossiers.retaining import (
    LONG,
    NEVER,
    SHORT,
    letters,
    log_count,
    restored_from,
    rules,
    started,
    state_of,
)
from tests.dossiers.stories import DAY, START, events
from tests.dossiers.test_fold import END, engine_for, feed, figures, ticked, ticks

HOUR = DAY // 24


@settings(deadline=None, max_examples=150)
@given(found=events(), steps=ticks, size=st.integers(1, 7), cut=st.integers(0, 40))
def test_tallies_and_states_equal_a_recount_also_after_a_take_over(
    found: list[AnyDossierEvent], steps: list[int], size: int, cut: int
) -> None:
    stream = ticked(found, steps)
    first = started(SHORT)
    outputs = [*feed(first, stream[:cut], size), first.position()]
    second = engine_for(SHORT)
    # Compacted: of each key the last record, a tombstone as well.
    latest = {o.key: o.value for o in outputs if o.topic == DOSSIERS}
    second.restore(latest.items())
    assert figures(second) == figures(first)
    outputs += feed(second, stream[cut:], size, first=cut)

    count = log_count(stream, outputs, END, SHORT)
    assert figures(second) == {s: r for s, r in count.figures.items() if any(r.values())}
    assert {k: state_of(second, k).standing.verdict for k in second.state.dossiers} == {
        k: s.verdict for k, s in count.stories.items()
    }
    assert second.state.duplicates == count.duplicates
    written = {o.key.decode() for o in outputs if o.topic == DOSSIERS and o.key[:1] != b"\x00"}
    assert written == set(count.ever), "nobody goes before a last state was written"


@settings(deadline=None, max_examples=60)
@given(found=events(), steps=ticks)
def test_an_event_sent_once_more_never_becomes_a_new_dossier(
    found: list[AnyDossierEvent], steps: list[int]
) -> None:
    engine = started(SHORT)
    stream = ticked(found, steps)
    feed(engine, stream)
    living = set(engine.state.dossiers)
    again = feed(engine, list(found), first=len(stream))
    assert set(engine.state.dossiers) == living
    dropped = [event for event in found if event.dossier_id not in living]
    assert len(letters(again)) == len(dropped)
    assert {letter.reason for letter in letters(again)} <= {"archived"}


@settings(deadline=None, max_examples=100)
@given(found=events(dossiers=1), steps=ticks, data=st.data())
def test_a_restored_dossier_goes_on_as_if_it_had_never_left(
    found: list[AnyDossierEvent], steps: list[int], data: st.DataObject
) -> None:
    stream = ticked(found, steps)
    kept = started(NEVER)
    feed(kept, stream)
    before = state_of(kept, "d0")
    target = data.draw(st.sampled_from(found)).event_id
    choices: list[AnyDossierEvent] = [
        Voided(**fields("late", END), target=target),
        DueSet(**fields("late", END), due_at=START),
        Progressed(**fields("late", START + DAY), unit="u2"),
        Received(**fields("late", START - DAY)),
        Finished(**fields("late", START)),
    ]
    late = data.draw(st.sampled_from(choices))
    expected = feed(kept, [Tick(now=END + HOUR), late], first=len(stream))

    # Another life on the same timeline; the archive has what the first one knew.
    dropped = started(LONG)
    told = feed(dropped, [Activate(hash="x", since=0), Tick(now=END), restored_from(before, END)])
    assert not [o for o in told if o.topic == ALERTS], "nothing is announced twice"
    told = feed(dropped, [Tick(now=END + HOUR), late], first=3)
    assert state_without_place(dropped) == state_without_place(kept)
    assert figures(dropped) == figures(kept)
    assert announced(told) == announced(expected)


def state_without_place(engine: PartitionEngine) -> Any:
    record = state_of(engine, "d0")
    facts = msgspec.json.decode(record.facts.raw, type=list[Fact])
    return msgspec.structs.replace(
        record,
        epoch=0, offset=0, as_of=0, standing=msgspec.structs.replace(record.standing, next_at=None),
        alerts=tuple(sorted(record.alerts, key=lambda a: (a.kind, a.level, a.cause))),
        facts=Facts(raw=msgspec.Raw(
            msgspec.json.encode([f for f in facts if f.kind != "restored"])
        )),
    )  # fmt: skip


def announced(outputs: list[Output]) -> set[tuple[str, int, str]]:
    alerts = [msgspec.json.decode(o.value or b"", type=Alert) for o in outputs if o.topic == ALERTS]
    return {(a.alert_id, a.sequence, a.transition) for a in alerts}


@settings(deadline=None, max_examples=60)
@given(found=events(dossiers=1))
def test_facts_say_all_that_their_events_said(found: list[AnyDossierEvent]) -> None:
    assert [event_of("d0", fact_of(event)) for event in found] == found


def fields(event_id: str, at: int, **more: Any) -> dict[str, Any]:
    return {
        "event_id": event_id, "dossier_id": "d0", "occurred_at": at, "received_at": at,
        "source": "a", **more,
    }  # fmt: skip


def closed_and_dropped() -> PartitionEngine:
    """d0 was finished long ago; the partition's now is START + 100 days."""
    engine = started(LONG)
    feed(
        engine,
        [
            Activate(hash="x", since=0),
            Tick(now=START),
            Received(**fields("r", START)),
            Finished(**fields("f", START + HOUR)),
            Tick(now=START + 61 * DAY),
        ],
    )
    assert "d0" in engine.state.dossiers
    outputs = feed(engine, [Tick(now=START + 100 * DAY)], first=5)
    assert [o.value for o in outputs if o.key == b"d0"] == [None]
    assert not engine.state.dossiers
    return engine


@pytest.mark.parametrize(
    ("event", "archived"),
    [
        (Progressed(**fields("p", START + 100 * DAY, dossier_received_at=START)), True),
        (Progressed(**fields("p", START + 30 * DAY)), True),
        (Received(**fields("p", START)), True),
        (Received(**fields("p", START, backfill=True)), False),
        (Received(**fields("p", START + 99 * DAY)), False),
        (Progressed(**fields("p", START + 99 * DAY)), False),
        (Progressed(**fields("p", START, dossier_received_at=START + 99 * DAY)), False),
    ],
)
def test_what_an_event_without_a_state_is_taken_for(event: AnyDossierEvent, archived: bool) -> None:
    engine = closed_and_dropped()
    outputs = feed(engine, [event], first=6)
    assert ("d0" not in engine.state.dossiers) == archived
    assert [letter.reason for letter in letters(outputs)] == ["archived"] * archived
    assert engine.state.dead_letters == archived


def test_a_restored_dossier_outlives_the_next_tick_and_leaves_again() -> None:
    kept = started(LONG)
    stream: list[AnyEvent] = [Received(**fields("r", START)), Finished(**fields("f", START + HOUR))]
    feed(kept, [Activate(hash="x", since=0), Tick(now=START), *stream])
    archive = state_of(kept, "d0")

    engine = closed_and_dropped()
    now = START + 100 * DAY
    feed(engine, [restored_from(archive, now), Tick(now=now + 1000)], first=6)
    assert state_of(engine, "d0").standing.verdict == archive.standing.verdict
    late = Finished(**fields("f2", now + 1000, dossier_received_at=START))
    assert not letters(feed(engine, [late], first=8))
    feed(engine, [Tick(now=now + 63 * DAY)], first=9)
    assert not engine.state.dossiers


def test_a_dossier_stays_its_retention_after_its_last_event_and_no_longer() -> None:
    engine = started(LONG)
    last = START + 5 * HOUR
    stream: list[AnyEvent] = [Received(**fields("r", START)), Finished(**fields("f", START + HOUR))]
    feed(engine, [Activate(hash="x", since=0), *stream, Progressed(**fields("p", last))])
    feed(engine, [Tick(now=last + 62 * DAY)], first=4)
    assert "d0" in engine.state.dossiers
    feed(engine, [Tick(now=last + 62 * DAY + 1)], first=5)
    assert not engine.state.dossiers


def test_the_last_state_is_written_before_the_tombstone() -> None:
    """All in one batch: the finish is learned of when the dossier is long overdue to leave."""
    engine = started(LONG)
    feed(engine, [Activate(hash="x", since=0), Received(**fields("r", START))])
    late: list[AnyEvent] = [Finished(**fields("f", START + HOUR)), Tick(now=START + 100 * DAY)]
    outputs = feed(engine, late, first=2)
    state, tombstone = [o.value for o in outputs if o.key == b"d0" and o.topic == DOSSIERS]
    assert msgspec.json.decode(state or b"", type=DossierRecord).standing.verdict == "early"
    assert tombstone is None


def test_no_gauge_falls_when_a_dossier_leaves() -> None:
    engine = started(LONG)
    stream: list[AnyEvent] = [Activate(hash="x", since=0), Tick(now=START)]
    stream += [Received(**fields("r", START)), Finished(**fields("f", START + HOUR))]
    stream += [Tick(now=START + HOUR)]
    feed(engine, stream)
    row = figures(engine)["all"]
    assert row["early_24h"] == row["received_month"] == 1
    assert row["total"] == row["early"] == 0
    feed(engine, [Tick(now=START + 61 * DAY)], first=5)
    empty = figures(engine)
    feed(engine, [Tick(now=START + 63 * DAY)], first=6)
    assert not engine.state.dossiers
    assert figures(engine) == empty == {}


@settings(deadline=None, max_examples=40)
@given(found=events(), steps=ticks, at=st.integers(1, 40))
def test_the_rule_can_be_turned_on_and_off(
    found: list[AnyDossierEvent], steps: list[int], at: int
) -> None:
    """With a retention that is not over, so that both ways hold the same states."""
    references = {"x": rules(62, tombstones=False).reference, "y": LONG.reference}
    engine = PartitionEngine(str(uuid.UUID(int=7)), 0, references.__getitem__, lambda _: 0, 1)
    engine.restore([])
    stream = ticked(found, steps)
    stream.insert(min(at, len(stream)), Activate(hash="y", since=0))
    feed(engine, stream)
    whole = started(LONG)
    feed(whole, ticked(found, steps))
    assert figures(engine) == figures(whole)
    feed(engine, [Activate(hash="x", since=0)], first=len(stream))
    all_time = started(rules(62, tombstones=False))
    feed(all_time, ticked(found, steps))
    assert figures(engine) == figures(all_time)


def test_a_retention_within_a_window_is_refused() -> None:
    reference = Reference(rules=Rules(tombstones=True, retention_days=31))
    with pytest.raises(msgspec.ValidationError, match="retention_days"):
        decode_reference(encode_reference(reference))
