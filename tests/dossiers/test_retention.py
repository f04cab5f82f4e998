"""Dossiers that leave the stream after their retention, and come back: against the recount."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.wire.alerts import Alert
from dossiers.wire.events import (
    Activate,
    AnyDossierEvent,
    DueSet,
    Finished,
    Progressed,
    Received,
    Tick,
    Voided,
)
from dossiers.wire.facts import AnyFact
from dossiers.wire.kept_events import event_of, fact_of
from dossiers.wire.records import Facts
from dossiers.wire.topics import ALERTS, DOSSIERS
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output
from tests.dossiers.retaining import (
    HOUR,
    LONG,
    NEVER,
    SHORT,
    fields,
    letters,
    log_count,
    restored_from,
    started,
    state_of,
)
from tests.dossiers.stories import DAY, START, events
from tests.dossiers.test_fold import END, engine_for, feed, figures, ticked, ticks


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
    facts = msgspec.json.decode(record.facts.raw, type=list[AnyFact])
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
