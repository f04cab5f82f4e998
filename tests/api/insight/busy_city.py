"""A city with random dossiers of every kind, up to a moment at which nothing moves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from dossiers.wire.calendar_spec import OFFICE_WEEK, CalendarSpec
from dossiers.wire.events import (
    AnyDossierEvent,
    AnyEvent,
    DueSet,
    Finished,
    Progressed,
    Received,
    Refused,
    Reopened,
    Resumed,
    Submitted,
    Suspended,
    Tick,
    Withdrawn,
)
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Officer, Procedure, Reference, Rules, Step, Unit
from tests.api.city import HOUR, START, City

DAY = 24 * HOUR
NOW = START + 34 * HOUR + 20 * 60_000  # Tuesday 24 November 2026, 18:20
OFFICERS = {"u1": ("o1", "o2"), "u2": ("o3",), "u3": ("o4", "o5", ""), "stranger": ("x",)}

REFERENCE = Reference(
    title="Thành phố Thử",
    rules=Rules(backlog_overdue=0),
    units=(
        Unit(id="city", name="Thành phố", kind="province"),
        Unit(id="u1", name="Phường Một", parent="city", kind="commune"),
        Unit(id="u2", name="Sở Hai", parent="city", kind="department", calendar="saturday"),
        Unit(id="u3", name="Phòng Ba", parent="u2", kind="division"),
    ),
    officers=tuple(
        Officer(id=id_, name=f"Cán bộ {id_}", unit=unit)
        for unit, ids in OFFICERS.items()
        for id_ in ids
        if id_ and unit != "stranger"
    ),
    procedures=(
        Procedure(
            id="p1", name="Khai sinh", field="Hộ tịch", level="commune", limit=Limit(2, "days")
        ),
        Procedure(
            id="p2", name="Cấp phép", field="Xây dựng", level="province", limit=Limit(40, "hours"),
            steps=(Step(id="s1", name="Tiếp nhận", hours=4), Step(id="s2", name="Duyệt", hours=12)),
        ),
        Procedure(id="p3", name="Cấp đổi", field="Xây dựng", level="commune"),
    ),
    calendars=(
        CalendarSpec(
            name="saturday",
            hours=OFFICE_WEEK.__class__(mon=OFFICE_WEEK.mon, sat=OFFICE_WEEK.mon),
        ),
    ),
)  # fmt: skip


def _life(rng: random.Random, number: int) -> Iterator[AnyDossierEvent]:
    """The events of one dossier, in order, all before NOW."""
    unit = rng.choice(list(OFFICERS))
    id_, at, seq = (
        f"{unit}-{number:04}",
        NOW - rng.randint(1, rng.choice([40, 40, 300, 1080])) * HOUR,
        0,
    )

    def common(**more: Any) -> dict[str, Any]:
        nonlocal seq
        seq += 1
        who = {"unit": unit, "officer": rng.choice(OFFICERS[unit])} if rng.random() < 0.8 else {}
        return {
            "event_id": f"{id_}-{seq}", "dossier_id": id_, "occurred_at": at, "received_at": at,
            "source": "portal", **who, **more,
        }  # fmt: skip

    procedure = rng.choice(["p1", "p2", "p3", "unheard"])
    if procedure == "unheard" and id_.endswith(("1", "4", "7")):
        procedure = ""
    if rng.random() < 0.4:
        yield Submitted(**common(procedure=procedure, unit=unit))
        at += rng.randint(0, 40) * HOUR
        if rng.random() < 0.2:
            return
        if rng.random() < 0.1:
            yield Refused(**common())
            return
    due = rng.choice([None, at + rng.randint(1, 14) * HOUR, at + rng.randint(1, 300) * HOUR])
    yield Received(**common(procedure=procedure, unit=unit, due_at=due))
    for _ in range(rng.randint(0, 7)):
        at += rng.choice([0, 1, 4, 30, 90]) * HOUR + rng.randint(0, 3_599_999)
        kind = rng.choices(range(8), [20, 12, 12, 18, 3, 4, 4, 6])[0]
        if kind == 0:
            yield Progressed(**common(step=rng.choice(["s1", "s2", "s9"])))
        elif kind == 1:
            yield Suspended(**common(status=rng.choice([5, 5, 6, 8])))
        elif kind == 2:
            yield Resumed(**common())
        elif kind == 3:
            yield Finished(**common())
        elif kind == 4:
            yield Withdrawn(**common())
        elif kind == 5:
            yield Reopened(**common())
        elif kind == 6:
            reason = rng.choice(["extension", "correction"])
            yield DueSet(**common(due_at=at + rng.randint(-50, 200) * HOUR, reason=reason))
        else:
            unit = rng.choice(list(OFFICERS))
            yield Progressed(**common(unit=unit, step="s2"))


def busy_city(dossiers: int = 400, seed: int = 7, reference: Reference = REFERENCE) -> City:
    """Folded by the real engine and merger, tick by tick, up to NOW."""
    rng = random.Random(seed)
    events = [e for number in range(dossiers) for e in _life(rng, number) if e.occurred_at < NOW]
    events.sort(key=lambda event: event.occurred_at)
    city = City(reference=reference)
    hour = events[0].occurred_at // HOUR
    batch: list[AnyEvent] = []
    for event in events:
        if event.occurred_at // HOUR != hour:
            city.publish(*batch, Tick(event.occurred_at // HOUR * HOUR))
            hour, batch = event.occurred_at // HOUR, []
        batch.append(event)
    city.publish(*batch, Tick(NOW))
    return city
