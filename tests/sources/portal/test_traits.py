"""What a portal's record says of a dossier beside its course: absent stays absent, 0 is 0."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest

from dossiers.wire.events import Described, encode_event
from dossiers.wire.traits import MAX_CODES, Traits
from sources.portal.envelope import Batch, read_envelope
from sources.portal.plain import read_events
from sources.trait_codes import is_trait_code
from tests.sources.portal.payloads import DOSSIER, NOW, PROGRESS, TRAITS, envelope

ID = DOSSIER["MaHoSo"]


def read(*records: Any, now: int = NOW, **more: Any) -> Batch:
    body = msgspec.json.encode(envelope(*records, **more))
    return read_envelope(body).read(now, itertools.count())


def traits_of(**fields: Any) -> Traits:
    (_, event), *_ = [*read({"MaHoSo": ID, **fields}).traits, (0, None)]
    return Traits() if event is None else event.traits


def test_a_record_says_what_its_dossier_is_like() -> None:
    batch = read({**DOSSIER, **TRAITS})
    [(index, event)] = batch.traits
    [snapshot] = batch.events
    assert (index, batch.unread) == (0, [])
    assert event.traits == Traits(
        channel=2, paid_online=1, fees=2, fees_charged=1, components=3, components_with_file=2,
        components_digitised=1, components_reused=0, components_from_store=None, digitised=True,
        result_file=True, result_code=False, verified_account=False,
        databases=("CSDLDC", "CSDLDKDN"), supplement_components=None,
    )  # fmt: skip
    place = ("dossier_id", "occurred_at", "source", "source_seq", "received_at")
    assert [getattr(event, n) for n in place] == [getattr(snapshot, n) for n in place]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, Traits()),
        (dict.fromkeys(TRAITS, ""), Traits()),
        (dict.fromkeys(TRAITS, None), Traits()),
        ({"DuocThanhToanTrucTuyen": "0"}, Traits(paid_online=0)),
        ({"DuocThanhToanTrucTuyen": 2}, Traits(paid_online=2)),
        ({"KenhThucHien": "3"}, Traits(channel=3)),
        ({"HoSoCoThanhPhanSoHoa": "0"}, Traits(digitised=False)),
        ({"TaiKhoanDuocXacThucVoiVNeID": True}, Traits(verified_account=True)),
        ({"DanhSachLePhi": []}, Traits(fees=0, fees_charged=0)),
        ({"DanhSachLePhi": [{"Gia": "0"}, {"Gia": 0}]}, Traits(fees=2, fees_charged=0)),
        ({"DanhSachLePhi": [{"Gia": "0"}, {"Gia": ""}]}, Traits(fees=2)),
        ({"DanhSachLePhi": [{}, {"Gia": "5.000đ"}]}, Traits(fees=2, fees_charged=1)),
        ({"DanhSachGiayToKetQua": []}, Traits(result_file=False, result_code=False)),
        ({"DSKetNoiCSDL": []}, Traits(databases=())),
        (
            {"DanhSachHoSoBoSung": [{"DanhSachGiayToBoSung": [{"MaThanhPhanHoSo": "KQ.G15.7"}]}]},
            Traits(supplement_components=("KQ.G15.7",)),
        ),
        ({"DanhSachHoSoBoSung": [{"NgayBoSung": "20261002101500"}]}, Traits()),
    ],
)
def test_absent_is_not_zero(fields: dict[str, Any], expected: Traits) -> None:
    assert traits_of(**fields) == expected


def test_a_part_is_zero_only_if_each_says_no() -> None:
    components = [{"DuocSoHoa": "0"}, {"DuocSoHoa": "0"}]
    assert traits_of(TaiLieuNop=components).components_digitised == 0
    assert traits_of(TaiLieuNop=[*components, {}]).components_digitised is None
    assert traits_of(TaiLieuNop=[*components, {}, {"DuocSoHoa": "1"}]).components_digitised == 1


def test_what_says_nothing_of_it_makes_no_event() -> None:
    assert read({"MaHoSo": ID, "TrangThaiHoSo": "4"}).traits == []
    assert read(PROGRESS, service="CapNhatTienDoHoSoMC").traits == []


def test_the_same_record_is_the_same_event_and_another_moment_another() -> None:
    at = "20261003080000"
    said = [read({**DOSSIER, **TRAITS, "ThoiDiemDongBo": moment}, now=NOW + n).traits[0][1].event_id
            for n, moment in enumerate([at, at, "20261003080001"])]  # fmt: skip
    assert said[0] == said[1] != said[2]


@pytest.mark.parametrize(
    "value", ["Nguyễn Văn A", [1, 2], {"Gia": "5"}, "x" * 2_000, 7, [[{}]], [{}] * 1_001]
)
def test_what_cannot_be_understood_is_noted_and_the_record_taken(value: Any) -> None:
    batch = read({**DOSSIER, "TaiLieuNop": value, "DuocThanhToanTrucTuyen": value})
    assert len(batch.events) == 1
    assert {name for _, _, name in batch.unread} == {"TaiLieuNop", "DuocThanhToanTrucTuyen"}
    assert batch.traits[0][1].traits == Traits(channel=2)


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ("CSDLDC", True), ("01", True), ("1.004194.000.00.00.H29", True), ("KQ.G15.000075", True),
        ("1.004194", True), ("G15-TP-0012", True), ("6fa459ea-ee8a-3ca4-894e-db77e160355e", True),
        ("Nguyễn Văn A", False), ("NguyenVanAn", False), ("nguyenvanan", False), ("a@b.vn", False),
        ("079099012345", False), ("0909123456", False), ("DON.pdf", False), ("CCCD1.JPG", False),
        ("https://x.vn/a", False), ("", False), ("-A", False), ("A" * 65, False), ("A B", False),
    ],
)  # fmt: skip
def test_a_code_is_no_word_no_file_and_nobodys_number(text: str, is_code: bool) -> None:
    assert is_trait_code(text) == is_code


def test_codes_are_bounded_in_number() -> None:
    many = [{"MaCSDL": f"DB{n:03}"} for n in range(MAX_CODES + 1)]
    batch = read({"MaHoSo": ID, "DSKetNoiCSDL": many})
    assert len(batch.traits[0][1].traits.databases or ()) == MAX_CODES
    assert [name for _, _, name in batch.unread] == ["DSKetNoiCSDL"]


def test_lists_of_a_record_are_bounded_together_and_noted_once() -> None:
    asked = {"DanhSachGiayToBoSung": [{"MaThanhPhanHoSo": "KQ.G15.7"}] * 501}
    batch = read({**DOSSIER, "DanhSachHoSoBoSung": [asked, asked]})
    assert batch.traits[0][1].traits == Traits(channel=2)
    assert [name for _, _, name in batch.unread] == ["DanhSachGiayToBoSung"]
    odd = {"DanhSachGiayToBoSung": "x"}
    batch = read({**DOSSIER, "DanhSachHoSoBoSung": [odd, odd]})
    assert [name for _, _, name in batch.unread] == ["DanhSachGiayToBoSung"]


def plain(**traits: Any) -> Batch:
    event = {"kind": "traits", "event_id": "t1", "dossier_id": "d", "occurred_at": NOW,
             "traits": traits}  # fmt: skip
    return read_events(msgspec.json.encode({"events": [event]}), "s", NOW, itertools.count())


def test_a_plain_event_says_them_too() -> None:
    [event] = plain(channel=2, fees=0, databases=["CSDLDC"]).events
    assert isinstance(event, Described)
    assert event.traits == Traits(channel=2, fees=0, databases=("CSDLDC",))
    assert b'"fees":0' in encode_event(event)


@pytest.mark.parametrize(
    "traits",
    [
        {"channel": 100}, {"paid_online": 3}, {"fees": -1}, {"components": 10_001},
        {"digitised": "yes"}, {"databases": ["Nguyễn Văn A"]}, {"databases": ["NguyenVanAn"]},
        {"databases": ["A"] * 101}, {"supplement_components": ["0909123456"]},
        {"supplement_components": ["A\n"]},
    ],
)  # fmt: skip
def test_a_plain_event_with_anything_else_is_refused_without_its_words(traits: Any) -> None:
    batch = plain(**traits)
    assert batch.events == []
    assert "Nguy" not in batch.refused[0].reason
    assert "0909" not in batch.refused[0].reason
