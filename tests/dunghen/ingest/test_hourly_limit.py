"""At most so many records of a dossier, madonvi and hour; the rest is refused with a reason."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from api.ports import IngestError, Receipt, Sender
from dossiers.wire.events import decode_event
from dunghen.ingest.payloads import PortalIngest
from sources.acknowledged import Busy, NotTaken
from tests.api.posting import FakeKafka
from tests.sources.portal.payloads import DOSSIER, NOW, envelope

pytestmark = pytest.mark.asyncio
HERE, THERE = "000.00.19.H29", "000.00.20.H29"
SERVICE = "DongBoHoSoMC"


class Desk:
    """An ingest with a clock of its own."""

    def __init__(self, hourly: int = 200) -> None:
        self.now = NOW
        self.kafka = FakeKafka()
        self.kafka.most = 100_000
        self.ingest = PortalIngest(
            self.kafka,  # type: ignore[arg-type]
            max_body=4_000_000,
            clock=lambda: self.now,
            hourly=hourly,
        )

    async def send(self, *ids: str, sender: Sender, madonvi: str = HERE, **more: Any) -> Receipt:
        records = [{**DOSSIER, "MaHoSo": id_, **more} for id_ in ids]
        body = json.dumps({**envelope(*records), "madonvi": madonvi}).encode()
        return await self.ingest.portal(sender, SERVICE, body)

    async def events(self, *ids: str, sender: Sender, unit: str) -> Receipt:
        found = [
            {"kind": "progressed", "event_id": f"e{self.now}-{n}", "dossier_id": id_,
             "occurred_at": self.now, "unit": unit, "step": "s"}
            for n, id_ in enumerate(ids)
        ]  # fmt: skip
        return await self.ingest.events(sender, json.dumps({"events": found}).encode())


BOUND = Sender("one", (HERE,))
OTHER_KEY = Sender("another key of the same", (HERE,))
ELSEWHERE = Sender("elsewhere", (THERE,))
FREE, FREE_TOO = Sender("for all"), Sender("for all, too")


async def test_the_two_hundred_and_first_is_refused_and_the_rest_of_its_payload_taken() -> None:
    desk = Desk()
    first = await desk.send(*["flood"] * 199, sender=BOUND)
    assert (first.accepted, first.refused) == (199, [])
    mixed = await desk.send("flood", "a", "flood", "b", "flood", sender=BOUND, TrangThaiHoSo="77")
    assert mixed.accepted == 3
    assert [(r.index, r.dossier) for r in mixed.refused] == [(2, "flood"), (4, "flood")]
    assert "more than 200 records of this dossier within an hour" in mixed.refused[0].reason
    assert "again in 60 minutes" in mixed.refused[0].reason
    assert [entry.index for entry in mixed.unread] == [0, 1, 3]
    sent = Counter(decode_event(value).dossier_id for _, value in desk.kafka.taken)  # type: ignore[union-attr]
    assert sent == {"flood": 400, "a": 2, "b": 2}, "each with its traits, which count with it"
    assert desk.ingest.counts()["one", "too_many_in_an_hour"] == 2
    assert desk.ingest.counts()["one", "refused"] == 2


async def test_records_that_were_wrong_anyway_keep_their_places() -> None:
    desk = Desk(hourly=1)
    records = [
        {**DOSSIER, "MaHoSo": "d"},
        "no object",
        {**DOSSIER, "MaHoSo": "d"},
        {**DOSSIER, "MaHoSo": "e", "NgayTiepNhan": "soon"},
        {**DOSSIER, "MaHoSo": "d"},
    ]
    body = json.dumps({**envelope(*records), "madonvi": HERE}).encode()
    taken = await desk.ingest.portal(BOUND, SERVICE, body)
    assert taken.accepted == 1
    assert [(r.index, r.dossier) for r in taken.refused] == [(1, ""), (2, "d"), (3, "e"), (4, "d")]


async def test_an_hour_later_it_is_taken_again() -> None:
    desk = Desk(hourly=2)
    await desk.send("d", "d", sender=BOUND)
    desk.now += 1_800_000
    late = await desk.send("d", sender=BOUND)
    assert "again in 30 minutes" in late.refused[0].reason
    desk.now += 1_800_000
    assert (await desk.send("d", "d", sender=BOUND)).accepted == 2


async def test_keys_of_one_madonvi_share_and_others_do_not() -> None:
    desk = Desk(hourly=1)
    assert (await desk.send("d", sender=BOUND)).accepted == 1
    assert (await desk.send("d", sender=OTHER_KEY)).accepted == 0, "keys can be changed"
    assert (await desk.send("d", sender=ELSEWHERE, madonvi=THERE)).accepted == 1
    assert (await desk.send("d", sender=FREE)).accepted == 1
    assert (await desk.send("d", sender=FREE)).accepted == 0
    assert (await desk.send("d", sender=FREE, madonvi=THERE)).accepted == 1
    assert (await desk.send("d", sender=FREE_TOO)).accepted == 1


async def test_plain_events_are_counted_with_the_payloads() -> None:
    desk = Desk(hourly=2)
    assert (await desk.send("d", sender=BOUND)).accepted == 1
    taken = await desk.events("d", "d", "e", sender=BOUND, unit=HERE)
    assert taken.accepted == 2
    assert [(r.index, r.dossier) for r in taken.refused] == [(1, "d")]
    free = await desk.events("d", "d", "d", sender=FREE, unit="anything")
    assert free.accepted == 2


@pytest.mark.parametrize("error", [Busy(), NotTaken("timed out")])
async def test_what_was_not_stored_is_not_counted(error: Exception) -> None:
    desk = Desk(hourly=1)
    desk.kafka.error = error
    for _ in range(3):
        with pytest.raises(IngestError):
            await desk.send("d", sender=BOUND)
    desk.kafka.error = None
    assert (await desk.send("d", sender=BOUND)).accepted == 1
    assert (await desk.send("d", sender=BOUND)).accepted == 0
