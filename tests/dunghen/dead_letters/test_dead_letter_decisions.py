"""Dead letters are replayed once they can be taken, or dropped for a reason; none is deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from api.app import create_app
from api.core import Live
from api.coverage import DEAD_LETTERS
from broker.kafka import Kafka
from broker.producing import Writer
from dossiers.wire import topics
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import Progressed, Received, Tick
from dunghen.dead_letters.desk import Desk
from dunghen.dead_letters.topic import read_letters
from dunghen.serving.store_query import StoreQuery
from tests.api.settings import config
from tests.dunghen.dead_letters.stream import DAY, T0, Stream, fields
from tests.support.kafka import TestKafka

pytestmark = pytest.mark.asyncio
URL = "/api/v1/dead-letters"
AHEAD = T0 + 5 * DAY


@pytest_asyncio.fixture
async def http(stream: Stream) -> AsyncIterator[httpx.AsyncClient]:
    """The API beside a stream with two dead letters: 0 from the future, 1 of an importer."""
    stream.publish(
        Tick(now=T0),
        Received(**fields("d", "r", T0, unit="u1"), due_at=T0 + DAY, procedure="p"),
        Progressed(**fields("d", "late", AHEAD), officer="o9"),
    )
    stream.fold()
    letter = DeadLetter(
        timeline=stream.timeline, reason="bad_time", detail="line 3: no date", source="log.csv",
        topic="log.csv", partition=-1, offset=-1, detected_at=T0, key="x",
    )  # fmt: skip
    with Writer(Kafka(stream.bootstrap)) as writer:
        writer.send(topics.DEAD_LETTERS, 0, b"x", msgspec.json.encode(letter))
        # Of the same import: without a place of its own, it must not share the other's fate.
        writer.send(topics.DEAD_LETTERS, 0, b"x", msgspec.json.encode(letter))
    stream.sink()
    query = StoreQuery(stream.store)
    app = create_app(
        config(timeline=stream.timeline), query,
        desk=Desk(Kafka(stream.bootstrap), stream.store),
    )  # fmt: skip
    app.state.stream = stream
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as found:
        yield found
    query.close()


async def listed(http: httpx.AsyncClient, kafka: TestKafka, **query: Any) -> Any:
    """The list, once sink and live view have read what was decided."""
    app = http._transport.app  # type: ignore[attr-defined]
    live: Live = app.state.live
    live.view.__init__(live.config.timeline, 1)  # type: ignore[misc]
    live.deliver(
        [(topics.DEAD_LETTERS, m.key(), m.value()) for m in kafka.read_all(topics.DEAD_LETTERS)]
    )
    live.loaded()
    app.state.stream.sink()
    answer = await http.get(URL, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_all_are_listed_with_their_reasons(http: httpx.AsyncClient, kafka: TestKafka) -> None:
    found = await listed(http, kafka)
    assert found["counts"] == {"open": 3, "replayed": 0, "dropped": 0}
    assert [(r["number"], r["reason"], r["state"]) for r in found["dead_letters"]] == [
        (2, "bad_time", "open"), (1, "bad_time", "open"), (0, "from_the_future", "open"),
    ]  # fmt: skip
    first = await listed(http, kafka, limit=2)
    rest = await listed(http, kafka, limit=2, cursor=first["next"])
    assert [r["number"] for r in rest["dead_letters"]] == [0]
    assert rest["next"] is None
    shown = (await http.get(f"{URL}/0")).json()
    assert (shown["key"], shown["offset"]) == ("d", rest["dead_letters"][0]["offset"])
    assert '"officer":"o9"' in shown["payload"].replace(" ", "")
    assert (await http.get(f"{URL}/77")).status_code == 404


async def test_what_can_be_taken_by_now_is_sent_again(
    http: httpx.AsyncClient, stream: Stream, kafka: TestKafka
) -> None:
    early = await http.post(f"{URL}/0/replay")
    assert (early.status_code, early.headers["content-type"]) == (409, "application/problem+json")
    assert "would be refused again: from_the_future" in early.json()["detail"]
    assert (await listed(http, kafka))["counts"]["open"] == 3
    stream.publish(Tick(now=AHEAD))
    done = await http.post(f"{URL}/0/replay")
    assert done.json() == {"number": 0, "state": "replayed", "dossier_id": "d", "facts": 0}
    stream.fold()
    assert stream.state("d").course.officer == "o9"
    again = await http.post(f"{URL}/0/replay")
    assert (again.status_code, "was replayed already" in again.json()["detail"]) == (409, True)
    found = await listed(http, kafka, state="replayed")
    assert [r["number"] for r in found["dead_letters"]] == [0]
    assert found["counts"] == {"open": 2, "replayed": 1, "dropped": 0}


async def test_a_dropped_one_stays_with_its_reason(
    http: httpx.AsyncClient, stream: Stream, kafka: TestKafka
) -> None:
    refused = await http.post(f"{URL}/1/replay")
    assert "never reached topic dossier-events" in refused.json()["detail"]
    for bad in ({}, {"reason": ""}, {"reason": " "}, {"reason": "x" * 501}):
        assert (await http.post(f"{URL}/1/drop", json=bad)).status_code == 422
    done = await http.post(f"{URL}/1/drop", json={"reason": "sent again as 42"})
    assert (done.status_code, done.json()["state"]) == (200, "dropped")
    found = await listed(http, kafka, state="dropped")
    assert [(r["number"], r["why"]) for r in found["dead_letters"]] == [(1, "sent again as 42")]
    assert found["counts"] == {"open": 2, "replayed": 0, "dropped": 1}
    for path in ("drop", "replay"):
        again = await http.post(f"{URL}/1/{path}", json={"reason": "twice"})
        assert (again.status_code, "was dropped already" in again.json()["detail"]) == (409, True)
    assert (await http.post(f"{URL}/9/drop", json={"reason": "none"})).status_code == 404
    metrics = (await http.get("/metrics")).text
    assert "dunghen_dead_letters 2.0" in metrics
    assert 'dunghen_dead_letters_decided_total{is="dropped"} 1.0' in metrics
    states = [e.state for e in read_letters(Kafka(stream.bootstrap), closed=True)]
    assert states == ["open", "dropped", "open"]
    rows = stream.store.query(DEAD_LETTERS, {"timeline": stream.timeline})
    assert {r["reason"]: r["letters"] for r in rows} == {"bad_time": 1, "from_the_future": 1}
