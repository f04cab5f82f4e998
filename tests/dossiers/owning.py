"""Dossiers of which several units send something, for the tests of ownership."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st

from dossiers.admission.ownership import NOT_YOURS
from dossiers.reference.context import Context
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import (
    Activate,
    AnyDossierEvent,
    AnyEvent,
    Finished,
    Progressed,
    Reassigned,
    Received,
    Snapshot,
    Tick,
)
from dossiers.wire.facts import Content, Limit
from dossiers.wire.records import DossierRecord, Owned
from dossiers.wire.reference import Reference, Rules, Unit
from oracle.figures import LogCount, recount_log
from oracle.lifetimes import Heard, Origin
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output
from tests.dossiers.retaining import letters
from tests.dossiers.stories import DAY, START, events
from tests.dossiers.test_fold import engine_for, feed

# A city with two communes; below one of them a desk that has no code of its own.
_UNITS = (
    Unit(id="city", name="City", madonvi="P"),
    Unit(id="u1", name="Commune One", parent="city", madonvi="A"),
    Unit(id="desk", name="Desk of One", parent="u1"),
    Unit(id="u2", name="Commune Two", parent="city", madonvi="B"),
)


def city(*, codes: bool = True, days: int = 0) -> Context:
    """``days``: closed dossiers leave after as many; 0: never."""
    units = _UNITS if codes else tuple(msgspec.structs.replace(u, madonvi="") for u in _UNITS)
    rules = Rules(tombstones=days > 0, retention_days=days or 62)
    return Context(Reference(limit=Limit(3, "working_days"), units=units, rules=rules))


CITY, PLAIN, SHORT = city(), city(codes=False), city(days=3)


def made(kind: Any, name: str, madonvi: str = "", at: int = 0, **fields: Any) -> AnyDossierEvent:
    """``at``: hours since the start."""
    when = START + at * DAY // 24
    common = {"event_id": name, "dossier_id": "d", "occurred_at": when, "received_at": when}
    event: AnyDossierEvent = kind(**common, source="s", madonvi=madonvi, **fields)
    return event


def received(name: str, madonvi: str = "", at: int = 0, **fields: Any) -> AnyDossierEvent:
    return made(Received, name, madonvi, at, **fields)


def progressed(name: str, madonvi: str = "", at: int = 1, **fields: Any) -> AnyDossierEvent:
    return made(Progressed, name, madonvi, at, **fields)


def finished(name: str, madonvi: str = "", at: int = 2, **fields: Any) -> AnyDossierEvent:
    return made(Finished, name, madonvi, at, **fields)


def shown(name: str, madonvi: str = "", at: int = 0, unit: str = "", **content: Any) -> Snapshot:
    return made(Snapshot, name, madonvi, at, unit=unit, content=Content(**content))  # type: ignore[return-value]


def fed(
    context: Context, stream: Sequence[AnyEvent], size: int = 500
) -> tuple[PartitionEngine, list[Output]]:
    """What an engine makes of these events."""
    engine = engine_for(context)
    engine.restore([])
    return engine, feed(engine, [Activate(hash="x", since=0), *stream], size)


def state(engine: PartitionEngine, dossier: str = "d") -> DossierRecord:
    return msgspec.json.decode(engine.state.dossiers[dossier], type=DossierRecord)


def refused(outputs: Sequence[Output]) -> list[str]:
    """Ids of the events that were not their senders' to send."""
    found = [letter for letter in letters(list(outputs)) if letter.reason == NOT_YOURS]
    return [msgspec.json.decode(letter.payload)["event_id"] for letter in found]


def owners(engine: PartitionEngine, dossier: str = "d") -> tuple[tuple[str, ...], bool]:
    """As the state or, where the dossier has left, the memory has them; and whether handed over."""
    living = dossier in engine.state.dossiers
    owned = (
        state(engine, dossier).owned if living else engine.state.departed.get(dossier)
    ) or Owned()
    return owned.owners, owned.handed


def counted(
    stream: Sequence[AnyEvent], outputs: Sequence[Output], now: int, context: Context
) -> LogCount:
    """The recount of the log, told what the engine had put aside."""
    aside: dict[int, DeadLetter] = {letter.offset: letter for letter in letters(list(outputs))}
    heard: list[Heard] = []
    origins: list[Origin] = []
    at = 0
    for offset, event in enumerate([Activate(hash="x", since=0), *stream]):
        if isinstance(event, Tick):
            at = max(at, event.now)
        elif not isinstance(event, Activate):
            if offset in aside and aside[offset].reason != NOT_YOURS:
                continue
            heard.append((event, at))
            origins.append(Origin(1, refused=offset in aside))
    return recount_log(heard, now, context, None, origins)


@st.composite
def stamped(draw: st.DrawFn, dossiers: int = 2, most: int = 10) -> list[AnyDossierEvent]:
    """Any events, of anybody, and now and then an operator who says whose the dossier is."""
    found: list[AnyDossierEvent] = []
    for number, event in enumerate(draw(events(dossiers, most))):
        madonvi = draw(st.sampled_from(["", "A", "A", "B", "P", "Z"]))
        unit = draw(st.sampled_from(["", "", "u1", "u2", "desk", "Commune Two", "B", "Z"]))
        if draw(st.integers(0, 11)) == 0:
            found.append(
                Reassigned(
                    event_id=f"r{number}", dossier_id=event.dossier_id, source="operator",
                    occurred_at=event.occurred_at, received_at=event.occurred_at,
                    owner=draw(st.sampled_from(["A", "B", "Z"])),
                )
            )  # fmt: skip
        if draw(st.integers(0, 3)) == 0:
            content = Content(
                status=draw(st.sampled_from([1, 2, 4, 5, 7, 9, None])),
                accepted_at=draw(st.sampled_from([None, START, START + DAY])),
            )
            found.append(
                Snapshot(
                    event_id=event.event_id, dossier_id=event.dossier_id, source="s",
                    occurred_at=event.occurred_at, received_at=event.occurred_at, unit=unit,
                    madonvi=madonvi, content=content,
                )
            )  # fmt: skip
            continue
        found.append(msgspec.structs.replace(event, madonvi=madonvi, unit=unit))
    return found
