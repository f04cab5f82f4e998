"""Walls in their topic: written by the product's producer, read back, there after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.core import Live
from api.live.reader import TOPICS, LiveReader
from broker.memory.kafka import MemoryKafka
from dossiers.wire.topics import SETTINGS
from dunghen.serving.settings_writer import SettingsTopic
from tests.api.city import City
from tests.api.settings import config
from tests.support.waiting import wait_for_async

URL = "/api/v1/walls/hall"


class Away:
    """The part that ClickHouse plays here: none."""

    async def rows(self, *_: object) -> list[dict[str, Any]]:
        return []


@asynccontextmanager
async def process(
    kafka: MemoryKafka, writer: SettingsTopic
) -> AsyncIterator[tuple[Live, httpx.AsyncClient]]:
    """An API that follows the topics from their beginning."""
    app = create_app(config(settings=writer), Away())
    live: Live = app.state.live
    live.reader = LiveReader(kafka, live.deliver, live.loaded)
    live.reader.start(asyncio.get_running_loop())
    transport = httpx.ASGITransport(app)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            await wait_for_async(lambda: live.view.loaded)
            yield live, http
    finally:
        await asyncio.to_thread(live.reader.stop)


@pytest.mark.asyncio
async def test_walls_stand_in_their_topic_and_outlive_the_process() -> None:
    kafka = MemoryKafka()
    for topic in TOPICS:
        kafka.create_topics(topic, partitions=1)
    producer = kafka.producer({"linger.ms": 0})
    for topic, key, value in City().records():
        producer.produce(topic, value, key)
    assert producer.flush(10) == 0
    writer = SettingsTopic(kafka)
    async with process(kafka, writer) as (live, http):
        made = await http.put(URL, json={"units": ["u1"]}, headers={"If-None-Match": "*"})
        assert made.status_code == 200, made.text
        assert live.walls.walls["hall"].units == ("u1",), "it has come back from the topic"
    async with process(kafka, writer) as (live, http):
        assert (await http.get(URL)).json() == made.json()
        producer.produce(SETTINGS, b"junk", b"wall:hall")
        assert producer.flush(10) == 0
        await wait_for_async(lambda: live.walls.refused == 1)
        gone = await http.delete(URL, headers={"If-Match": made.headers["ETag"]})
        assert gone.status_code == 200
        assert not live.walls.walls
    async with process(kafka, writer) as (live, _):
        assert not live.walls.walls
    writer.close()
