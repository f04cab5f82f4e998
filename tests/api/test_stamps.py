"""Every posted event says for which unit it was sent, as the key allows: nobody says so himself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from api.access.config import AccessConfig
from api.access.keys import FixedKeys, Key, key_hash
from api.app import create_app
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import Described, decode_event
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference
from dossiers.wire.topics import DEAD_LETTERS
from dunghen.ingest.payloads import PortalIngest
from streams.partition.engine import PartitionEngine
from tests.api.posting import FakeKafka, NoStore
from tests.api.settings import config
from tests.sources.portal.payloads import DOSSIER, envelope

AT = 1_790_000_000_000


def key(name: str, *units: str) -> Key:
    return Key(id=name, name=name, role="sender", sha256=key_hash(f"key-{name}"), units=units)


SENDERS = FixedKeys((key("all"), key("one", "A"), key("two", "A", "B"), key("other", "B")))


async def stamps(sender: str, path: str, payload: Any) -> list[str]:
    """Of what reached Kafka."""
    kafka = FakeKafka()
    await posted(kafka, sender, path, payload)
    found = [decode_event(value) for _, value in kafka.taken]
    events = [event for event in found if isinstance(event, DossierEvent)]
    described = [event.madonvi for event in events if isinstance(event, Described)]
    told = [event.madonvi for event in events if not isinstance(event, Described)]
    assert described in ([], told), "what is said beside its course has the same stamp"
    return told


async def posted(kafka: FakeKafka, sender: str, path: str, payload: Any) -> None:
    ingest = PortalIngest(kafka, max_body=100_000, timeout=0.2)  # type: ignore[arg-type]
    access = AccessConfig(keys=SENDERS)
    app = create_app(config(mode="live", access=access), NoStore(), ingest=ingest)
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        await http.post(f"/api/v1/{path}", json=payload, headers={"X-API-Key": f"key-{sender}"})


def plain(**fields: Any) -> dict[str, Any]:
    event = {"kind": "finished", "event_id": "e", "dossier_id": "d", "occurred_at": AT}
    return {"events": [event | fields]}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("sender", "madonvi", "expected"),
    [("all", "A", [""]), ("one", "A", ["A"]), ("two", "B", ["B"]), ("one", "B", [])],
)
async def test_a_payload_is_stamped_with_the_madonvi_that_was_checked(
    sender: str, madonvi: str, expected: list[str]
) -> None:
    payload = envelope(DOSSIER) | {"madonvi": madonvi}
    assert await stamps(sender, "portal/DongBoHoSoMC", payload) == expected
    step = {"MaHoSo": "d", "ThoiDiemXuLy": "20260921080000", "NguoiXuLy": "A"}
    progress = {"service": "CapNhatTienDoHoSoMC", "madonvi": madonvi, "data": [step]}
    assert await stamps(sender, "portal", progress) == expected


@pytest.mark.asyncio
async def test_without_a_madonvi_the_only_one_of_the_key_counts() -> None:
    payload = {name: value for name, value in envelope(DOSSIER).items() if name != "madonvi"}
    assert await stamps("one", "portal/DongBoHoSoMC", payload) == ["A"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("sender", "fields", "expected"),
    [
        ("all", {"unit": "A"}, ""),
        ("all", {"unit": "A", "madonvi": "A"}, ""),
        ("all", {"madonvi": 7}, ""),
        ("one", {"unit": "A"}, "A"),
        ("one", {"unit": "A", "madonvi": ""}, "A"),
        ("one", {"unit": "A", "madonvi": "B"}, "A"),
        ("one", {"unit": "A", "madonvi": ["B"]}, "A"),
        ("two", {"unit": "B"}, "B"),
        ("two", {"unit": "B", "madonvi": "A"}, "A"),
        ("two", {"unit": "B", "madonvi": "C"}, "B"),
    ],
)
async def test_a_plain_event_is_stamped_with_a_unit_of_its_key(
    sender: str, fields: dict[str, Any], expected: str
) -> None:
    assert await stamps(sender, "events", plain(**fields)) == [expected]


@pytest.mark.asyncio
async def test_nobody_gives_a_dossier_away_by_an_event() -> None:
    for sender in ("all", "one"):
        assert await stamps(sender, "events", plain(kind="reassigned", unit="A", owner="A")) == []


@pytest.mark.asyncio
async def test_a_plain_event_for_another_unit_is_none() -> None:
    assert await stamps("one", "events", plain(unit="B", madonvi="A")) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["finished", "withdrawn", "due_set", "voided", "received"])
async def test_from_the_door_to_the_fold_a_key_changes_its_own_dossiers_only(kind: str) -> None:
    kafka = FakeKafka()
    more = {"due_at": AT + 1, "reason": "extension"} if kind == "due_set" else {}
    more |= {"target": "e"} if kind == "voided" else {}
    await posted(kafka, "one", "events", plain(kind="received", unit="A", due_at=AT + 9))
    await posted(kafka, "other", "events", plain(kind=kind, unit="B", event_id="x", **more))
    await posted(kafka, "other", "events", plain(kind="progressed", unit="B", officer="o"))
    engine = PartitionEngine(str(UUID(int=1)), 0, lambda _: Reference(), lambda _: 0, 1)
    engine.restore([])
    outputs = engine.process([(n, key, value) for n, (key, value) in enumerate(kafka.taken)])
    state = msgspec.json.decode(engine.state.dossiers["d"], type=DossierRecord)
    assert (state.course.received_at, state.course.due_at, state.course.outcome) == (AT, AT + 9, "")
    assert (state.unit, state.course.officer, engine.state.duplicates) == ("A", "", 0)
    letters = [o.value or b"" for o in outputs if o.topic == DEAD_LETTERS]
    reasons = [msgspec.json.decode(value, type=DeadLetter).reason for value in letters]
    assert reasons == ["not_yours"] * 2
