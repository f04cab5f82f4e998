"""The live view: from records to the wall's state, and from a real broker."""

from __future__ import annotations

import msgspec
import pytest

from api.live.reader import TOPICS
from api.live.view import TopicRecord
from dossiers.wire.dead_letters import REPLAYED, DeadLetter
from dossiers.wire.events import Tick
from dossiers.wire.keys import TIMELINE_KEY
from dossiers.wire.reference import Reference, encode_reference
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import ALERTS, DEAD_LETTERS, REFERENCE, TALLIES
from tests.api.city import HOUR, START, TIMELINE, City, a_morning, finished
from tests.api.topic_records import clock, tally, view_of
from tests.streams.deeds import deed


@pytest.mark.parametrize(
    "older", [{"0": (1, 9), "1": (1, 5)}, {"0": (2, 3), "1": (1, 4)}, {"0": (2, 3)}, {}]
)
def test_an_older_version_is_refused(older: dict[str, tuple[int, int]]) -> None:
    newest = tally("all", 7, {"0": (2, 3), "1": (1, 5)})
    view = view_of(newest, tally("all", 6, older))
    assert view.value("all", "total") == 7
    assert view.refused == 1
    # In whatever batches they come.
    view.apply([tally("all", 5, older)])
    assert view.value("all", "total") == 7


def test_a_newer_epoch_wins_over_a_higher_offset() -> None:
    view = view_of(tally("all", 7, {"0": (1, 900)}), tally("all", 3, {"0": (2, 10)}))
    assert view.value("all", "total") == 3


def test_another_timeline_is_ignored() -> None:
    view = view_of(
        tally("all", 7, {"0": (1, 1)}),
        tally("all", 9, {"0": (5, 5)}, timeline="another"),
        clock(0, 10),
        clock(0, 99, "another"),
    )
    assert view.value("all", "total") == 7
    assert view.watermark == 10


def test_the_watermark_is_the_slowest_clock_and_waits_for_all() -> None:
    view = view_of(clock(0, 50), partitions=2)
    assert view.watermark is None
    assert view.tick_age_ms() is None
    view.apply([clock(1, 40)])
    assert view.watermark == 40
    view.apply([clock(1, 30), clock(1, 60)])
    assert view.watermark == 50
    view.apply([clock(0, 20)])
    assert view.watermark == 50, "never back"


@pytest.mark.parametrize("value", [b"", b"{}", b"\xff", b"[1]", b'{"timeline": 3}', None])
def test_unreadable_records_change_nothing(value: bytes | None) -> None:
    view = view_of(tally("all", 7, {"0": (1, 1)}))
    view.apply([(topic, b"all", value) for topic in TOPICS])
    assert view.value("all", "total") == 7
    short = Tally(timeline=TIMELINE, scope="all", now=2, vector=(1,), versions={"0": (2, 1)})
    view.apply([(TALLIES, b"all", msgspec.json.encode(short))])
    assert view.value("all", "total") == 7


def letter(offset: int, partition: int = 0) -> TopicRecord:
    found = DeadLetter(
        timeline=TIMELINE, reason="malformed", detail="", source="", topic="dossier-events",
        partition=partition, offset=offset, detected_at=0,
    )  # fmt: skip
    return DEAD_LETTERS, b"", msgspec.json.encode(found)


def test_dead_letters_of_an_aborted_transaction_count_once() -> None:
    view = view_of(letter(3), letter(5), letter(4, partition=1))
    view.apply([letter(5), letter(8), letter(4, partition=1)])
    assert view.letters.open == 4
    view.apply([letter(-1, -1), letter(-1, -1)])
    assert view.letters.open == 6, "they never reached Kafka: nothing tells them apart"


def test_reference_and_dead_letters_are_taken() -> None:
    letter = DeadLetter(
        timeline=TIMELINE, reason="malformed", detail="", source="", topic="", partition=0,
        offset=1, detected_at=1,
    )  # fmt: skip
    other = msgspec.structs.replace(letter, timeline="another")
    more = msgspec.structs.replace(letter, offset=2)
    view = view_of(
        (REFERENCE, b"hash", encode_reference(Reference(title="Thử"))),
        (REFERENCE, TIMELINE_KEY, b"{}"),
        *((DEAD_LETTERS, None, msgspec.json.encode(found)) for found in (letter, other, more)),
    )
    assert view.reference.title == "Thử"
    assert view.letters.open == 2
    again = msgspec.structs.replace(letter, reason=REPLAYED)
    view.apply([(DEAD_LETTERS, None, msgspec.json.encode(again))])
    assert view.letters.open == 1, "one was sent again"


def test_breaches_end_when_their_dossier_does_and_survive_repetition() -> None:
    city = City()
    for event in a_morning():
        city.publish(event)
    view = view_of(*city.records())
    assert {alert.dossier_id for alert in view.newest_breaches(8)} == {
        "over-1", "over-2", "=cmd|' /C calc'!A0",
    }  # fmt: skip
    assert view.newest_breaches(1)[0].dossier_id == "over-2", "the latest due time first"
    # A transaction that was aborted is seen, and then seen again.
    alerts = [record for record in city.records() if record[0] == ALERTS]
    view.apply(alerts)
    assert len(view.newest_breaches(8)) == 3
    breach = next(alert for alert in view.newest_breaches(8) if alert.dossier_id == "over-1")
    name = (breach.kind, breach.level, breach.due_at)
    now = city.engine.state.now
    acted = city.publish(deed(now, "acknowledge", name, dossier="over-1"))
    assert b'"transition":"acknowledged"' in b"".join(value for *_, value in acted if value)
    view.apply(acted)
    assert breach.alert_id in view.breaches, "somebody deals with it, and it is overdue as before"
    view.apply(city.publish(finished("over-1", START + 2 * HOUR), Tick(START + 3 * HOUR)))
    assert "over-1" not in {alert.dossier_id for alert in view.newest_breaches(8)}
