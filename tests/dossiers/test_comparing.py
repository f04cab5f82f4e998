"""What follows from one snapshot after another: the rules of the portal's format, one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from dossiers.fold.folding import Course, elementary
from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.reports.holdings import holdings_of
from dossiers.wire.events import (
    Activate,
    AnyDossierEvent,
    AnyEvent,
    Content,
    Limit,
    Progressed,
    Snapshot,
    Supplement,
    Tick,
)
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Officer, Reference, Unit
from tests.dossiers.snapshot_stories import snapshot
from tests.dossiers.stories import OFFICE
from tests.dossiers.test_fold import engine_for, feed
from tests.dossiers.test_snapshots import course_of, kept

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


def test_the_unit_of_a_later_snapshot_takes_the_dossier_over_then() -> None:
    first = snapshot(at("05 09:00"), RUNNING)
    second = snapshot(at("07 09:00"), but(RUNNING, status=2), unit="u2")
    facts = elementary(kept([first, second]), OFFICE)
    held = holdings_of(facts, at("05 08:00"), at("08 08:00"))
    assert [(h.unit, h.start) for h in held] == [("u1", at("05 08:00")), ("u2", at("07 09:00"))]


def progress(when: str, name: str) -> Progressed:
    return Progressed(
        event_id=f"p{when}", dossier_id="d0", occurred_at=at(when), received_at=at(when),
        source="portal:H29", officer_name=name,
    )  # fmt: skip


def named(*officers: Officer) -> Context:
    units = (Unit(id="u1", name="Sở Một"), Unit(id="u1.1", name="Phòng A", parent="u1"))
    return Context(Reference(limit=Limit(3, "working_days"), units=units, officers=officers))


def test_officers_are_matched_in_the_unit_by_spelling_and_never_guessed() -> None:
    an = Officer(id="o1", name="Lê  Văn ÁN", unit="u1.1")
    elsewhere = Officer(id="o2", name="Lê Văn Án", unit="u2")
    events: list[AnyDossierEvent] = [
        snapshot(at("05 09:00"), RUNNING, unit="Sở một"),
        progress("06 09:00", "lê văn án"),
    ]
    course = course_of(events, named(an, elsewhere))
    assert (course.unit, course.officer, course.flags) == ("u1", "o1", ())
    twin = Officer(id="o3", name="Lê Văn Án", unit="u1.1")
    course = course_of(events, named(an, twin))
    assert (course.officer, course.flags) == ("unknown", ("officer_unmatched",))


def test_later_reference_data_match_earlier_progress() -> None:
    references = {"none": named(), "one": named(Officer(id="o1", name="Lê An", unit="u1"))}
    engine = engine_for(OFFICE)
    engine.state.versions._reference_of = lambda hash_: references[hash_].reference
    engine.restore([])
    stream: list[AnyEvent] = [
        Activate(hash="none", since=0),
        progress("06 09:00", "Lê An"),  # before its dossier
        snapshot(at("06 10:00"), RUNNING),
        Tick(now=at("07 09:00")),
    ]
    feed(engine, stream)
    record = msgspec.json.decode(engine.state.dossiers["d0"], type=DossierRecord)
    assert record.flags == ("officer_unmatched",)
    assert "officer:unknown" in record.scopes
    feed(engine, [Activate(hash="one", since=0)], first=len(stream))
    record = msgspec.json.decode(engine.state.dossiers["d0"], type=DossierRecord)
    assert (record.course.officer, record.flags) == ("o1", ())


def test_what_is_sent_again_leaves_no_facts_and_what_comes_back_does() -> None:
    nightly: list[Snapshot] = [snapshot(at(f"{day:02} 23:00"), RUNNING) for day in range(5, 30)]
    engine = engine_for(OFFICE)
    engine.restore([])
    feed(engine, [*nightly])
    record = msgspec.json.decode(engine.state.dossiers["d0"], type=DossierRecord)
    assert len(msgspec.json.decode(record.facts.raw)) == 1
    assert record.facts.size < 1_000
    assert engine.state.duplicates == len(nightly) - 1
    other = but(RUNNING, status=5)
    back = [snapshot(at("05 09:00"), RUNNING), snapshot(at("06 09:00"), other),
            snapshot(at("07 09:00"), RUNNING)]  # fmt: skip
    assert len(kept(list(back))) == 3
