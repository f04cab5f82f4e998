"""Whose an alert is, in what state, and what of it is unread."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from api.access.principal import Principal, Role
from api.access.rules import DESKS
from api.inbox.book import Book
from api.inbox.inboxes import InboxCount, Inboxes
from api.inbox.items import InboxItem, Moment
from api.inbox.marks import MarkBook
from api.inbox.sight import Sight, recipient_of
from api.live.view import TopicRecord
from dossiers.wire.alerts import Alert
from dossiers.wire.read_marks import MOST_THREADS, ReadMarks, read_key, reader_hash
from dossiers.wire.topics import SETTINGS
from tests.api.city import HOUR, START, TIMELINE
from tests.api.inbox.alerts import alert, records

NOW = START + 2 * HOUR
TODAY = Moment(NOW, START - 8 * HOUR)


def sight(role: Role, officer: str = "", *units: str) -> Sight:
    who = Principal("somebody", frozenset({role}), "session", units, officer)
    return Sight(recipient_of(who, DESKS), frozenset(units))


HEAD = sight("supervisor", "chief", "u1")


class Desk:
    """An inbox over these alerts."""

    def __init__(self, *alerts: Alert) -> None:
        self.book = Book(TIMELINE)
        self.marks = MarkBook(None)
        self.inboxes = Inboxes(self.book, self.marks)
        self.book.apply(records(*alerts))

    def of(self, who: Sight) -> dict[str, InboxItem]:
        return {item.key: item for item in self.inboxes.items(who, TODAY)}


def test_everybody_has_what_is_theirs_and_nothing_of_another_unit() -> None:
    desk = Desk(
        alert("mine", "d1"),
        alert("other", "d2", unit="u/2", officer="o2"),
        alert("up", "d2", unit="u/2", officer="o2", kind="escalation", level=3),
        alert("source", "", dossier_id="", unit="", officer="", kind="source_silent", source="s"),
    )
    assert set(desk.of(HEAD)) == {"d1"}
    assert set(desk.of(sight("officer", "o2"))) == {"d2"}
    assert len(desk.of(sight("officer", "o2"))["d2"].alerts) == 2
    assert set(desk.of(sight("reform_office"))) == {"d1", "d2", "source:s"}
    leader = desk.of(sight("leader"))
    assert [each.alert_id for each in leader["d2"].alerts] == ["up"]
    assert set(leader) == {"d2"}
    assert desk.of(sight("supervisor")) == {}


def test_a_dossier_that_moved_shows_each_unit_its_own_alerts() -> None:
    desk = Desk(
        alert("first", "d"),
        alert("second", "d", unit="u/2", officer="o2", kind="escalation", level=1),
    )
    assert desk.of(HEAD)["d"].main.alert_id == "first"
    assert desk.of(sight("supervisor", "", "u/2"))["d"].main.alert_id == "second"


def test_what_is_offered_to_somebody_is_theirs_wherever_it_comes_from() -> None:
    desk = Desk(alert("a", "d", unit="u/2", officer="o2", offered_to="chief"))
    assert set(desk.of(HEAD)) == {"d"}


def test_states_follow_the_most_urgent_alert_and_the_readers_own_snooze() -> None:
    desk = Desk(
        alert("w", "waits"),
        alert("t1", "taken"),
        alert("t2", "taken", kind="escalation", level=1, transition="acknowledged"),
        alert("s", "silenced", action="snooze", actor="chief", snoozed_until=NOW + HOUR),
        alert("d", "gone", sequence=2, transition="resolved"),
        alert("y", "yesterday", sequence=2, transition="resolved", detected_at=START - 12 * HOUR),
    )
    found = {key: item.state for key, item in desk.of(HEAD).items()}
    assert found == {"waits": "waiting", "taken": "taken", "silenced": "snoozed", "gone": "done"}
    assert desk.of(sight("supervisor", "another", "u1"))["silenced"].state == "waiting"


def test_a_dossier_that_goes_to_a_colleague_goes_along_and_is_news_to_nobody_else() -> None:
    desk = Desk(alert("a", "d"))
    moved = alert("a", "d", sequence=2, officer="o2", moved=True, detected_at=NOW)
    desk.book.apply(records(moved))
    ((item,), (theirs,)) = (desk.of(who).values() for who in (HEAD, sight("officer", "o2")))
    assert (item.newest, theirs.newest, theirs.unread) == (START, NOW, True)
    assert desk.of(sight("officer", "o1")) == {}


def test_a_thread_is_unread_until_it_is_looked_at_and_again_when_it_changes() -> None:
    first = alert("a", "d")
    desk = Desk(first)
    assert desk.of(HEAD)["d"].unread
    desk.marks.read("chief", "d", START)
    assert not desk.of(HEAD)["d"].unread
    assert desk.of(sight("supervisor", "another", "u1"))["d"].unread
    escalated = alert("b", "d", kind="escalation", level=1, detected_at=START + HOUR)
    desk.book.apply(records(escalated))
    assert desk.of(HEAD)["d"].unread
    desk.marks.read_all("chief", START + HOUR)
    assert not desk.of(HEAD)["d"].unread


def test_what_somebody_did_oneself_is_no_news() -> None:
    raised = alert("a", "d")
    done = alert("a", "d", sequence=2, action="explain", actor="chief", detected_at=NOW)
    desk = Desk(raised, done)
    item = desk.of(HEAD)["d"]
    assert (item.unread, item.since, item.newest) == (False, START, NOW)


def test_counts_follow_alerts_and_marks_and_rest_where_they_are_dear() -> None:
    time = iter([0.0, 5.0, 6.0, 7.0, 200.0, 200.1]).__next__
    desk = Desk(alert("a"), alert("b", transition="acknowledged"))
    inboxes = Inboxes(desk.book, desk.marks, clock=time)
    first = InboxCount(waiting=1, unread=1, newest=START)
    assert inboxes.count(HEAD, TODAY) == first  # takes 5 s
    desk.marks.read("chief", "d-a", START)
    assert inboxes.count(HEAD, TODAY) == first
    desk.book.apply(records(alert("c")))
    assert inboxes.count(HEAD, TODAY) == first
    assert inboxes.count(HEAD, TODAY) == InboxCount(waiting=2, unread=1, newest=START)


def test_counts_are_made_again_for_what_is_the_readers_own_alone() -> None:
    desk, made = Desk(alert("a"), alert("s")), []

    class Watched(Inboxes):
        def items(self, sight: Sight, at: Moment) -> Iterator[InboxItem]:
            made.append(sight)
            return super().items(sight, at)

    inboxes = Watched(desk.book, desk.marks, clock=lambda: 0.0)
    inboxes.count(HEAD, TODAY)
    desk.book.apply(records(alert("b", unit="u/2", officer="o2")))
    desk.marks.read("another", "d-a", START)
    assert inboxes.count(HEAD, TODAY).waiting == 2
    assert len(made) == 1, "nothing of it has changed"
    snoozed = alert("s", sequence=2, action="snooze", actor="chief", snoozed_until=NOW + HOUR)
    desk.book.apply(records(snoozed))
    assert inboxes.count(HEAD, TODAY).waiting == 1
    assert inboxes.count(HEAD, Moment(NOW + HOUR, TODAY.day)).waiting == 2, "the snooze is over"
    desk.book.apply(records(alert("b", unit="u1", officer="o2", sequence=2)))
    assert inboxes.count(HEAD, Moment(NOW + HOUR, TODAY.day)).waiting == 3
    desk.book.apply(records(alert("a", unit="u/2", sequence=2)))
    assert inboxes.count(HEAD, Moment(NOW + HOUR, TODAY.day)).waiting == 2, "it went elsewhere"


def record(person: str, marks: ReadMarks) -> TopicRecord:
    return SETTINGS, read_key(reader_hash(person)), msgspec.json.encode(marks)


def test_marks_of_two_processes_come_together() -> None:
    marks = MarkBook(None)
    marks.read("chief", "d1", 50)
    theirs = MarkBook(None)
    theirs.read("chief", "d2", 60)
    found = theirs._marks[reader_hash("chief")]
    marks.apply([record("chief", found), (SETTINGS, b"wall:hall", b"{}")])
    assert marks.has_read("chief", "d1", 50)
    assert marks.has_read("chief", "d2", 60)
    assert not marks.has_read("chief", "d2", 61)
    assert marks.refused == 0


def test_marks_are_bounded_and_junk_is_skipped() -> None:
    marks = MarkBook(None)
    for number in range(MOST_THREADS + 5):
        marks.read("chief", f"d{number}", 100 + number)
    assert not marks.has_read("chief", "d0", 100)
    assert marks.has_read("chief", f"d{MOST_THREADS + 4}", 100)
    marks.apply([(SETTINGS, read_key(reader_hash("chief")), b"\xff")])
    assert marks.refused == 1
    assert marks.has_read("chief", f"d{MOST_THREADS + 4}", 100)


class Writer:
    def __init__(self) -> None:
        self.written: list[tuple[bytes, bytes | None]] = []

    def write(self, key: bytes, value: bytes | None) -> None:
        self.written.append((key, value))


@pytest.mark.asyncio
async def test_what_was_read_is_written_once_and_read_back() -> None:
    writer = Writer()
    marks = MarkBook(writer)
    marks.read("chief", "d1", 50)
    marks.read("chief", "d2", 60)
    await marks._write(writer)
    await marks._write(writer)
    [(key, value)] = writer.written
    again = MarkBook(None)
    again.apply([(SETTINGS, key, value)])
    assert again.has_read("chief", "d1", 50)
    assert again.has_read("chief", "d2", 60)
    assert b"chief" not in key
