"""The live view: from records to the wall's state, and from a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from confluent_kafka import Producer

from api.app import create_app
from api.core import Live
from api.live.reader import TOPICS
from api.live.view import LiveView, TopicRecord
from dossiers.tallies.vector import FIELD, WIDTH
from dossiers.wire.events import Tick
from dossiers.wire.records import (
    ALERTS,
    CLOCK_SCOPE,
    DEAD_LETTERS,
    REFERENCE,
    REPLAYED,
    TALLIES,
    TIMELINE_KEY,
    DeadLetter,
    Tally,
)
from dossiers.wire.reference import Reference, Rules, encode_reference
from tests.api.city import HOUR, START, TIMELINE, City, a_morning, finished, progressed
from tests.api.conftest import config
from tests.support.kafka import TestKafka
from tests.support.waiting import wait_for_async


def tally(scope: str, first: int, versions: dict[str, tuple[int, int]], **more: Any) -> TopicRecord:
    fields: dict[str, Any] = {"timeline": TIMELINE, "now": 1, **more}
    vector = (first,) + (0,) * (WIDTH - 1)
    record = Tally(scope=scope, vector=vector, versions=versions, **fields)
    return TALLIES, scope.encode(), msgspec.json.encode(record)


def clock(partition: int, now: int, timeline: str = TIMELINE) -> TopicRecord:
    record = Tally(timeline=timeline, scope=CLOCK_SCOPE, now=now)
    return TALLIES, f"{CLOCK_SCOPE}\x1f{partition}".encode(), msgspec.json.encode(record)


def view_of(*records: TopicRecord, partitions: int = 1) -> LiveView:
    view = LiveView(TIMELINE, partitions)
    view.apply(records)
    return view


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
    view.apply(city.publish(finished("over-1", START + 2 * HOUR), Tick(START + 3 * HOUR)))
    assert "over-1" not in {alert.dossier_id for alert in view.newest_breaches(8)}


def state_of(city: City, **more: object) -> dict[str, Any]:
    live = Live(config(**more), query=None)  # type: ignore[arg-type]
    live.deliver(city.records())
    live.loaded()
    return live.state()


@pytest.fixture(scope="module")
def morning() -> City:
    city = City()
    for event in a_morning():
        city.publish(event)
    return city


def test_figures_agree_with_each_other(morning: City) -> None:
    state = state_of(morning)
    assert state["watermark"] == START + 2 * HOUR
    assert state["figures"]["overdue"]["value"] == 3
    for name in ("open", "due_soon", "overdue"):
        assert sum(u[name] for u in state["units"].values()) == state["figures"][name]["value"]
    rate = state["figures"]["on_time_rate"]
    assert (rate["finished"], rate["late"], rate["value"]) == (2, 1, 50.0)
    assert rate["target"] == Rules().target_rate
    assert {row["id"] for row in state["act"]["units"]} == {"u1", "u/2"}
    assert state["act"]["units"][0]["overdue"] == 2


def test_officers_on_the_wall_follow_the_setting(morning: City) -> None:
    by_mode = {mode: state_of(morning, officer_names=mode)["act"] for mode in
               ("initials", "full", "off")}  # fmt: skip
    assert "Nguyễn" not in str(by_mode["initials"])
    assert "N.T.H." in str(by_mode["initials"])
    assert "Nguyễn Thị Hoa" in str(by_mode["full"])
    assert by_mode["off"]["officers"] == []
    assert {breach["officer"] for breach in by_mode["off"]["breaches"]} == {""}


def test_a_log_without_reference_data_has_tiles_for_its_units() -> None:
    city = City(reference=Reference(timezone="Europe/Amsterdam"))
    for event in a_morning():
        city.publish(event)
    state = state_of(city)
    assert set(state["units"]) == {"u1", "u/2"}
    assert state["units"]["u1"]["name"] == "u1"


def test_a_unit_that_only_dossiers_name_has_a_tile_while_it_holds_some() -> None:
    city = City()
    city.publish(progressed("never-received", START, "s", "u9", "o9"), Tick(START))
    assert "unit:u9" in view_of(*city.records()).tallies
    assert "u9" not in state_of(city)["units"]


def test_small_units_come_last_on_the_list() -> None:
    records = [clock(0, START)]
    for number, (unit, open_, overdue) in enumerate([("small", 3, 3), ("large", 400, 2)]):
        vector = [0] * WIDTH
        vector[FIELD["total"]] = vector[FIELD["open"]] = open_
        vector[FIELD["overdue"]] = overdue
        record = Tally(timeline=TIMELINE, scope=f"unit:{unit}", now=1, vector=tuple(vector),
                       versions={"0": (1, number)})  # fmt: skip
        records.append((TALLIES, unit.encode(), msgspec.json.encode(record)))
    live = Live(config(), query=None)  # type: ignore[arg-type]
    live.deliver(records)
    assert [row["id"] for row in live.state()["act"]["units"]] == ["large", "small"]


class Away:
    """The part that ClickHouse plays here: none."""

    async def rows(self, *_: object) -> list[dict[str, Any]]:
        return []


class Broker:
    """The live view's topics of one test on a real broker."""

    def __init__(self, kafka: TestKafka) -> None:
        self.prefix = f"{kafka.unique('live')}."
        self.kafka = kafka
        self.producer = Producer(
            {"log_level": 0, "bootstrap.servers": kafka.bootstrap, "linger.ms": 0}
        )

    def create(self) -> None:
        self.kafka.create_topics(*(self.prefix + topic for topic in TOPICS))

    def send(self, records: list[TopicRecord]) -> None:
        for topic, key, value in records:
            self.producer.produce(self.prefix + topic, value, key)
        assert self.producer.flush(20) == 0


@pytest_asyncio.fixture
async def broker(kafka: TestKafka) -> AsyncIterator[Broker]:
    broker = Broker(kafka)
    yield broker
    found = [broker.prefix + topic for topic in TOPICS]
    if set(found) <= kafka.topic_names():
        kafka.delete_topics(*found)


@pytest.mark.asyncio
async def test_records_on_the_broker_reach_the_feed(broker: Broker) -> None:
    city = City()
    for event in a_morning():
        city.publish(event)
    broker.create()
    broker.send(city.records())
    app = create_app(config(bootstrap=broker.kafka.bootstrap, topic_prefix=broker.prefix), Away())
    live: Live = app.state.live
    async with app.router.lifespan_context(app):
        await wait_for_async(lambda: live.view.loaded)
        await wait_for_async(lambda: live.hub.state["watermark"] == START + 2 * HOUR)
        assert live.hub.state["figures"]["overdue"]["value"] == 3
        before = live.hub.sequence
        news = city.publish(finished("over-1", START + 2 * HOUR), Tick(START + 3 * HOUR))
        await asyncio.to_thread(broker.send, news)
        await wait_for_async(lambda: live.hub.state["figures"]["overdue"]["value"] == 2)
        assert live.hub.sequence > before
        assert live.view.tick_age_ms() is not None


@pytest.mark.asyncio
async def test_the_live_view_waits_for_topics_and_says_so(broker: Broker) -> None:
    app = create_app(config(bootstrap=broker.kafka.bootstrap, topic_prefix=broker.prefix), Away())
    live: Live = app.state.live
    async with app.router.lifespan_context(app):
        await wait_for_async(lambda: "missing" in live.reader.error)
        await asyncio.to_thread(broker.create)
        await wait_for_async(lambda: live.view.loaded)
