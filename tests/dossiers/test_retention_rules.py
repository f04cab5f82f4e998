"""When a dossier leaves the stream, and what is taken for news of one that has left."""

from __future__ import annotations

import uuid

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.fold.retention import restore_into
from dossiers.wire.alerts import AlertState
from dossiers.wire.events import (
    Activate,
    AnyDossierEvent,
    AnyEvent,
    Finished,
    Progressed,
    Received,
    Tick,
)
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference, Rules, decode_reference, encode_reference
from dossiers.wire.topics import DOSSIERS
from streams.partition.engine import PartitionEngine
from tests.dossiers.retaining import (
    HOUR,
    LONG,
    fields,
    letters,
    restored_from,
    rules,
    started,
    state_of,
)
from tests.dossiers.stories import DAY, START, events
from tests.dossiers.test_fold import feed, figures, ticked, ticks


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


def test_what_was_announced_last_outranks_an_archive_that_knows_as_many_changes() -> None:
    engine = started(LONG)
    feed(engine, [Activate(hash="x", since=0), Received(**fields("r", START))])
    said, archived = (AlertState("overdue", 0, START, 2, s) for s in ("retracted", "resolved"))
    record = msgspec.structs.replace(state_of(engine, "d0"), alerts=(said,))
    event = restored_from(msgspec.structs.replace(record, alerts=(archived,)), START)
    assert restore_into(record, [], event).alerts == (said,)
    newer = msgspec.structs.replace(archived, sequence=3)
    event = restored_from(msgspec.structs.replace(record, alerts=(newer,)), START)
    assert restore_into(record, [], event).alerts == (newer,)
