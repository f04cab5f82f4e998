"""Stops and new due times as a portal's snapshots tell them, row by row."""

from __future__ import annotations

import pytest

from dossiers.reference.context import Context
from dossiers.wire.reference import Reference, Rules, RuleVersion
from tests.dossiers.portal_rows import LIMITS, RUNNING, asked, but, due, told, verdicts


def test_a_second_stop_is_judged_by_the_due_time_that_the_first_one_moved() -> None:
    """From the 9th to the 10th 17:00; a second stop begins on the 10th at 09:00."""
    first = asked("1", "03 07:30", "04 07:30")
    second = asked("2", "10 09:00", "12 09:00", "13 17:00")
    course, standing = told(
        ("03 08:00", but(status=5, supplements=(asked("1", "03 07:30"),))),
        ("04 08:00", but(supplements=(first,))),
        ("10 10:00", but(status=5, supplements=(first, asked("2", "10 09:00")))),
        ("12 10:00", but(supplements=(first, second), due_at="13 17:00")),
        ("13 11:00", but(supplements=(first, second), due_at="13 17:00", status=9,
                         finished_at="13 10:00")),
    )  # fmt: skip
    assert (due(course), course.flags, standing.verdict) == ("13 17:00", (), "on_time")


def test_a_new_due_time_after_a_stop_that_began_too_late_does_not_count() -> None:
    answered = asked("1", "10 09:00", "12 09:00", "20 17:00")
    course, standing = told(
        ("03 09:00", RUNNING),
        ("12 10:00", but(supplements=(answered,), due_at="20 17:00")),
        ("13 11:00", but(supplements=(answered,), due_at="20 17:00", status=9,
                         finished_at="13 10:00")),
    )  # fmt: skip
    assert (due(course), course.flags) == ("09 17:00", ("rewritten",))
    assert verdicts(standing) == ("late", "late", "early")


@pytest.mark.parametrize("finished", ["05 10:00", "12 10:00", "20 10:00"])
def test_a_due_time_that_changes_with_the_end_never_counts(finished: str) -> None:
    """Also where the end lies ahead of the snapshot that tells of it."""
    ended = but(status=9, finished_at=finished, due_at="30 17:00")
    course, standing = told(("03 09:00", RUNNING), ("12 11:00", ended))
    assert (due(course), course.flags) == ("09 17:00", ("rewritten",))
    assert standing.verdict == ("early" if finished < "09" else "late")


def test_a_due_time_that_changes_while_the_clock_stands_is_a_correction() -> None:
    stopped = but(status=6)
    course, standing = told(
        ("03 09:00", RUNNING), ("05 07:30", stopped), ("06 07:30", but(stopped, due_at="12 17:00")),
        ("09 07:30", but(due_at="12 17:00")), now="2026-11-12T08:00",
    )  # fmt: skip
    # Only the part of the stop after it was set moves it: one working day.
    assert (due(course), course.flags) == ("13 17:00", ("rewritten",))
    assert standing.verdict == "within"


@pytest.mark.parametrize(("sent", "flags"), [("06 09:00", ()), ("10 09:00", ("rewritten",))])
def test_a_first_appointment_counts_unless_our_own_due_time_had_passed(
    sent: str, flags: tuple[str, ...]
) -> None:
    course, _ = told(("02 09:00", but(due_at=None)), (sent, but(due_at="20 17:00")), context=LIMITS)
    assert (due(course), course.flags) == ("09 08:30" if flags else "20 17:00", flags)


def test_a_due_time_told_long_after_the_clock_ran_again_is_judged_by_then() -> None:
    """Asked and answered in time; the new NgayHenTra appears after the moved one has passed."""
    answered = but(supplements=(asked("1", "04 07:30", "05 07:30"),), due_at="20 17:00")
    course, _ = told(("03 09:00", RUNNING), ("06 09:00", answered))
    assert (due(course), course.flags) == ("20 17:00", ())
    course, _ = told(("03 09:00", RUNNING), ("12 09:00", answered))
    assert (due(course), course.flags) == ("10 17:00", ("rewritten",))


@pytest.mark.parametrize("sent", ["05 09:00", "06 09:00", "13 09:00"])
def test_ngay_hen_tra_moi_counts_whenever_it_is_told(sent: str) -> None:
    known = but(supplements=(asked("1", "04 07:30", "05 07:30"),))
    moved = but(supplements=(asked("1", "04 07:30", "05 07:30", "20 17:00"),))
    course, _ = told(("03 09:00", RUNNING), ("05 08:00", known), (sent, moved))
    assert (due(course), course.flags) == ("20 17:00", ())
    course, _ = told(("03 09:00", RUNNING), (sent, moved))
    assert (due(course), course.flags) == ("20 17:00", ())


