"""Late news of a dossier that has left the stream: put aside, and taken when it is replayed."""

from __future__ import annotations

from typing import Any

import msgspec

from broker.kafka import Kafka
from broker.reading import topic_reader
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.wire import topics
from dossiers.wire.events import (
    AnyEvent,
    Finished,
    Progressed,
    Received,
    Tick,
    Voided,
)
from dossiers.wire.facts import ProgressedFact
from dossiers.wire.reading import read_facts
from dunghen.dead_letters.sending import send_again
from dunghen.dead_letters.topic import read_letters
from oracle.checks.cut import read_cut
from oracle.checks.sql_recount import check_sql as sql_check
from oracle.checks.stored import check_dossiers
from oracle.checks.stream import recount_partition
from oracle.figures import recount_log
from oracle.lifetimes import Heard
from oracle.sql.counts import recount as sql_recount
from tests.dunghen.dead_letters.stream import DAY, NOW, REFERENCE, T0, Stream, fields


def test_late_news_of_an_archived_dossier_is_taken_when_it_is_replayed(stream: Stream) -> None:
    finish = Finished(**fields("d", "f", T0 + 3 * DAY, officer="o1"), status=10)
    stream.publish(
        Tick(now=T0),
        Received(**fields("d", "r", T0, unit="u1"), due_at=T0 + DAY, procedure="p"),
        Progressed(**fields("d", "p", T0 + 1), carried=7),
        Tick(now=T0 + 2 * DAY),
        finish,
        Tick(now=NOW),
        # The source takes the finish back: the dossier was open all the while, and still is.
        Voided(**fields("d", "v", NOW, dossier_received_at=T0), target="f"),
        Progressed(**fields("old", "p", T0, unit="u2")),
    )
    stream.fold()
    stream.sink()
    assert not stream.engine.state.dossiers
    letters = read_letters(Kafka(stream.bootstrap))
    assert [letter.letter.reason for letter in letters] == ["archived"] * 2

    done = send_again(Kafka(stream.bootstrap), letters, stream.store, NOW, {0, 1})
    assert [(each.dossier_id, each.facts) for each in done] == [("d", 3), ("old", 0)]
    stream.fold()
    assert stream.state("d").standing.verdict == "overdue"
    overdue = [a for a in stream.state("d").alerts if a.kind == "overdue"]
    assert [(a.sequence, a.status) for a in overdue] == [(3, "raised")]
    assert stream.state("d").course.procedure == "p"
    facts = read_facts(stream.state("d").facts.raw)
    assert [f.carried for f in facts if isinstance(f, ProgressedFact)] == [7]
    assert stream.state("old").unit == "u2"
    assert not read_letters(Kafka(stream.bootstrap))
    assert len(read_letters(Kafka(stream.bootstrap), closed=True)) == 2
    stream.sink()
    check_sql(stream)


def test_what_came_back_and_left_again_is_verified_by_its_last_life(stream: Stream) -> None:
    left = T0 + DAY + REFERENCE.rules.retention_days * DAY + 2
    stream.publish(
        Tick(now=T0),
        Received(**fields("d", "r", T0, unit="u1"), due_at=T0 + 2 * DAY),
        Finished(**fields("d", "f", T0 + DAY, officer="o1"), status=10),
        Tick(now=left),
        # Late, but younger than the retention, and it does not say when the dossier was received.
        Finished(**fields("d", "again", T0 + DAY + 2, officer="o2"), status=10),
        Tick(now=left + DAY),
        Received(**fields("other", "r", left, unit="u1"), due_at=left + 2 * DAY),
    )
    stream.fold()
    stream.sink()
    assert list(stream.engine.state.dossiers) == ["other"]
    assert not read_letters(Kafka(stream.bootstrap))
    parts = read_cut(topic_reader(Kafka(stream.bootstrap)), 1)
    in_force = InForce([(0, Context(REFERENCE))])
    counts = {0: recount_partition(parts[0], in_force)[1]}
    rows = check_dossiers(stream.store, stream.timeline, parts, counts)
    assert (rows.compared, rows.examples) == (2, [])
    sql = sql_check(stream.store, stream.timeline, parts, in_force, counts.values())
    assert (sql.compared, sql.examples) == (3, []), "the scopes of the other dossier"
    assert "what came back after it had left the stream: 1 dossiers" in sql.left_out


