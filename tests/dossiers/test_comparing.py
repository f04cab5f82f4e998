"""What follows from one snapshot after another: the rules of the portal's format, one by one."""

from __future__ import annotations

import msgspec

from dossiers.fold.standing import standing_at
from dossiers.reports.explain import explain
from dossiers.wire.events import Tick
from dossiers.wire.facts import Content, Supplement
from dossiers.wire.kept_events import fact_of
from dossiers.wire.records import DossierRecord
from tests.dossiers.compared import RUNNING, at, but, told, verdicts
from tests.dossiers.snapshot_stories import snapshot
from tests.dossiers.stories import OFFICE
from tests.dossiers.test_fold import engine_for, feed


def test_a_date_at_midnight_means_closing_time_of_that_day() -> None:
    course = told(("05 09:00", but(RUNNING, due_at=at("09 00:00"))))
    assert course.due_at == at("09 17:00")
    on_saturday = told(("05 09:00", but(RUNNING, due_at=at("10 00:00"))))
    assert on_saturday.due_at == at("12 17:00")


def test_without_an_appointment_the_limit_makes_the_due_time() -> None:
    course = told(("05 09:00", but(RUNNING, due_at=None)))
    assert course.due_at == at("08 08:00")  # 3 working days


def test_an_appointment_that_comes_later_is_no_rewrite() -> None:
    course = told(("05 09:00", but(RUNNING, due_at=None)), ("05 10:00", RUNNING))
    assert (course.due_at, course.flags) == (at("09 16:00"), ())


def test_a_blank_never_takes_a_date_back() -> None:
    course = told(("05 09:00", RUNNING), ("05 10:00", but(RUNNING, due_at=None)),
                  ("06 10:00", RUNNING))  # fmt: skip
    assert (course.due_at, course.flags) == (at("09 16:00"), ())


def test_a_changed_appointment_is_flagged_and_both_verdicts_stay() -> None:
    course = told(("05 09:00", RUNNING), ("08 09:00", but(RUNNING, due_at=at("20 16:00"))))
    assert course.flags == ("rewritten",)
    assert verdicts(course, "12 10:00") == ("within", "overdue", "within")


def test_time_alone_changes_the_verdict_without_the_rewrite() -> None:
    course = told(("05 09:00", RUNNING), ("05 10:00", but(RUNNING, due_at=at("30 16:00"))))
    assert standing_at(course, at("09 12:00"), OFFICE).next_at == at("09 16:00") + 1


def test_an_appointment_changed_after_the_end_does_not_make_it_punctual() -> None:
    finished = but(RUNNING, status=9, finished_at=at("12 10:00"))
    course = told(("12 11:00", finished), ("13 09:00", but(finished, due_at=at("13 16:00"))))
    assert course.flags == ("rewritten",)
    assert verdicts(course, "14 10:00") == ("late", "late", "early")


def test_an_end_that_is_moved_does_not_make_it_punctual() -> None:
    late = but(RUNNING, status=9, finished_at=at("12 10:00"))
    course = told(("12 11:00", late), ("13 09:00", but(late, finished_at=at("09 15:00"))))
    assert (course.finished_at, course.flags) == (at("12 10:00"), ("rewritten",))
    assert verdicts(course, "14 10:00") == ("late", "late", "on_time")


def test_an_end_that_is_taken_back_leaves_the_first_one() -> None:
    ended = but(RUNNING, status=9, finished_at=at("08 10:00"))
    again = but(RUNNING, status=9, finished_at=at("14 10:00"))
    course = told(("08 11:00", ended), ("09 09:00", RUNNING))
    assert course.flags == ("reopened", "rewritten")
    assert verdicts(course, "12 10:00") == ("early", "early", "overdue")
    course = told(("08 11:00", ended), ("09 09:00", RUNNING), ("14 11:00", again))
    assert verdicts(course, "15 10:00") == ("early", "early", "late")


def test_a_dossier_that_was_reopened_after_its_end_stays() -> None:
    engine = engine_for(OFFICE)
    engine.restore([])
    ended = but(RUNNING, status=9, finished_at=at("08 10:00"))
    feed(
        engine,
        [
            snapshot(at("08 11:00"), ended),
            snapshot(at("09 09:00"), RUNNING),
            Tick(now=at("20 9:00")),
        ],
    )
    record = msgspec.json.decode(engine.state.dossiers["d0"], type=DossierRecord)
    assert (record.standing.verdict, record.flags) == ("early", ("reopened", "rewritten"))
    assert record.course.reopened_at == at("09 09:00")


