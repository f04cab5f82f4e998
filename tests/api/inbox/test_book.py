"""The alerts that people work on, kept from topic ``alerts``."""

from __future__ import annotations

import msgspec
import pytest

from api.inbox import book as book_module
from api.inbox.book import Book
from dossiers.wire.alerts import Alert
from dossiers.wire.topics import ALERTS
from tests.api.city import HOUR, START, TIMELINE
from tests.api.inbox.alerts import alert, records


def book_of(*alerts: Alert) -> Book:
    book = Book(TIMELINE)
    book.apply(records(*alerts))
    return book


def after(before: Alert, **more: object) -> Alert:
    return msgspec.structs.replace(before, sequence=before.sequence + 1, **more)


def test_the_newest_record_of_an_alert_counts_whatever_comes_again() -> None:
    raised = alert("a")
    taken = after(raised, transition="acknowledged", taken_by="o1", taken_until=START + HOUR)
    book = book_of(raised, taken, raised, taken)
    assert book.alert("a") == taken
    assert len(book) == 1


def test_one_thread_has_the_whole_story_of_a_dossier() -> None:
    overdue = alert("a", "d", due_at=START)
    book = book_of(
        overdue,
        alert("b", "d", kind="escalation", level=1, due_at=START),
        alert("c", "d", kind="escalation", level=2, due_at=START),
        alert("e", "other"),
    )
    assert {thread.key for thread in book.threads} == {"d", "other"}
    story = book.thread("d")
    assert story is not None
    assert (story.main.alert_id, len(story.alerts)) == ("c", 3)
    book.apply(
        records(alert("c", "d", kind="escalation", level=2, sequence=2, transition="resolved"))
    )
    assert story.main.alert_id == "b", "what has ended matters less than what has not"


def test_alerts_are_found_by_unit_and_by_everybody_who_has_to_do_with_them() -> None:
    moved = alert("a")
    book = book_of(moved, alert("b", unit="u/2", officer="o2"))

    def found(scope: str) -> set[str]:
        return {thread.key for thread in book.threads_of([scope])}

    assert found("unit:u1") == found("officer:o1") == {"d-a"}
    assert found("unit:u/2") == {"d-b"}
    book.apply(records(after(moved, offered_to="o2")))
    assert found("officer:o2") == {"d-a", "d-b"}
    book.apply(records(after(after(moved), offered_to="", taken_by="o3")))
    assert found("officer:o2") == {"d-b"}
    assert found("officer:o3") == {"d-a"}


def test_what_ended_stays_for_a_day_and_is_then_forgotten() -> None:
    book = book_of(alert("a"), alert("a", sequence=2, transition="resolved", detected_at=START))
    assert book.alert("a") is not None
    book.apply(records(alert("b", detected_at=START + 25 * HOUR)))
    assert book.alert("a") is None
    assert {thread.key for thread in book.threads} == {"d-b"}
    assert [thread.key for thread in book.threads_of(["unit:u1", "officer:o1"])] == ["d-b"]


def test_a_snooze_silences_one_person_until_the_alert_ends() -> None:
    raised = alert("a")
    until = START + 2 * HOUR
    book = book_of(raised, after(raised, action="snooze", actor="o1", snoozed_until=until))
    assert (book.snoozed_until("a", "o1"), book.snoozed_until("a", "o2")) == (until, 0)
    book.apply(records(alert("a", sequence=3, transition="retracted")))
    assert book.snoozed_until("a", "o1") == 0


def test_junk_and_other_timelines_change_nothing() -> None:
    book = Book(TIMELINE)
    book.apply([(ALERTS, b"", b"\xff"), *records(alert("a", timeline="another"))])
    assert (len(book), book.refused, book.revision) == (0, 1, 0)


def test_more_alerts_than_there_is_room_for_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_module, "MOST_OPEN", 2)
    book = book_of(alert("a"), alert("b"), alert("c"))
    assert (len(book), book.left_out) == (2, 1)
    book.apply(records(alert("a", sequence=2, transition="resolved")))
    assert book.alert("a") is not None, "what is held is followed to its end"
