"""Random lives of dossiers, and whose hours their delays were, by the minute."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dossiers.reference.context import Context
from dossiers.wire.facts import Fact
from dossiers.wire.reference import Procedure, Reference, Step, Unit
from tests.dossiers.made_facts import made_fact

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


HOURS = {"Tiếp nhận": 4, "Thẩm định": 16, "Trình ký": 8}


CONTEXT = Context(
    Reference(
        units=tuple(Unit(id=u, name=u, parent="" if u == "city" else "city")
                    for u in ("city", "u1", "u2", "u3")),
        procedures=(
            Procedure(id="steps", name="1",
                      steps=tuple(Step(id=s, name=s, hours=h) for s, h in HOURS.items())),
            Procedure(id="none", name="2"),
        ),
    )
)  # fmt: skip


WHO = [("u1", "a"), ("u1", "b"), ("u2", "c"), ("u2", "d"), ("u3", "e"), ("u3", "")]


MINUTES_A_DAY = 480


class Span(NamedTuple):
    """Who held it from when to when, at which step."""

    unit: str
    officer: str
    step: str
    start: datetime
    end: datetime


@dataclass
class Life:
    """What happened, in order: (moment, kind, more fields of a fact)."""

    procedure: str
    received: datetime
    due: datetime
    entries: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)
    stops: list[tuple[datetime, datetime]] = field(default_factory=list)

    def facts(self) -> list[Fact]:
        return [
            made_fact(ms(at), "t", i, f"e{i}", kind, ms(at), **more)
            for i, (at, kind, more) in enumerate(self.entries)
        ]


def ms(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp() * 1000)


def made(rng: random.Random) -> Life:
    """Hand-overs between officers, inboxes and steps; stops with and without a new due time."""
    at = datetime(2026, 9, 1, 8, tzinfo=HANOI) + timedelta(minutes=rng.randrange(60 * 24 * 58))
    due = at + timedelta(minutes=rng.randrange(60 * 24 * 12))
    life = Life(rng.choice(["steps", "steps", "none"]), at, due)

    def add(kind: str, **more: Any) -> None:
        life.entries.append((at, kind, more))

    def somebody() -> dict[str, str]:
        unit, officer = rng.choice(WHO)
        return {"unit": unit, "officer": officer, "step": rng.choice([*HOURS, "Khác"])}

    add("received", procedure=life.procedure, due_at=ms(due), **somebody())
    for _ in range(rng.randrange(6)):
        at += timedelta(minutes=1 + rng.randrange(60 * 24 * 3))
        if rng.random() < 0.75:
            add("progressed", **somebody())
            continue
        stopped, was_in_time = at, at <= life.due
        add("suspended", status=5)
        at += timedelta(minutes=1 + rng.randrange(60 * 24 * 3))
        if was_in_time:  # only then does a stop give a new due time
            life.due = life.due + timedelta(minutes=rng.randrange(60 * 24 * 5))
        add("resumed", due_at=ms(life.due) if was_in_time else None)
        life.stops.append((stopped, at))
    if rng.random() < 0.75:
        at += timedelta(minutes=1 + rng.randrange(60 * 24 * 4))
        add(rng.choice(["finished", "finished", "finished", "withdrawn"]))
    return life


def worked(start: datetime, end: datetime) -> int:
    """Whole working minutes between two moments, one day after another."""
    minutes = 0
    day = start.replace(hour=0, minute=0)
    while day < end:
        if day.weekday() < 5:
            for opens, closes in ((450, 690), (780, 1020)):
                low = max(start, day + timedelta(minutes=opens))
                high = min(end, day + timedelta(minutes=closes))
                minutes += max(0, (high - low) // timedelta(minutes=1))
        day += timedelta(days=1)
    return minutes


def ran(life: Life, start: datetime, end: datetime) -> int:
    """As ``worked``, without the stops."""
    minutes = worked(start, end) if start < end else 0
    for stopped, resumed in life.stops:
        low, high = max(start, stopped), min(end, resumed)
        minutes -= worked(low, high) if low < high else 0
    return minutes


def spans_of(life: Life, end: datetime) -> list[Span]:
    """Hand-overs that change something part one span from the next."""
    found: list[Span] = []
    unit = officer = step = ""
    known = life.procedure == "steps" and any(m.get("step") in HOURS for _, _, m in life.entries)
    since = life.received
    for at, _, more in life.entries:
        then = (unit, officer, step)
        if more.get("unit"):
            inbox = more["unit"] != unit and not more["officer"]
            unit = more["unit"]
            step = more["step"] if more["step"] in HOURS or not known else step
            officer = "" if inbox else more["officer"] or officer
        if (unit, officer, step) != then and since < at < end:
            found.append(Span(*then, since, at))
            since = at
    found.append(Span(unit, officer, step, since, end))
    first = next((span.step for span in found if span.step), "")
    return [span._replace(step=span.step or first) for span in found]


def charges_of(life: Life, spans: list[Span], late: int) -> list[Fraction]:
    """Minutes, one for each span."""
    if life.procedure == "none" or not any(span.step in HOURS for span in spans):
        return [Fraction(ran(life, max(span.start, life.due), span.end)) for span in spans]
    allowed = ran(life, life.received, life.due)
    whole = sum(HOURS.values()) * 60
    scale = min(Fraction(1), Fraction(allowed, whole))
    left = {step: hours * 60 * scale for step, hours in HOURS.items()}
    slack = allowed - sum(left.values())
    beyond: list[Fraction] = []
    for place, span in enumerate(spans):
        used = Fraction(ran(life, span.start, span.end))
        rest = left.get(span.step, Fraction(0))
        again = any(other.step == span.step for other in spans[place + 1 :])
        share = min(rest, used) if again else rest
        left[span.step] = rest - share
        before, slack = slack, slack + share - used
        beyond.append(max(Fraction(0), max(Fraction(0), -slack) - max(Fraction(0), -before)))
    # What was made up later lowers every charge in proportion.
    return [each * late / sum(beyond) for each in beyond] if any(beyond) else beyond
