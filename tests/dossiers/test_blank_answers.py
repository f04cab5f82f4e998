"""A NgayHenTraMoi where NgayTiepNhanBoSung stays blank: the status says when the clock runs on."""

from __future__ import annotations

import pytest

from dossiers.wire.events import AnyDossierEvent
from dossiers.wire.facts import Content
from tests.dossiers.offices import at
from tests.dossiers.portal_rows import LIMITS, asked, but, on, told
from tests.dossiers.snapshot_stories import snapshot
from tests.oracle.test_differential import folded, recounted

# Due on Monday 9 November 17:00; eight hours of stop alone would make that Tuesday 17:00.
ASKED = ("04 09:30", but(status=5, supplements=(asked("1", "04 09:30"),)))
ASKED_WITH_DUE = ("04 09:30", but(status=5, supplements=(asked("1", "04 09:30", "", "12 17:00"),)))
RUNS_WITH_DUE = ("05 09:30", but(supplements=(asked("1", "04 09:30", "", "12 17:00"),)))
RUNS = ("05 09:30", but(supplements=(asked("1", "04 09:30"),)))
ANSWERED = ("06 09:30", but(supplements=(asked("1", "04 09:30", "05 09:00", "12 17:00"),)))
ANSWERED_BLANK = ("06 09:30", but(supplements=(asked("1", "04 09:30", "05 09:00"),)))
TOLD_LATER = ("06 09:30", but(supplements=(asked("1", "04 09:30", "", "12 17:00"),)))
FIRST = ("02 08:30", but())
FIRST_OF_TWO = (
    asked("1", "04 09:30", "", "12 17:00"),
    asked("1", "04 09:30", "05 09:30", "12 17:00"),
)
SECOND = asked("2", "09 10:00", "10 09:00", "16 17:00")


@pytest.mark.parametrize(
    ("snapshots", "due"),
    [
        ((FIRST, ASKED, RUNS), "10 17:00"),
        ((FIRST, ASKED, RUNS_WITH_DUE), "12 17:00"),
        ((FIRST, ASKED_WITH_DUE, RUNS_WITH_DUE), "12 17:00"),
        ((FIRST, ASKED, RUNS_WITH_DUE, ANSWERED), "12 17:00"),
        ((FIRST, ASKED, RUNS_WITH_DUE, ANSWERED_BLANK), "12 17:00"),  # a blank takes nothing back
        ((FIRST, ASKED, RUNS, TOLD_LATER), "12 17:00"),
        ((FIRST, ASKED, RUNS, ANSWERED), "12 17:00"),
        ((FIRST, RUNS_WITH_DUE), "12 17:00"),  # no snapshot had the status 5
    ],
)
def test_new_due_time_counts_without_a_date_of_the_answer(
    snapshots: tuple[tuple[str, Content], ...], due: str
) -> None:
    """NgayHenTraMoi replaces our own shift, and is no rewrite where the stop began in time."""
    course, _ = told(*snapshots)
    assert (course.due_at, course.flags) == (on(due), ())


def test_new_due_time_of_a_stop_after_the_breach_does_not_count() -> None:
    late = asked("1", "10 09:30", "", "20 17:00")
    course, standing = told(
        FIRST,
        ("10 09:30", but(status=5, supplements=(late,))),
        ("11 09:30", but(supplements=(late,))),
    )
    assert (course.due_at, course.flags) == (on("09 17:00"), ("rewritten",))
    assert standing.verdict == "overdue"


def test_appointment_that_came_as_the_clock_ran_again_stays_when_the_answer_is_told() -> None:
    course, _ = told(
        FIRST,
        ASKED,
        ("05 09:30", but(RUNS[1], due_at="11 17:00")),
        ("06 09:30", but(ANSWERED_BLANK[1], due_at="11 17:00")),
    )
    assert (course.due_at, course.flags) == (on("11 17:00"), ())


@pytest.mark.parametrize(
    "snapshots",
    [
        (FIRST, ASKED, RUNS_WITH_DUE, ANSWERED_BLANK),
        (FIRST, ASKED, RUNS, TOLD_LATER),
        (FIRST, RUNS_WITH_DUE, ANSWERED),
        # NgayHenTra shows the first of two, and its NgayHenTraMoi had been told with the question.
        (
            ("02 08:30", but(due_at=None)),
            ("04 09:30", but(due_at=None, status=5, supplements=(FIRST_OF_TWO[0],))),
            ("10 10:00", but(due_at="12 17:00", supplements=(FIRST_OF_TWO[1], SECOND))),
        ),
    ],
)
def test_the_recount_reads_the_same(snapshots: tuple[tuple[str, Content], ...]) -> None:
    events: list[AnyDossierEvent] = [snapshot(on(when), content) for when, content in snapshots]
    now = at("2026-12-01T08:00")
    assert recounted(events, now, LIMITS) == folded(events, now, LIMITS)