def test_ngay_hen_tra_moi_is_not_before_the_end_of_its_stop_nor_told_after_the_end() -> None:
    early = but(supplements=(asked("1", "04 07:30", "12 10:00", "10 17:00"),))
    course, _ = told(("03 09:00", RUNNING), ("12 11:00", early))
    assert (due(course), course.flags) == ("12 10:00", ())
    known = but(supplements=(asked("1", "04 07:30", "05 07:30"),), status=9,
                finished_at="12 10:00")  # fmt: skip
    moved = but(known, supplements=(asked("1", "04 07:30", "05 07:30", "20 17:00"),))
    course, standing = told(("03 09:00", RUNNING), ("12 11:00", known), ("13 09:00", moved))
    assert (due(course), course.flags, standing.verdict) == ("10 17:00", ("rewritten",), "late")


def test_supplements_that_overlap_stop_the_clock_once_whoever_is_told_first() -> None:
    one, two = asked("1", "03 07:30", "05 07:30"), asked("2", "04 07:30", "06 07:30")
    together = told(("06 08:00", but(supplements=(one, two))))[0]
    in_turn = told(
        ("02 09:00", RUNNING), ("05 08:00", but(supplements=(one,))),
        ("06 08:00", but(supplements=(one, two))),
    )[0]  # fmt: skip
    assert due(in_turn) == "12 17:00"
    assert in_turn.flags == together.flags == ()
    before = told(
        ("02 09:00", RUNNING), ("06 08:00", but(supplements=(two,))),
        ("06 09:00", but(supplements=(one, two))),
    )[0]  # fmt: skip
    assert (due(before), before.flags) == ("12 17:00", ())


def test_one_that_begins_as_another_ends_is_a_stop_of_its_own() -> None:
    for first, second in (("a", "b"), ("b", "a")):
        one = asked(first, "03 07:30", "04 07:30", "12 17:00")
        two = asked(second, "04 07:30", "05 07:30")
        course, _ = told(("02 09:00", RUNNING), ("06 08:00", but(supplements=(two, one))))
        assert (due(course), course.flags) == ("13 17:00", ())


def test_an_answer_told_after_the_status_had_ended_the_stop_moves_its_end() -> None:
    open_ = asked("1", "03 07:30")
    course, _ = told(
        ("03 08:00", but(status=5, supplements=(open_,))),
        ("05 07:30", but(supplements=(open_,))),  # status 4: two days
        ("06 09:00", but(supplements=(asked("1", "03 07:30", "04 07:30"),))),
    )
    assert (due(course), course.flags) == ("10 17:00", ())
    course, _ = told(
        ("03 08:00", but(status=5, supplements=(open_,))),
        ("05 07:30", but(supplements=(open_,))),
        ("06 09:00", but(supplements=(asked("1", "03 07:30", "06 07:30", "13 17:00"),))),
    )
    assert (due(course), course.flags) == ("13 17:00", ())


def test_a_stop_by_status_that_began_after_all_answers_goes_on_until_the_status_ends_it() -> None:
    course, _ = told(
        ("02 09:00", RUNNING), ("05 07:30", but(status=6)),
        ("06 07:30", but(status=6, supplements=(asked("1", "03 07:30", "04 07:30"),))),
        ("09 07:30", but(supplements=(asked("1", "03 07:30", "04 07:30"),))),
    )  # fmt: skip
    assert (due(course), course.stopped_at) == ("12 17:00", None)


def test_a_stop_before_the_end_that_is_told_after_it_counts_as_dated() -> None:
    ended = but(status=9, finished_at="10 10:00")
    more = but(ended, supplements=(asked("1", "04 07:30", "05 07:30"),))
    course, standing = told(("03 09:00", RUNNING), ("10 11:00", ended), ("12 09:00", more))
    assert (due(course), course.flags, standing.verdict) == ("10 17:00", (), "on_time")


def test_the_rules_of_the_first_reception_say_what_midnight_means() -> None:
    version = RuleVersion(since="2026-11-01", name="n", rules=Rules(portal_midnight="literal"))
    literal = Context(Reference(rule_versions=(version,)))
    course, _ = told(("02 09:00", but(due_at="10 00:00")), context=literal)
    assert due(course) == "10 00:00"


def test_ngay_hen_tra_moi_is_judged_by_the_stop_of_its_own_supplement() -> None:
    """The first stop began in time; a second one, over by then as well, after the due time."""
    first, second = asked("1", "04 07:30", "05 07:30"), asked("2", "11 09:00", "12 09:00")
    moved = asked("1", "04 07:30", "05 07:30", "20 17:00")
    course, _ = told(
        ("03 09:00", RUNNING),
        ("12 10:00", but(supplements=(first, second))),
        ("13 09:00", but(supplements=(moved, second))),
    )
    assert (due(course), course.flags) == ("20 17:00", ())


def test_ngay_hen_tra_moi_of_a_stop_after_an_appointment_counts() -> None:
    known = but(supplements=(asked("1", "04 07:30", "05 07:30"),))
    moved = but(supplements=(asked("1", "04 07:30", "05 07:30", "20 17:00"),))
    course, _ = told(
        ("02 09:00", but(due_at=None)), ("03 09:00", RUNNING), ("05 08:00", known),
        ("13 09:00", moved), context=LIMITS,
    )  # fmt: skip
    assert (due(course), course.flags) == ("20 17:00", ())
