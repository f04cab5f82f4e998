"""The page of a dossier: what its reader may do about it, and what was done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from api.acts import Acts
from api.desk.blobs import BlobStore
from api.desk.texts import TextStore
from dossiers.wire.alerts import Alert
from dossiers.wire.topics import ALERTS
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import Guarded, guarded
from tests.api.city import HOUR, City
from tests.api.desk.acting_city import HEAD, KEY, NOW, OFFICER, Log

pytestmark = pytest.mark.asyncio


@pytest.fixture
def acted(stored_city: tuple[City, Store], tmp_path: Path) -> Iterator[Guarded]:
    city, store = stored_city
    query = StoreQuery(store)
    texts = TextStore(BlobStore(tmp_path / "blobs"), KEY)
    yield guarded(city, query, Acts(Log(), texts, KEY, patience=0.01))
    query.close()


def main_alert(city: Guarded, dossier: str) -> Alert:
    thread = city.live.book.thread(dossier)
    assert thread is not None
    return thread.main


async def page(city: Guarded, who: Any, dossier: str, query: str = "") -> str:
    async with city.client(who) as http:
        answer: httpx.Response = await http.get(f"/dossiers/{dossier}{query}")
    assert answer.status_code == 200
    return answer.text


def buttons(text: str) -> set[str]:
    parts = text.split('name="action" value="')[1:]
    return {part.partition('"')[0] for part in parts}


async def test_each_reader_sees_what_they_may_do(acted: Guarded) -> None:
    head, officer = await page(acted, HEAD, "over-1"), await page(acted, OFFICER, "over-1")
    assert buttons(head) == {"acknowledge", "snooze", "explain", "apologise", "ask"}
    assert buttons(officer) == {"acknowledge", "snooze", "explain", "apologise"}
    assert buttons(await page(acted, "reform_office", "over-1")) == {"ask"}
    assert buttons(await page(acted, "leader", "over-1")) == set()
    assert "hiệu lực đến T3 24/11 10:00" in head


async def test_who_has_it_may_hand_it_over(acted: Guarded) -> None:
    alert = main_alert(acted, "over-1")
    taken = msgspec.structs.replace(
        alert, sequence=2, transition="acknowledged", action="acknowledge", actor="head-1",
        taken_by="head-1", taken_until=NOW + 8 * HOUR, occurred_at=NOW,
    )  # fmt: skip
    acted.live.deliver([(ALERTS, b"over-1", msgspec.json.encode(taken))])
    text = await page(acted, HEAD, "over-1", "?told=done")
    assert buttons(text) == {"snooze", "explain", "apologise", "hand_over", "ask"}
    assert '<option value="o1">Nguyễn Thị Hoa</option>' in text
    assert "Đã ghi nhận." in text
    assert "đã nhận xử lý, hiệu lực đến" in text


async def test_what_was_done_stands_in_the_time_line_with_its_text(acted: Guarded) -> None:
    alert = main_alert(acted, "late-1")
    assert alert.transition == "resolved"
    acts = acted.live.acting
    assert acts is not None
    digest = acts.texts.put("Chờ <b>Sở Hai</b> trả lời.", "event-1")
    told = msgspec.structs.replace(
        alert, sequence=alert.sequence + 1, action="explain", actor="o1", reason="waiting_unit",
        text=digest, occurred_at=NOW,
    )  # fmt: skip
    acted.live.deliver([(ALERTS, b"late-1", msgspec.json.encode(told))])
    text = await page(acted, HEAD, "late-1")
    assert "Chờ &lt;b&gt;Sở Hai&lt;/b&gt; trả lời." in text
    assert "Giải trình: chờ đơn vị khác phối hợp" in text
    assert digest in text
    assert buttons(text) == {"explain", "apologise", "ask"}
    assert "Giải trình, xin lỗi" in text


async def test_where_nobody_acts_there_is_no_button(acted: Guarded) -> None:
    acted.live.acting = None
    assert buttons(await page(acted, HEAD, "over-1")) == set()
