"""What a portal's snapshots come to where they change, or tell late, what they had said before."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.wire.course import Course
from dossiers.wire.events import Content, Limit, Supplement, Voided
from dossiers.wire.reference import Procedure, Reference, Rules, RuleVersion
from dossiers.wire.standing import Standing
from tests.dossiers.offices import at, local
from tests.dossiers.snapshot_stories import SOURCE, snapshot
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


# Dated back


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


# Another reception, another procedure


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


# Open again


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


# New due times


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


# Several supplements


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
