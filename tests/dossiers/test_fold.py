"""The fold and the engine against the recount, over invented lives of dossiers."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.fold.folding import fold
from dossiers.reference.context import Context
from dossiers.tallies.vector import FIELDS
from dossiers.wire.alerts import Alert
from dossiers.wire.events import Activate, AnyDossierEvent, AnyEvent, Received, Tick, encode_event
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference, Unit
from dossiers.wire.topics import ALERTS, DEAD_LETTERS, DOSSIERS
from oracle.figures import recount
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output
from tests.dossiers.snapshot_stories import any_snapshots
from tests.dossiers.stories import DAY, OFFICE, RESTART, START, VERSIONS, events

TIMELINE = str(uuid.UUID(int=7))
END = START + 20 * DAY
contexts = pytest.mark.parametrize(
    "context", [OFFICE, RESTART, VERSIONS], ids=["office", "restart", "versions"]
)


def engine_for(context: Context) -> PartitionEngine:
    return PartitionEngine(TIMELINE, 0, lambda _: context.reference, lambda _: 0, 1)


def feed(
    engine: PartitionEngine, stream: list[AnyEvent], size: int = 500, first: int = 0
) -> list[Output]:
    records = [
        (first + i, getattr(e, "dossier_id", "").encode() or None, encode_event(e))
        for i, e in enumerate(stream)
    ]
    outputs: list[Output] = []
    for i in range(0, len(records), size):
        outputs += engine.process(records[i : i + size])
    return outputs


def ticked(found: list[AnyDossierEvent], steps: list[int]) -> list[AnyEvent]:
    """The events with ticks among them, coarse and fine, and the last tick after them all.

    Time lags behind some events by up to a day, and is far ahead of others.
    """
    stream: list[AnyEvent] = [Activate(hash="x", since=0)]
    now = START
    for i, event in enumerate(found):
        lag = steps[i % len(steps)] * DAY // 8 if steps else 0
        if now < event.occurred_at - lag:
            now = event.occurred_at - lag
            stream.append(Tick(now=now))
        stream.append(event)
    return [*stream, Tick(now=END)]


def figures(engine: PartitionEngine) -> dict[str, dict[str, int]]:
    rows = {s: dict(zip(FIELDS, v, strict=True)) for s, v in engine.state.tallies.vectors.items()}
    return {s: row for s, row in rows.items() if any(row.values())}


ticks = st.lists(st.integers(0, 8), max_size=20)


@contexts
@settings(deadline=None, max_examples=60)
@given(found=events(), steps=ticks, size=st.integers(1, 7))
def test_tallies_equal_a_recount_for_any_arrival_and_ticks(
    context: Context, found: list[AnyDossierEvent], steps: list[int], size: int
) -> None:
    engine = engine_for(context)
    engine.restore([])
    feed(engine, ticked(found, steps), size)
    expected, stories = recount(found, END, context)
    assert figures(engine) == {s: r for s, r in expected.items() if any(r.values())}
    verdicts = {
        k: msgspec.json.decode(v, type=DossierRecord) for k, v in engine.state.dossiers.items()
    }
    assert {k: r.standing.verdict for k, r in verdicts.items()} == {
        k: s.verdict for k, s in stories.items()
    }


@contexts
@settings(deadline=None, max_examples=40)
@given(found=events(dossiers=1, most=9), data=st.data())
def test_any_order_of_arrival_gives_the_same_course(
    context: Context, found: list[AnyDossierEvent], data: st.DataObject
) -> None:
    def course(arrival: list[AnyDossierEvent]) -> object:
        return fold(sorted(map(fact_of, arrival), key=fact_order), context)

    assert course(found) == course(data.draw(st.permutations(found)))


def state(found: list[AnyDossierEvent], size: int, context: Context) -> dict[str, DossierRecord]:
    """What an engine keeps, without where and how it came there: place in the log, alerts."""
    engine = engine_for(context)
    engine.restore([])
    feed(engine, [Activate(hash="x", since=0), *found, Tick(now=END)], size)
    records = {
        k: msgspec.json.decode(v, type=DossierRecord) for k, v in engine.state.dossiers.items()
    }
    return {k: msgspec.structs.replace(r, offset=0, as_of=0, alerts=()) for k, r in records.items()}


@contexts
@settings(deadline=None, max_examples=40)
@given(found=events(dossiers=2) | any_snapshots(), size=st.integers(1, 9), data=st.data())
def test_any_order_of_arrival_gives_the_same_state(
    context: Context, found: list[AnyDossierEvent], size: int, data: st.DataObject
) -> None:
    arrival = data.draw(st.permutations(found))
    assert state(arrival, size, context) == state(found, 1, context)


@settings(deadline=None, max_examples=40)
@given(found=events(), steps=ticks)
def test_a_second_delivery_changes_nothing(found: list[AnyDossierEvent], steps: list[int]) -> None:
    once, twice = engine_for(OFFICE), engine_for(OFFICE)
    once.restore([])
    twice.restore([])
    feed(once, ticked(found, steps))
    stream = ticked(found, steps)
    feed(twice, [*stream, *found])
    assert figures(once) == figures(twice)
    assert twice.state.duplicates == len(found)


@settings(deadline=None, max_examples=40)
@given(found=events(), steps=ticks, cut=st.integers(0, 40))
def test_a_partition_taken_over_anywhere_goes_on_as_if_nothing_had_happened(
    found: list[AnyDossierEvent], steps: list[int], cut: int
) -> None:
    stream = ticked(found, steps)
    whole = engine_for(OFFICE)
    whole.restore([])
    expected = feed(whole, stream)

    first = engine_for(OFFICE)
    first.restore([])
    outputs = [*feed(first, stream[:cut]), first.position()]
    second = engine_for(OFFICE)
    second.restore((o.key, o.value) for o in outputs if o.topic == DOSSIERS)
    assert second.state.epoch == first.state.epoch + 1
    # The new owner is given some records again; it knows what it has folded.
    again = max(0, cut - 3)
    outputs += feed(second, stream[again:], first=again)
    assert figures(second) == figures(whole)
    assert _alerts(outputs) == _alerts(expected)


@settings(deadline=None, max_examples=40)
@given(found=events(), steps=ticks)
def test_alerts_have_gapless_sequences_and_end_in_the_truth(
    found: list[AnyDossierEvent], steps: list[int]
) -> None:
    engine = engine_for(OFFICE)
    engine.restore([])
    history = _alerts(feed(engine, ticked(found, steps)))
    seen: Counter[str] = Counter()
    last: dict[str, Alert] = {}
    for alert in history:
        seen[alert.alert_id] += 1
        assert alert.sequence == seen[alert.alert_id]
        last[alert.alert_id] = alert
    raised: dict[str, set[str]] = defaultdict(set)
    for alert in last.values():
        if alert.transition == "raised":
            raised[alert.kind].add(alert.dossier_id)
    _, stories = recount(found, END, OFFICE)
    assert raised["overdue"] == {d for d, s in stories.items() if s.verdict == "overdue"}
    assert raised["step_overdue"] == {d for d, s in stories.items() if s.step_overdue}
    assert raised["date_rewritten"] >= {
        d for d, s in stories.items() if s.rewritten and s.end is None
    }


def _alerts(outputs: list[Output]) -> list[Alert]:
    return [msgspec.json.decode(o.value or b"", type=Alert) for o in outputs if o.topic == ALERTS]


def test_reference_data_that_cannot_be_used_becomes_a_dead_letter(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The partition goes on under what was in force before; the log says what is wrong."""
    bad = Reference(units=(Unit(id="u1", name="One", calendar="nowhere"),))
    known = {"good": OFFICE.reference, "bad": bad}
    engine = PartitionEngine(TIMELINE, 0, known.__getitem__, lambda _: 0, 1)
    received = Received(
        event_id="1", dossier_id="d", occurred_at=START, received_at=START, source="a", unit="u1"
    )
    outputs = feed(
        engine, [Activate(hash="good", since=0), Activate(hash="bad", since=0), received]
    )
    (letter,) = [output.value or b"" for output in outputs if output.topic == DEAD_LETTERS]
    assert b"bad_reference" in letter
    assert b"the worker's log says which" in letter
    assert "unit 'u1' names the calendar 'nowhere'" in caplog.text
    assert b"nowhere" not in letter
    states = [output for output in outputs if output.key == b"d" and output.topic == DOSSIERS]
    record = msgspec.json.decode(states[-1].value or b"", type=DossierRecord)
    assert record.course.due_at is not None, "by the limit of the data before"
