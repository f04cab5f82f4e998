"""Traits in the stream: nothing is folded of them, and who may say them is judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.wire.events import AnyDossierEvent, AnyEvent, Described, Reassigned
from dossiers.wire.topics import DOSSIERS, TRAITS
from dossiers.wire.traits import DossierTraits, Traits
from streams.partition.outputs import Output
from tests.dossiers.owning import (
    CITY,
    PLAIN,
    counted,
    fed,
    finished,
    made,
    received,
    refused,
    stamped,
    state,
)
from tests.dossiers.stories import START
from tests.dossiers.test_fold import END, figures, ticked

ONE, TWO = Traits(channel=2, fees=0), Traits(channel=1)


def described(name: str, madonvi: str = "", at: int = 1, **fields: Any) -> AnyDossierEvent:
    found = made(Described, name, madonvi, at, traits=ONE)
    return msgspec.structs.replace(found, **fields)


def handed_on(outputs: Sequence[Output]) -> list[DossierTraits]:
    return [
        msgspec.json.decode(o.value or b"", type=DossierTraits)
        for o in outputs
        if o.topic == TRAITS
    ]


def test_they_are_handed_on_with_their_place() -> None:
    engine, outputs = fed(CITY, [received("r", "A"), described("t", "A", source_seq=7)])
    [found] = handed_on(outputs)
    assert (found.dossier_id, found.event_id, found.madonvi, found.traits) == ("d", "t", "A", ONE)
    assert (found.occurred_at, found.source, found.source_seq) == (START + 3_600_000, "s", 7)
    assert (found.offset, found.timeline) == (2, engine.state.timeline)
    [output] = [o for o in outputs if o.topic == TRAITS]
    assert (output.partition, output.key) == (0, b"d")


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_no_state_and_no_figure_depends_on_them(data: st.DataObject) -> None:
    """In any mixture of senders; their rights are those of the recount."""
    without = data.draw(stamped(1))
    extra = [
        described(f"t{n}", madonvi, at, dossier_id=without[0].dossier_id if without else "d")
        for n, (madonvi, at) in enumerate(
            data.draw(st.lists(st.tuples(st.sampled_from(["", "A", "B", "Z"]), st.integers(0, 99)),
                               min_size=1, max_size=4))
        )
    ]  # fmt: skip
    mixed = _mixed(data, without, extra)
    context = data.draw(st.sampled_from([CITY, PLAIN]))
    stream: list[AnyEvent] = ticked(mixed, [0])[1:]
    plain, _ = fed(context, [e for e in stream if not isinstance(e, Described)])
    engine, outputs = fed(context, stream)
    assert figures(engine) == figures(plain)
    assert _facts(engine) == _facts(plain)
    assert engine.state.events == plain.state.events + len(handed_on(outputs))
    assert engine.state.duplicates == plain.state.duplicates
    count = counted(stream, outputs, END, context)
    assert count.disputed == []
    assert count.refused == len(refused(outputs))
    assert len(handed_on(outputs)) + sum(n[0] == "t" for n in refused(outputs)) == len(extra)


def _mixed(
    data: st.DataObject, events: list[AnyDossierEvent], extra: list[AnyDossierEvent]
) -> list[AnyDossierEvent]:
    found = list(events)
    for event in extra:
        found.insert(data.draw(st.integers(0, len(found))), event)
    return found


def _facts(engine: Any) -> dict[str, Any]:
    found = {}
    for dossier_id in engine.state.dossiers:
        record = state(engine, dossier_id)
        found[dossier_id] = (record.course, record.standing, record.owned, bytes(record.facts.raw))
    return found


def test_a_stranger_says_nothing_of_a_dossier() -> None:
    _, outputs = fed(CITY, [received("r", "A", unit="u1"), described("t", "B", traits=TWO)])
    assert handed_on(outputs) == []
    assert refused(outputs) == ["t"]


def test_once_the_dossier_is_another_s_its_new_owner_may_describe_it() -> None:
    """As a dead letter that is replayed with an owner comes again."""
    moved = made(Reassigned, "m", owner="B")
    stream = [received("r", "A", unit="u1"), described("t", "B"), moved, described("t", "B")]
    _, outputs = fed(CITY, stream)
    assert refused(outputs) == ["t"]
    assert [(found.event_id, found.offset) for found in handed_on(outputs)] == [("t", 4)]


def test_one_that_has_ended_or_is_unknown_makes_no_state() -> None:
    engine, outputs = fed(CITY, [described("early", "A"), described("other", dossier_id="e")])
    assert [found.event_id for found in handed_on(outputs)] == ["early", "other"]
    assert not engine.state.dossiers
    assert [o.key for o in outputs if o.topic == DOSSIERS and o.key in (b"d", b"e")] == []
    _, outputs = fed(CITY, [received("r", "A"), finished("f", "A"), described("t", "A", 999)])
    assert [found.event_id for found in handed_on(outputs)] == ["t"]