def test_what_is_taken_when_its_sender_sends_it_once_more_is_verified(stream: Stream) -> None:
    late = Progressed(**fields("d", "p", T0, officer="o1"))
    stream.publish(
        Tick(now=NOW),
        late,
        Received(**fields("d", "r", NOW, unit="u1"), due_at=NOW + DAY),
        late,  # there is a dossier now
    )
    stream.fold()
    stream.sink()
    assert [each.letter.reason for each in read_letters(Kafka(stream.bootstrap))] == ["archived"]
    assert stream.state("d").course.officer == "o1"
    parts = read_cut(topic_reader(Kafka(stream.bootstrap)), 1)
    in_force = InForce([(0, Context(REFERENCE))])
    counts = {0: recount_partition(parts[0], in_force)[1]}
    assert not check_dossiers(stream.store, stream.timeline, parts, counts).examples
    sql = sql_check(stream.store, stream.timeline, parts, in_force, counts.values())
    assert sql.examples == []
    assert (
        "what was a dead letter, and taken when it was sent once more: 1 dossiers" in sql.left_out
    )


def check_sql(stream: Stream) -> None:
    """The recount in SQL takes what was sent again for what it is."""
    heard: list[Heard] = []
    now = 0
    refused = {e.letter.offset for e in read_letters(Kafka(stream.bootstrap), closed=True)}
    for message in stream.kafka.read_all(topics.EVENTS):
        event = msgspec.json.decode(message.value() or b"", type=AnyEvent)
        if isinstance(event, Tick):
            now = max(now, event.now)
        elif hasattr(event, "dossier_id") and message.offset() not in refused:
            heard.append((event, now))
    context = Context(REFERENCE)
    count = recount_log(heard, now, context)
    found = sql_recount(stream.store, timeline=stream.timeline, as_of=now, timezone="UTC")
    expected = dict.fromkeys(found.scopes, 0)
    for story in count.ever.values():
        for scope in context.scopes(story.unit, story.officer):
            expected[scope] = expected.get(scope, 0) + (story.verdict == "overdue")
    assert {scope: row["overdue"] for scope, row in found.scopes.items()} == expected
    assert expected["all"] == 1


def closed() -> list[AnyEvent]:
    """A dossier that has left the stream by the end of these."""
    ended = Finished(**fields("d", "f", T0 + DAY))
    received = Received(**fields("d", "r", T0, unit="u1"), due_at=T0 + DAY)
    return [Tick(now=T0), received, ended, Tick(now=NOW)]


def again(stream: Stream, *numbers: int, **more: Any) -> list[Any]:
    stream.fold()
    stream.sink()
    letters = read_letters(Kafka(stream.bootstrap), closed=True)
    done = send_again(Kafka(stream.bootstrap), letters, stream.store, NOW, numbers, **more)
    stream.fold()
    stream.sink()
    return done


def test_what_was_replayed_is_a_fact_when_its_dossier_comes_back_again(stream: Stream) -> None:
    stream.publish(*closed(), Progressed(**fields("d", "late", T0 + 9, officer="o7")))
    again(stream, 0)
    stream.publish(
        Tick(now=2 * NOW - T0), Progressed(**fields("d", "later", T0 + 10)), Tick(now=2 * NOW - T0)
    )
    (done,) = again(stream, 2)
    assert done.facts == 3, "received, finished, and what was replayed"
    assert stream.state("d").course.officer == "o7"


def test_what_was_refused_once_more_is_none(stream: Stream) -> None:
    foreign = Progressed(**fields("d", "x", T0 + 9, officer="o7", madonvi="B"))
    mine = Progressed(**fields("d", "own", T0 + 8, madonvi="A"))
    stream.publish(Tick(now=T0), mine, foreign, *closed())
    assert again(stream, 0)[0].sent
    letters = read_letters(Kafka(stream.bootstrap))
    assert [entry.letter.reason for entry in letters] == ["archived"]
    stream.publish(Progressed(**fields("d", "late", T0 + 9)))
    stream.fold()
    number = read_letters(Kafka(stream.bootstrap))[-1].number
    assert again(stream, number)[0].facts == 3
    assert stream.state("d").course.officer == ""


def test_a_new_owner_gets_the_whole_dossier_back(stream: Stream) -> None:
    foreign = Progressed(**fields("d", "x", T0 + 9, officer="o7", madonvi="A"))
    stream.publish(
        Tick(now=T0), Progressed(**fields("d", "own", T0 + 8, madonvi="B")), foreign, *closed()
    )
    (done,) = again(stream, 0, owner="A")
    assert done.sent
    state = stream.state("d")
    assert (state.course.outcome, state.course.officer, state.unit) == ("finished", "o7", "u1")
    assert state.owned is not None
    assert state.owned.owners == ("A",)
