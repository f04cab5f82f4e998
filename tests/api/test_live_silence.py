"""A live view whose Kafka client falls silent reads on, and is given every record once."""

from __future__ import annotations

import asyncio

import pytest

from api.live.reader import TOPICS, LiveReader
from api.live.view import TopicRecord
from broker.kafka import Kafka
from broker.producing import Writer
from dossiers.wire.topics import ALERTS
from tests.support.deaf import LIMIT, DeafKafka
from tests.support.kafka import TestKafka
from tests.support.waiting import wait_for_async

PATIENCE = 90.0  # s


@pytest.mark.asyncio
async def test_it_reads_on_at_the_same_place(kafka: TestKafka) -> None:
    kafka.remove_topics(*TOPICS)
    kafka.create_topics(*TOPICS)
    client = Kafka(kafka.bootstrap)
    deaf = DeafKafka(client, hears=2, of="live-view")
    given: list[TopicRecord] = []
    loaded = asyncio.Event()
    reader = LiveReader(deaf, given.extend, loaded.set, silent_s=LIMIT)
    sent = 0

    def send() -> None:
        nonlocal sent
        with Writer(client) as writer:
            writer.send(ALERTS, 0, b"k", b"%d" % sent)
        sent += 1

    async def send_until_replaced() -> None:
        while deaf.opened < 2:  # each record takes as long as Kafka does
            await asyncio.to_thread(send)

    reader.start(asyncio.get_running_loop())
    try:
        await asyncio.wait_for(loaded.wait(), PATIENCE)
        await asyncio.wait_for(send_until_replaced(), PATIENCE)
        await wait_for_async(lambda: len(given) >= sent, PATIENCE)
        assert [value for _, _, value in given] == [b"%d" % number for number in range(sent)]
        await asyncio.to_thread(send)
        await wait_for_async(lambda: len(given) == sent, PATIENCE)
        assert reader.error == "", "it is told until the next record"
    finally:
        await asyncio.to_thread(reader.stop)
    kafka.remove_topics(*TOPICS)
