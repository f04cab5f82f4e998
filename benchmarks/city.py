"""A day in a city as a load: reference data and events of dossiers of every kind, with ticks.

Not the product's simulator: a load must have an exact size and the same bytes in every run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from dossiers.time.hours import HOUR
from dossiers.wire.alert_policy import AlertPolicy
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import Finished, Progressed, Received, Resumed, Suspended
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Officer, Procedure, Reference, Unit

UNITS = 168
OFFICERS = 2_000
START = 1_767_578_400_000  # Monday 2026-01-05 09:00 in Hanoi, in office hours, ms
EVENTS_PER_SECOND = 300  # of data time: the peak of a large city
_STEPS = ("appraisal", "field check", "opinion", "draft", "approval", "signature")


def reference() -> Reference:
    """One city with its wards, officers and procedures, on office hours."""
    return Reference(
        title="Benchmark",
        calendar=CalendarSpec(kind="vn-office"),
        units=(
            Unit(id="C", name="City", kind="province"),
            *(
                Unit(
                    id=f"U{i:03d}",
                    name=f"Ward {i}",
                    short=f"W{i}",
                    parent="C",
                    kind="commune",
                    supervisor_email=f"u{i:03d}@ward.example",
                )
                for i in range(UNITS)
            ),
        ),
        officers=tuple(
            Officer(id=f"O{i:04d}", name=f"Officer {i}", unit=f"U{i % UNITS:03d}")
            for i in range(OFFICERS)
        ),
        procedures=tuple(
            Procedure(id=f"P{i:02d}", name=f"Procedure {i}", limit=Limit(1 + i, "working_days"))
            for i in range(20)
        ),
        # What is to be measured must not wait for a group to fill, nor for the morning.
        alert_policies=(AlertPolicy(group_seconds=0, regroup_seconds=0, quiet=("00:00", "00:00")),),
    )


def events(count: int, seed: int = 1) -> Iterator[DossierEvent]:
    """``count`` events in order of time; a dossier has about ten, and a tenth as many are open.

    A third of the dossiers have an appointment within the load's own minutes, so deadlines fire.
    """
    rng = random.Random(seed)  # noqa: S311 - a load, no secret
    span = count * 1_000 // EVENTS_PER_SECOND
    slots = [0] * max(50, count // 20)  # number of dossiers that have held the place
    state = ["none"] * len(slots)
    for i in range(count):
        slot = rng.randrange(len(slots))
        at = START + i * 1_000 // EVENTS_PER_SECOND
        dossier = f"H{slot:06d}-{slots[slot]}"
        unit = slot % UNITS
        common: dict[str, Any] = {
            "event_id": f"e{i:08d}",
            "dossier_id": dossier,
            "occurred_at": at,
            "received_at": at + 40,
            "source": "bench",
            "source_seq": i,
            "unit": f"U{unit:03d}",
            "officer": f"O{(unit + UNITS * rng.randrange(OFFICERS // UNITS)):04d}",
        }
        if state[slot] == "none":
            state[slot] = "open"
            due = at + rng.randrange(1_000, span + 2_000) if rng.random() < 0.33 else None
            yield Received(**common, procedure=f"P{rng.randrange(20):02d}", due_at=due)
        elif state[slot] == "stopped":
            state[slot] = "open"
            yield Resumed(**common)
        elif (chance := rng.random()) < 0.08:
            state[slot] = "stopped"
            yield Suspended(**common, status=5)
        elif chance < 0.18:
            state[slot] = "none"
            slots[slot] += 1
            yield Finished(**common)
        else:
            yield Progressed(**common, step=_STEPS[rng.randrange(len(_STEPS))])


def officer_of(i: int) -> str:
    """An officer of unit number ``i % UNITS``, as the reference data has them."""
    return f"O{i % UNITS + UNITS * (i // UNITS % (OFFICERS // UNITS)):04d}"


def open_dossiers(count: int, due_at: int, seed: int = 1) -> Iterator[DossierEvent]:
    """``count`` dossiers received from START on, due from ``due_at`` (ms) on, an hour or more."""
    rng = random.Random(seed)  # noqa: S311 - a load, no secret
    for i in range(count):
        yield Received(
            event_id=f"r{i:08d}",
            dossier_id=f"D{i:07d}",
            occurred_at=START + i,
            received_at=START + i,
            source="bench",
            source_seq=i,
            unit=f"U{i % UNITS:03d}",
            officer=officer_of(i),
            procedure=f"P{i % 20:02d}",
            due_at=due_at + HOUR + rng.randrange(24 * HOUR),
        )
