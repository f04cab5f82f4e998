"""What a portal's snapshots come to where they change, or tell late, what they had said before."""

from __future__ import annotations

import pytest

from dossiers.fold.standing import standing_at
from dossiers.reports.case import case_of
from dossiers.wire.events import Voided
from dossiers.wire.facts import Content
from tests.dossiers.offices import at
from tests.dossiers.portal_rows import (
    LATER,
    LIMITS,
    OFFICE,
    RUNNING,
    asked,
    but,
    due,
    on,
    told,
    verdicts,
)
from tests.dossiers.snapshot_stories import SOURCE, snapshot
from tests.dossiers.test_snapshots import course_of, kept


def test_an_end_dated_before_a_snapshot_that_said_otherwise_counts_and_is_flagged() -> None:
    """The snapshot of 11 November says status 4; on the 18th: finished on the 9th."""
    ended = but(status=9, finished_at="09 10:00")
    course, standing = told(("03 09:00", RUNNING), ("11 09:00", RUNNING), ("18 09:00", ended))
    assert (standing.verdict, standing.backdated, course.flags) == ("on_time", True, ())
    assert course.as_shown is not None
    assert (standing.as_shown, course.as_shown.finished_at) == ("late", on("11 09:00"))
    assert course.shown_at == on("11 09:00")


@pytest.mark.parametrize(
    ("last", "backdated"),
    [
        ("09 12:00", False),  # the end as of then was in time as well
        ("09 17:01", True),
        ("09 09:59", False),  # what was said before the end contradicts nothing
    ],
)
def test_only_what_turns_the_verdict_is_flagged(last: str, backdated: bool) -> None:
    ended = but(status=9, finished_at="09 10:00")
    _, standing = told((last, RUNNING), ("18 09:00", ended))
    assert (standing.verdict, standing.backdated) == ("on_time", backdated)


def test_another_senders_snapshot_contradicts_nothing() -> None:
    ended = but(status=9, finished_at="09 10:00")
    snapshots = [snapshot(on("11 09:00"), RUNNING, source="portal:other"),
                 snapshot(on("18 09:00"), ended)]  # fmt: skip
    course = course_of([*snapshots], OFFICE)
    assert standing_at(course, at(LATER), OFFICE).backdated is False


def test_each_repeat_of_a_snapshot_says_it_again() -> None:
    ended = but(status=9, finished_at="09 10:00")
    nights = [(f"{day:02} 23:00", RUNNING) for day in range(3, 16)]
    course, standing = told(*nights, ("18 09:00", ended))
    assert (standing.backdated, course.shown_at) == (True, on("15 23:00"))


def test_a_snapshot_that_is_taken_back_contradicts_nothing() -> None:
    ended = snapshot(on("18 09:00"), but(status=9, finished_at="09 10:00"))
    wrong = snapshot(on("11 09:00"), RUNNING)
    void = Voided(
        event_id="v", dossier_id="d0", occurred_at=on("19 09:00"), received_at=on("19 09:00"),
        source=SOURCE, target=wrong.event_id,
    )  # fmt: skip
    course = course_of([snapshot(on("03 09:00"), RUNNING), wrong, ended, void], OFFICE)
    standing = standing_at(course, at(LATER), OFFICE)
    assert (standing.verdict, standing.backdated) == ("on_time", False)


def test_a_stop_that_is_told_late_counts_as_dated_and_is_flagged() -> None:
    """Told on the 12th: asked on the 6th, answered on the 11th, while the 10th said status 4."""
    answered = but(supplements=(asked("1", "06 08:00", "11 08:00"),))
    course, standing = told(
        ("03 09:00", RUNNING), ("10 09:00", RUNNING), ("12 09:00", answered), now="2026-11-12T10:00"
    )
    assert (due(course), standing.verdict, standing.backdated) == ("12 17:00", "within", True)
    assert course.as_shown is not None
    assert (standing.as_shown, course.as_shown.due_at) == ("overdue", on("09 17:00"))
    # Once both are late, or neither is, nothing depends on it.
    _, standing = told(
        ("03 09:00", RUNNING), ("10 09:00", RUNNING), ("12 09:00", answered), now="2026-11-13T08:00"
    )
    assert (standing.verdict, standing.backdated) == ("overdue", False)


def test_what_was_said_outside_a_stop_does_not_contradict_it() -> None:
    answered = but(supplements=(asked("1", "06 08:00", "11 08:00"),))
    _, standing = told(
        ("05 09:00", RUNNING), ("11 09:00", RUNNING), ("12 09:00", answered), now="2026-11-12T10:00"
    )
    assert standing.as_shown == ""


def test_another_reception_is_flagged_and_the_first_counts() -> None:
    first = but(due_at=None)
    later = but(due_at=None, accepted_at="05 08:30")
    course, standing = told(
        ("02 09:00", first), ("10 09:00", later), context=LIMITS, now="2026-11-10T10:00"
    )
    assert (due(course), course.received_at, course.flags) == (
        "09 08:30", on("02 08:30"), ("rewritten",),
    )  # fmt: skip
    assert verdicts(standing) == ("overdue", "overdue", "within")
    assert course.rewritten is not None
    assert course.rewritten.due_at == on("12 08:30")


