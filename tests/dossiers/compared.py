"""Two snapshots of one dossier, written out by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from dossiers.fold.standing import standing_at
from dossiers.wire.course import Course
from dossiers.wire.facts import Content
from tests.dossiers.snapshot_stories import snapshot
from tests.dossiers.stories import OFFICE
from tests.dossiers.test_snapshots import course_of

ZONE = OFFICE.calendar.zone


def at(text: str) -> int:
    """Local time "day hour:minute" of October 2026 (the 5th is a Monday), in ms."""
    moment = datetime.strptime(f"2026-10-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    return int(moment.timestamp() * 1000)


RUNNING = Content(status=4, accepted_at=at("05 08:00"), due_at=at("09 16:00"))


def but(content: Content, **changes: Any) -> Content:
    return msgspec.structs.replace(content, **changes)


def told(*snapshots: tuple[str, Content]) -> Course:
    return course_of([snapshot(at(when), content) for when, content in snapshots])


def verdicts(course: Course, now: str) -> tuple[str, str, str]:
    """As it stands, without any rewrite, and with every rewrite."""
    standing = standing_at(course, at(now), OFFICE)
    assert standing.unrewritten
    assert standing.rewritten
    return standing.verdict, standing.unrewritten, standing.rewritten
