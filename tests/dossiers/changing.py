"""New due times of one dossier written out by hand."""

from __future__ import annotations

from typing import Any

from dossiers.fold.folding import fold
from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.wire.course import Course
from dossiers.wire.events import AnyDossierEvent, Received
from dossiers.wire.facts import Limit
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from dossiers.wire.reference import Reference, Rules
from tests.dossiers.offices import at

SHIFT = Context(Reference())


BY_DATE = Context(Reference(rules=Rules(on_time_by="date")))


RESTART = Context(Reference(rules=Rules(stop_mode="restart")))


Row = tuple[type[Any], str, dict[str, Any]]


def on(kind: type[Any], when: str, **more: Any) -> Row:
    """``when``, and ``due``, ``known`` among the rest: day and time in November 2026."""
    return kind, when, more


def moment(when: str) -> int:
    day, time = when.split()
    return at(f"2026-11-{day}T{time}")


def events(*rows: Row) -> list[AnyDossierEvent]:
    found: list[AnyDossierEvent] = []
    for number, (kind, when, more) in enumerate(rows):
        fields = dict(more)
        known = moment(fields.pop("known", when))
        if "due" in fields:
            fields["due_at"] = moment(fields.pop("due"))
        found.append(
            kind(event_id=f"e{number}", dossier_id="d", occurred_at=moment(when), source="s",
                 received_at=known, source_seq=number, unit="u", **fields)
        )  # fmt: skip
    return found


def folded(rows: list[Row], context: Context = SHIFT) -> Course:
    return fold(sorted(map(fact_of, events(*rows)), key=fact_order), context)


def judged(
    rows: list[Row], context: Context = SHIFT, now: str = "30 17:00"
) -> tuple[str, tuple[str, ...], str, str]:
    """(verdict, flags, unrewritten, rewritten)."""
    course = folded(rows, context)
    found = standing_at(course, moment(now), context)
    return found.verdict, course.flags, found.unrewritten, found.rewritten


# Received Monday 2 November 08:30: five working days end on Monday 9 November 08:30.
TAKEN = on(Received, "02 08:30", limit=Limit(5, "working_days"))


IN_DAYS = on(Received, "02 10:00", limit=Limit(7, "days"))  # due Monday 9 November 10:00


REWRITTEN = ("rewritten",)
