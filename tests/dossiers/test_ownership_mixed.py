"""Who may act on what, in any mixture of senders, against the recount."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.wire.events import AnyDossierEvent, AnyEvent, Reassigned
from streams.partition.engine import PartitionEngine
from tests.dossiers.owning import (
    CITY,
    PLAIN,
    SHORT,
    counted,
    fed,
    finished,
    owners,
    received,
    refused,
    stamped,
    state,
)
from tests.dossiers.test_fold import END, figures, ticked, ticks
from tests.dossiers.test_ownership import STRANGER, A, B


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
