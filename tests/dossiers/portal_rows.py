"""Snapshots of one dossier written out by hand, and what becomes of them."""

from __future__ import annotations

from typing import Any

import msgspec

from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.wire.course import Course
from dossiers.wire.facts import Content, Limit, Supplement
from dossiers.wire.reference import Procedure, Reference
from dossiers.wire.standing import Standing
from tests.dossiers.offices import at, local
from tests.dossiers.snapshot_stories import snapshot
from tests.dossiers.test_snapshots import course_of

OFFICE = Context(Reference())


LIMITS = Context(
    Reference(
        procedures=(
            Procedure(id="p", name="P", limit=Limit(5, "working_days")),
            Procedure(id="q", name="Q", limit=Limit(10, "working_days")),
        ),
    )
)


# Received on Monday 2 November.
RUNNING = Content(
    status=4, procedure="p", accepted_at=at("2026-11-02T08:30"), due_at=at("2026-11-09T17:00")
)


LATER = "2026-12-01T08:00"


def but(content: Content = RUNNING, **changes: Any) -> Content:
    times = {
        k: on(v) if isinstance(v, str) and k.endswith("_at") else v for k, v in changes.items()
    }
    return msgspec.structs.replace(content, **times)


def on(text: str) -> int:
    """Local time "day hour:minute" of November 2026, in ms."""
    day, clock = text.split()
    return at(f"2026-11-{day}T{clock}")


def asked(id_: str, when: str, answered: str = "", due: str = "") -> Supplement:
    return Supplement(
        id_, on(when), on(answered) if answered else None, None, on(due) if due else None
    )


def told(
    *snapshots: tuple[str, Content], context: Context = OFFICE, now: str = LATER
) -> tuple[Course, Standing]:
    course = course_of([snapshot(on(when), content) for when, content in snapshots], context)
    return course, standing_at(course, at(now), context)


def verdicts(standing: Standing) -> tuple[str, str, str]:
    """As it counts, without any rewrite, and with every one."""
    assert standing.unrewritten
    assert standing.rewritten
    return standing.verdict, standing.unrewritten, standing.rewritten


def due(course: Course) -> str:
    assert course.due_at is not None
    return local(course.due_at)[8:].replace("T", " ")