def test_another_procedure_is_flagged_and_the_first_counts() -> None:
    first, other = but(due_at=None), but(due_at=None, procedure="q")
    course, standing = told(
        ("02 09:00", first), ("10 09:00", other), context=LIMITS, now="2026-11-10T10:00"
    )
    assert (due(course), course.procedure, course.flags) == ("09 08:30", "p", ("rewritten",))
    assert verdicts(standing) == ("overdue", "overdue", "within")
    assert course.rewritten is not None
    assert course.rewritten.due_at == on("16 08:30")


def test_an_appointment_stays_whatever_the_reception_and_a_blank_changes_nothing() -> None:
    changed = but(accepted_at="05 08:30", procedure="q")
    course, standing = told(("02 09:00", RUNNING), ("06 09:00", changed), context=LIMITS)
    assert (course.flags, verdicts(standing)) == (("rewritten",), ("overdue",) * 3)
    blank = but(accepted_at=None, procedure="")
    course, _ = told(("02 09:00", RUNNING), ("06 09:00", blank), ("07 09:00", RUNNING))
    assert course.flags == ()
    named_later, _ = told(("02 09:00", but(procedure="")), ("06 09:00", RUNNING))
    assert named_later.flags == ()


@pytest.mark.parametrize("status", [2, 4, 5, 6, 8])
def test_a_status_before_the_end_reopens_it(status: int) -> None:
    ended = but(status=9, finished_at="06 10:00")
    again = but(status=status)
    course, standing = told(("06 11:00", ended), ("10 09:00", again), now="2026-11-12T08:00")
    assert (course.flags, course.reopened_at) == (("reopened", "rewritten"), on("10 09:00"))
    assert standing.verdict == "early"
    assert course.rewritten is not None
    assert course.rewritten.outcome == ""
    last = but(status=9, finished_at="16 10:00")
    course, standing = told(("06 11:00", ended), ("10 09:00", again), ("16 11:00", last))
    assert (course.reopened_at, course.reopenings) == (None, ((on("10 09:00"), on("16 10:00")),))
    assert (standing.verdict, course.finished_at) == ("early", on("06 10:00"))


def test_status_1_after_the_end_does_not_reopen_it_and_what_follows_does() -> None:
    ended = but(status=9, finished_at="06 10:00")
    course, _ = told(("06 11:00", ended), ("10 09:00", but(status=1)))
    assert (course.flags, course.reopened_at) == (("rewritten",), None)
    course, _ = told(("06 11:00", ended), ("10 09:00", but(status=1)), ("11 09:00", RUNNING))
    assert (course.flags, course.reopened_at) == (("reopened", "rewritten"), on("11 09:00"))


def test_it_may_be_reopened_twice_and_a_repeated_end_ends_it_again() -> None:
    ended = but(status=9, finished_at="06 10:00")
    course, _ = told(("06 11:00", ended), ("10 09:00", RUNNING), ("11 09:00", ended),
                     ("12 09:00", RUNNING))  # fmt: skip
    assert course.reopenings == ((on("10 09:00"), on("10 09:00")),)
    assert course.reopened_at == on("12 09:00")


def test_a_request_after_the_end_is_shown_as_such() -> None:
    ended = but(status=9, finished_at="06 10:00")
    more = but(ended, supplements=(asked("1", "10 08:00"),))
    assert told(("06 11:00", ended), ("10 09:00", more))[0].flags == ("after_end",)
    handed_out = but(ended, status=10, returned_at="10 08:00")
    assert told(("06 11:00", ended), ("10 09:00", handed_out))[0].flags == ()


@pytest.mark.parametrize(
    ("content", "end"),
    [
        (but(status=10, returned_at="06 10:00"), "06 10:00"),
        (but(status=10, finished_at="05 10:00", returned_at="06 10:00"), "05 10:00"),
        (but(status=3, refused_at="06 10:00"), "06 10:00"),
        (but(status=3, refused_at="06 10:00", finished_at="05 10:00"), "06 10:00"),
        (but(status=7, finished_at="06 10:00", returned_at="05 10:00"), "06 10:00"),
        (but(status=7, returned_at="05 10:00"), "18 09:00"),
    ],
)
def test_an_end_is_dated_by_what_says_so_or_else_by_when_it_was_sent(
    content: Content, end: str
) -> None:
    assert told(("03 09:00", RUNNING), ("18 09:00", content))[0].finished_at == on(end)


def test_another_day_of_handing_out_is_flagged_if_it_was_the_end() -> None:
    ended, later = (but(status=10, returned_at=day) for day in ("06 10:00", "10 10:00"))
    course, standing = told(("06 11:00", ended), ("11 09:00", later))
    assert (course.flags, course.finished_at) == (("rewritten",), on("06 10:00"))
    assert verdicts(standing) == ("early", "early", "late")


def test_an_officer_whom_a_later_snapshot_names_has_the_dossier() -> None:
    changed = but(status=2)
    snapshots = [snapshot(on("03 09:00"), RUNNING), snapshot(on("04 09:00"), changed, officer="o")]
    assert course_of([*snapshots], OFFICE).officer == "o"


def test_an_end_at_the_very_instant_up_to_which_is_asked_is_not_before_it() -> None:
    facts = kept([snapshot(on("11 09:00"), but(status=9, finished_at="09 10:00"))])
    for until, ended in ((on("09 10:00"), None), (on("09 10:00") + 1, on("09 10:00"))):
        assert case_of(facts, at(LATER), OFFICE, until).course.finished_at == ended
