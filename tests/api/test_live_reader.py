"""The live view of a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from confluent_kafka import Producer

from api.app import create_app
from api.core import Live
from api.live.reader import TOPICS
from api.live.view import TopicRecord
from dossiers.wire.events import Tick
from tests.api.city import HOUR, START, City, a_morning, finished
from tests.api.settings import config
from tests.support.kafka import TestKafka
from tests.support.waiting import wait_for_async


class Away:
    """The part that ClickHouse plays here: none."""

    async def rows(self, *_: object) -> list[dict[str, Any]]:
        return []


class Broker:
    """The live view's topics on a real broker."""

    def __init__(self, kafka: TestKafka) -> None:
        self.kafka = kafka
        self.producer = Producer(
            {"log_level": 0, "bootstrap.servers": kafka.bootstrap, "linger.ms": 0}
        )

    def create(self) -> None:
        self.kafka.create_topics(*TOPICS)

    def send(self, records: list[TopicRecord]) -> None:
        for topic, key, value in records:
            self.producer.produce(topic, value, key)
        assert self.producer.flush(20) == 0


@pytest_asyncio.fixture
async def broker(kafka: TestKafka) -> AsyncIterator[Broker]:
    kafka.remove_topics(*TOPICS)
    yield Broker(kafka)
    kafka.remove_topics(*TOPICS)


@pytest.mark.asyncio
async def test_records_on_the_broker_reach_the_feed(broker: Broker) -> None:
    city = City()
    for event in a_morning():
        city.publish(event)
    broker.create()
    broker.send(city.records())
    app = create_app(config(bootstrap=broker.kafka.bootstrap), Away())
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
    app = create_app(config(bootstrap=broker.kafka.bootstrap), Away())
    live: Live = app.state.live
    async with app.router.lifespan_context(app):
        await wait_for_async(lambda: "missing" in live.reader.error)
        await asyncio.to_thread(broker.create)
        await wait_for_async(lambda: live.view.loaded)