def test_handing_over_the_result_is_no_rewrite() -> None:
    ended = but(RUNNING, status=9, finished_at=at("08 10:00"))
    course = told(
        ("08 11:00", ended), ("14 11:00", but(ended, status=10, returned_at=at("14 10:00")))
    )
    assert (course.finished_at, course.flags) == (at("08 10:00"), ())
    undated = but(RUNNING, status=9)
    course = told(
        ("08 11:00", undated), ("14 11:00", but(undated, status=10, returned_at=at("14 10:00")))
    )
    assert (course.finished_at, course.flags) == (at("08 11:00"), ())


def test_a_first_snapshot_of_an_old_dossier_tells_its_whole_life() -> None:
    supplement = Supplement("7", at("06 09:00"), at("08 09:00"), at("09 00:00"), at("13 00:00"))
    course = told(
        ("20 09:00", Content(
            procedure="p1", status=10, channel=2, submitted_at=at("02 15:00"),
            accepted_at=at("05 08:00"), due_at=at("13 00:00"), finished_at=at("13 16:59"),
            returned_at=at("14 09:00"), supplements=(supplement,),
        )),
    )  # fmt: skip
    assert course.submitted_at == at("02 15:00")
    assert (course.first_due_at, course.due_at) == (at("09 17:00"), at("13 17:00"))
    assert standing_at(course, at("20 09:00"), OFFICE).verdict == "on_time"
    assert course.flags == ()


def test_a_supplement_without_a_new_date_shifts_by_the_wait() -> None:
    asked = Supplement("1", at("06 08:00"))
    answered = Supplement("1", at("06 08:00"), at("07 08:00"))
    course = told(
        ("05 09:00", RUNNING),
        ("06 09:00", but(RUNNING, status=5, supplements=(asked,))),
        ("07 09:00", but(RUNNING, supplements=(answered,))),
    )
    assert (course.due_at, course.stopped_at) == (at("12 16:00"), None)


def test_a_clock_stands_until_the_last_of_two_requests_is_answered() -> None:
    one = Supplement("1", at("06 08:00"), at("07 08:00"))
    two = Supplement("2", at("06 09:00"))
    course = told(("07 09:00", but(RUNNING, status=5, supplements=(one, two))))
    assert course.stopped_at == at("06 08:00")


def test_a_new_date_after_a_stop_that_began_too_late_is_a_rewrite() -> None:
    late = but(RUNNING, status=6)
    course = told(
        ("05 09:00", RUNNING),
        ("12 09:00", late),
        ("13 09:00", but(RUNNING, due_at=at("20 16:00"))),
    )
    assert course.flags == ("rewritten",)
    assert verdicts(course, "14 09:00") == ("overdue", "overdue", "within")


def test_a_nine_without_dates_and_with_an_open_request_is_a_stop() -> None:
    asked = Supplement("1", at("06 08:00"))
    course = told(("05 09:00", RUNNING), ("06 09:00", but(RUNNING, status=9, supplements=(asked,))))
    assert (course.outcome, course.stopped_at) == ("", at("06 08:00"))


def moments(*snapshots: tuple[str, Content]) -> list[tuple[str, int]]:
    """(kind, status) of all that is told."""
    facts = [fact_of(snapshot(at(when), content)) for when, content in snapshots]
    return [(m.kind, m.status) for m in explain("d0", facts, at("20 08:00"), OFFICE).moments]


def test_a_request_that_no_status_told_of_waits_for_a_supplement() -> None:
    answered = Supplement("1", at("06 08:00"), at("07 08:00"))
    found = moments(("05 09:00", RUNNING), ("08 09:00", but(RUNNING, supplements=(answered,))))
    assert [told for told in found if told[0] == "suspended"] == [("suspended", 5)]


def test_what_is_open_again_or_not_accepted_after_all_is_told_with_its_status() -> None:
    ended = but(RUNNING, status=9, finished_at=at("08 10:00"))
    assert moments(("08 11:00", ended), ("09 09:00", RUNNING))[-1] == ("reopened", 4)
    new_again = but(RUNNING, status=1)
    assert moments(("05 09:00", RUNNING), ("09 09:00", new_again))[-1] == ("rewritten", 1)
