"""What may be a person's number or name passes no door as an id, and its dossier is one all the
same: sent twice, asked for by whoever has the id, whatever the door."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from dossiers.text.kept_ids import IdForm, KeptIds
from dossiers.text.keyed import KEY_BYTES, Keyed, looks_hashed
from dossiers.wire.events import Snapshot, encode_event
from dunghen.ingest.files import read_line
from sources.portal.envelope import Batch, PortalEnvelope, read_envelope
from sources.portal.plain import read_events
from streams.partition.intake import read_event

NOW = 1_791_000_000_000
IDS = KeptIds(Keyed(bytes(KEY_BYTES)))
PERSONAL = [
    "0912345678", "0912 345 678", "+84 912 345 678", "(0912)345-678", "HS-0912345678",
    "\uff10\uff19\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18", "079099012345",
    "079 099 012345", "123456789", "a@b.vn", "a(at)b.vn", "Nguyễn Thị Đánh-Dấu",
]  # fmt: skip
RECORD: dict[str, Any] = {"MaHoSo": "H29-1", "NgayTiepNhan": "20260901093000", "TrangThaiHoSo": "5"}
PROGRESS: dict[str, Any] = {"MaHoSo": "H29-1", "ThoiDiemXuLy": "20260902093000"}
PLAIN = {"kind": "voided", "event_id": "e", "dossier_id": "d", "target": "t", "occurred_at": NOW}


def by_portal(record: dict[str, Any], madonvi: str = "H29", units: tuple[str, ...] = ()) -> Batch:
    service = "CapNhatTienDoHoSoMC" if "ThoiDiemXuLy" in record else "DongBoHoSoMC"
    body = {"service": service, "madonvi": madonvi, "data": [record]}
    found = read_envelope(msgspec.json.encode(body), ids=IDS)
    found.madonvi = found.kept_unit if found.unit in units else ""
    return found.read(NOW, itertools.count())


def plain(units: tuple[str, ...] = (), **event: Any) -> Batch:
    body = msgspec.json.encode({"events": [{**PLAIN, **event}]})
    return read_events(body, "sender", NOW, itertools.count(), units, ids=IDS)


DOORS: dict[str, Callable[[str], Batch]] = {
    "dossier_id": lambda text: by_portal({**RECORD, "MaHoSo": text}),
    "dossier_id of progress": lambda text: by_portal({**PROGRESS, "MaHoSo": text}),
    "dossier_id of a file": lambda text: read_line(
        json.dumps({**RECORD, "MaHoSo": text}).encode(), "H29", itertools.count(), ids=IDS
    ),
    "dossier_id of an event": lambda text: plain(dossier_id=text),
    "event_id": lambda text: plain(event_id=text),
    "target": lambda text: plain(target=text),
    "madonvi": lambda text: by_portal(RECORD, text, (text,)),
    "madonvi of a file": lambda text: read_line(
        json.dumps(RECORD).encode(), text, itertools.count(), ids=IDS
    ),
    "supplement": lambda text: plain(
        kind="snapshot", content={"status": 5, "supplements": [{"id": text}]}
    ),
}


@pytest.mark.parametrize("text", PERSONAL)
@pytest.mark.parametrize("door", DOORS)
def test_no_id_gets_past_a_door_that_may_be_a_persons(door: str, text: str) -> None:
    batch = DOORS[door](text)
    assert not batch.refused
    [event] = batch.events
    sent = encode_event(event)
    for form in (text, text.replace(" ", ""), json.dumps(text)[1:-1]):
        assert form.encode() not in sent
    assert IDS.kept(text).encode() in sent
    assert read_event(event.dossier_id.encode(), sent, 0) == event, "the worker takes it"


@pytest.mark.parametrize("door", DOORS)
def test_an_id_that_may_be_kept_passes_as_it_is(door: str) -> None:
    for text in ("000.00.19.H29-261001-0001", "HỒ-SƠ/1"):
        [event] = DOORS[door](text).events
        assert text.encode() in encode_event(event)


def test_the_same_id_is_the_same_dossier_at_every_door() -> None:
    found = {DOORS[door]("0912 345 678").events[0].dossier_id for door in list(DOORS)[:4]}
    assert found == {IDS.kept("0912 345 678")}


@pytest.mark.parametrize("text", PERSONAL)
def test_answers_have_what_is_kept_and_the_place(text: str) -> None:
    late = {**RECORD, "MaHoSo": text, "NgayHenTra": text}
    [refused] = by_portal(late).refused
    assert (refused.index, refused.dossier) == (0, IDS.kept(text))
    assert text not in refused.reason
    [entry] = by_portal({**RECORD, "MaHoSo": text, "MaTTHC": "x@y"}).unread
    assert entry[1] == IDS.kept(text)
    [wrong] = plain(event_id=text, occurred_at=1).refused
    assert (wrong.dossier, text in wrong.reason) == ("", False)


def test_a_key_is_bound_to_the_madonvi_that_its_operator_wrote() -> None:
    """Whatever is kept of it: the stamp is that."""
    text = "Sở 0912345678"
    [event] = by_portal(RECORD, text, (text,)).events
    assert (event.madonvi, event.source) == (IDS.kept(text), f"portal:{IDS.kept(text)}")
    [event] = plain((text, "u"), madonvi=text, unit="u").events
    assert event.madonvi == IDS.kept(text)
    assert plain(("u",), unit="v").refused


def test_a_hash_sent_as_an_id_names_its_dossier_only_where_it_is_one_of_ours() -> None:
    ours = IDS.kept("0912345678")
    [event] = plain(dossier_id=ours).events
    assert event.dossier_id == ours
    forged = f"{ours[:-1]}{'b' if ours[-1] != 'b' else 'c'}"
    [event] = plain(dossier_id=forged).events
    assert looks_hashed(event.dossier_id)
    assert event.dossier_id not in (ours, forged)


@pytest.mark.parametrize(
    ("given", "kept"),
    [(17, "17"), ("88123", "88123"), ("12345678", "12345678"), ("-5", "-5"), ("a", "#0"),
     ("", "#0"), ("٠٩١٢", "#0"), ("9" * 21, "#0")],
)  # fmt: skip
def test_ids_of_supplements_are_short_numbers(given: Any, kept: str) -> None:
    assert supplement(given) == kept


def supplement(given: Any) -> str:
    record = {**RECORD, "DanhSachHoSoBoSung": [{"HoSoBoSungId": given}]}
    [event] = by_portal(record).events
    assert isinstance(event, Snapshot)
    return event.content.supplements[0].id


@pytest.mark.parametrize("given", [123456789, "912345678", "079099012345", 79099012345])
def test_longer_ones_are_hashed_with_128_bits_and_the_key(given: Any) -> None:
    found = supplement(given)
    assert (len(found), found.isalpha()) == (32, True)
    assert found == supplement(str(given)) != supplement(f"{given}1")
    assert found != KeptIds(Keyed(bytes([1] * KEY_BYTES))).made("supplement", str(given))


def test_event_ids_made_here_are_keyed_and_stable() -> None:
    other = KeptIds(Keyed(bytes([1] * KEY_BYTES)))

    def event_id(record: dict[str, Any], ids: KeptIds) -> str:
        body = {"service": "DongBoHoSoMC", "madonvi": "H29", "data": [record]}
        found: PortalEnvelope = read_envelope(msgspec.json.encode(body), ids=ids)
        return found.read(NOW, itertools.count()).events[0].event_id

    assert event_id(RECORD, IDS) == event_id({**RECORD, "ChuHoSo": "Lê An"}, IDS)
    assert event_id(RECORD, IDS) != event_id(RECORD, other)
    assert event_id(RECORD, IDS).isalpha(), "no digits that a number could be found in"
    [first], [again] = by_portal(PROGRESS).events, by_portal(PROGRESS).events
    assert first.event_id == again.event_id


def test_a_wider_form_keeps_what_others_hash() -> None:
    wider = KeptIds(Keyed(bytes(KEY_BYTES)), IdForm(marks="._-/:"))
    body = msgspec.json.encode({"events": [{**PLAIN, "dossier_id": "HS:1"}]})
    [event] = read_events(body, "s", NOW, itertools.count(), ids=wider).events
    assert event.dossier_id == "HS:1"
