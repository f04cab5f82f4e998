"""The small stateful job that every engine runs, and what must come out of it.

An event says what was done to one of ``DOSSIERS`` dossiers. The state of a dossier is kept with a
changelog in Kafka; every event sends one tally: the counts of its unit in its partition after it.
A tally is a sum over dossier states, kept in memory only: it can be rebuilt from them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

import msgspec

DOSSIERS = 20_000
UNITS = 168
STEPS = ("reception", "appraisal", "field check", "approval", "result")
START = 1_767_225_600_000  # 2026-01-01T00:00:00Z, ms


class Event(msgspec.Struct, frozen=True):
    """One input record; its key is ``dossier_id``. ``occurred_at`` in ms."""

    event_id: str
    dossier_id: str
    kind: str
    occurred_at: int
    unit: str
    officer: str
    step: str


class State(msgspec.Struct):
    """What is known of one dossier; ``first_at`` and ``last_at`` in ms."""

    unit: str
    officer: str
    step: str
    events: int
    first_at: int
    last_at: int
    open: bool


class Tally(msgspec.Struct):
    """One output record; its key is unit + "|" + partition."""

    unit: str
    partition: int
    open: int
    finished: int
    events: int


encode = msgspec.json.Encoder().encode
decode_event = msgspec.json.Decoder(Event).decode
decode_state = msgspec.json.Decoder(State).decode
decode_tally = msgspec.json.Decoder(Tally).decode


def fold(state: State | None, event: Event) -> State:
    """The state after ``event``. Changes ``state`` in place if there is one."""
    if state is None:
        return State(
            event.unit,
            event.officer,
            event.step,
            1,
            event.occurred_at,
            event.occurred_at,
            event.kind != "finished",
        )
    state.officer = event.officer
    state.step = event.step
    state.events += 1
    state.last_at = event.occurred_at
    state.open = event.kind != "finished"
    return state


class Tallies:
    """The counts of one partition, moved along with every change of a dossier."""

    __slots__ = ("by_unit", "partition")

    def __init__(self, partition: int) -> None:
        self.partition = partition
        self.by_unit: dict[str, tuple[bytes, Tally]] = {}

    def move(self, was_open: bool | None, state: State) -> tuple[bytes, Tally]:
        """Key and tally after a dossier came (``was_open`` None) or changed."""
        entry = self.by_unit.get(state.unit)
        if entry is None:
            entry = self.by_unit[state.unit] = (
                f"{state.unit}|{self.partition}".encode(),
                Tally(state.unit, self.partition, 0, 0, 0),
            )
        tally = entry[1]
        if was_open is not None:
            if was_open:
                tally.open -= 1
            else:
                tally.finished -= 1
        if state.open:
            tally.open += 1
        else:
            tally.finished += 1
        tally.events += 1
        return entry


def events(count: int, seed: int = 1) -> Iterator[Event]:
    """``count`` events in order of time, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - a load, no secret
    for i in range(count):
        dossier = rng.randrange(DOSSIERS)
        yield Event(
            event_id=f"e{i:08d}",
            dossier_id=f"H{dossier:06d}",
            kind="finished" if rng.random() < 0.2 else "progressed",
            occurred_at=START + i * 50,
            unit=f"U{dossier % UNITS:03d}",
            officer=f"O{rng.randrange(2_000):04d}",
            step=STEPS[rng.randrange(len(STEPS))],
        )


class Expected(msgspec.Struct):
    """The right end of the job: states by dossier, and (open, finished, events) by unit."""

    states: dict[str, State]
    units: dict[str, tuple[int, int, int]]


def expected(of: Iterable[Event]) -> Expected:
    """Counts afresh from the events, by a way of its own: last event wins, then one sum."""
    by_dossier: dict[str, list[Event]] = {}
    for event in of:
        by_dossier.setdefault(event.dossier_id, []).append(event)
    states = {}
    units: dict[str, tuple[int, int, int]] = {}
    for dossier_id, log in by_dossier.items():
        last = log[-1]
        is_open = last.kind != "finished"
        states[dossier_id] = State(
            last.unit,
            last.officer,
            last.step,
            len(log),
            log[0].occurred_at,
            last.occurred_at,
            is_open,
        )
        opened, finished, seen = units.get(last.unit, (0, 0, 0))
        units[last.unit] = (opened + is_open, finished + (not is_open), seen + len(log))
    return Expected(states, units)
