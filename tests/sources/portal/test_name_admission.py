"""Codes by form, free text by list: what passes a door in clear, and what as a hash."""

from __future__ import annotations

import itertools
import unicodedata
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.reference.known_names import NameKind, with_hashes
from dossiers.text.identity import folded
from dossiers.text.kept_ids import IdForm, KeptIds
from dossiers.text.keyed import Keyed
from dossiers.wire.events import Progressed, Snapshot, encode_event
from dossiers.wire.reference import Officer, Procedure, Reference, Step, Unit
from sources.portal.envelope import Batch, read_envelope
from sources.portal.name_admission import NameAdmission, hash_of
from sources.portal.plain import read_events
from tests.sources.portal.payloads import DOSSIER, NOW, PROGRESS, envelope

KEYED = Keyed(bytes(32))
REFERENCE = Reference(
    units=(Unit(id="H29.19", name="Sở Xây dựng", short="SXD", madonvi="000.00.19.H29"),),
    officers=(Officer(id="0912345678", name="Lê Văn An", unit="H29.19"),),
    procedures=(
        Procedure(
            id="1.004194", name="Cấp phép",
            steps=(Step(id="s1", name="Thẩm định", hours=8, aliases=("Thẩm tra",)),),
        ),
    ),
)  # fmt: skip


class Noted:
    """What the door found missing."""

    def __init__(self) -> None:
        self.found: list[tuple[NameKind, str, str]] = []

    def note(self, kind: NameKind, text: str, hash_: str) -> None:
        self.found.append((kind, text, hash_))


def door(reference: Reference | None = REFERENCE, noted: Noted | None = None) -> NameAdmission:
    names = NameAdmission(KEYED, None, noted)
    if reference is not None:
        names.refer([reference])
    return names


def hashed(kind: NameKind, text: str) -> str:
    return KEYED.hashed(kind, folded(text))


def portal(record: dict[str, Any], names: NameAdmission, **more: Any) -> Batch:
    service = "CapNhatTienDoHoSoMC" if "ThoiDiemXuLy" in record else "DongBoHoSoMC"
    body = msgspec.json.encode(envelope(record, **{"service": service, **more}))
    return read_envelope(body).read(NOW, itertools.count(), names=names)


def shown(names: NameAdmission, **more: Any) -> Snapshot:
    (event,) = portal({**DOSSIER, **more}, names).events
    assert isinstance(event, Snapshot)
    return event


def plain(names: NameAdmission, **more: Any) -> Batch:
    event = {"kind": "progressed", "event_id": "e", "dossier_id": "d", "occurred_at": NOW, **more}
    return read_events(msgspec.json.encode([event]), "s", NOW, itertools.count(), names=names)


@pytest.mark.parametrize("text", ["Sở Xây dựng", "SỞ  xây DỰNG", "SXD", "H29.19", "000.00.19.H29"])
def test_a_known_unit_passes_as_the_reference_data_write_it(text: str) -> None:
    written = "Sở Xây dựng" if text.startswith("S\u1ede") else text
    for spelled in (text, unicodedata.normalize("NFD", text), f" {text}\u200b"):
        assert shown(door(), DonViXuLy=spelled).unit == written
        (event,) = plain(door(), unit=spelled).events
        assert event.unit == written


@given(st.sampled_from(["Phòng Một", "PHÒNG  MỘT", "phòng một", "P.1", "p.1", "Cán bộ 1"]))
def test_a_name_is_the_same_whether_it_came_before_the_reference_data_or_after(text: str) -> None:
    """Ids are found as they are written alone: another case of one is none of them."""
    found = Reference(
        units=(Unit(id="Phòng Một", name="P.1"),), officers=(Officer(id="CÁN BỘ 1", name="An"),)
    )
    hashes = with_hashes(found, lambda kind, form: hash_of(KEYED, kind, form)).hashed
    fields = {"unit": text, "officer": text}
    noted = Noted()
    (early,) = plain(door(None), **fields).events
    (late,) = plain(door(found, noted), **fields).events
    for name in fields:
        before, after = getattr(early, name), getattr(late, name)
        assert hashes.get(before, before) == after
    if text == "PHÒNG  MỘT":
        assert (late.unit, noted.found[0][0]) == ("Phòng Một", "officer")


def test_a_code_in_another_case_is_kept_and_told_where_nothing_is_found_by_it() -> None:
    noted = Noted()
    (event,) = plain(door(noted=noted), unit="h29.19", step="S1", procedure="1.004194").events
    assert (event.unit, event.step) == ("h29.19", "S1")
    assert noted.found == [("unit", "h29.19", "")]  # the fold knows steps in any case


@pytest.mark.parametrize("text", ["NguyenVanAn", "Nguyen-Van-An", "An"])
def test_where_only_a_persons_name_belongs_one_word_is_a_name_as_well(text: str) -> None:
    noted = Noted()
    (progress,) = portal({**PROGRESS, "NguoiXuLy": text}, door(noted=noted)).events
    (event,) = plain(door(noted=noted), officer_name=text).events
    for each in (progress, event):
        assert each.officer_name == hashed("officer", text)  # type: ignore[union-attr]
    assert noted.found.count(("officer", text, hashed("officer", text))) == 2
    known = door(Reference(officers=(Officer(id="cb-1", name=text, unit="H29.19"),)))
    (progress,) = portal({**PROGRESS, "NguoiXuLy": text}, known).events
    assert progress.officer_name == text  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["H29.168", "H29/PB-2", "phong_1", "000.00.20.H29"])
def test_a_code_passes_and_is_noted_where_the_reference_data_lacks_it(text: str) -> None:
    noted = Noted()
    assert shown(door(noted=noted), DonViXuLy=text).unit == text
    assert ("unit", text, "") in noted.found


def test_free_text_that_nobody_knows_travels_as_its_hash_in_every_field() -> None:
    noted = Noted()
    text = "Nguyễn Thị Lạ"
    fields: dict[str, NameKind] = {
        "unit": "unit", "officer": "officer", "responsible": "officer", "step": "step",
        "officer_name": "officer",
    }  # fmt: skip
    (event,) = plain(door(noted=noted), **dict.fromkeys(fields, text)).events
    assert {name: getattr(event, name) for name in fields} == {
        name: hashed(kind, text) for name, kind in fields.items()
    }
    assert {(kind, text, hashed(kind, text)) for kind in fields.values()} == set(noted.found)
    snapshot = shown(door(), DonViXuLy=text, MaTTHC="Thủ-tục")
    assert (snapshot.unit, snapshot.content.procedure) == (
        hashed("unit", text), hashed("procedure", "Thủ-tục"),
    )  # fmt: skip
    (progress,) = portal({**PROGRESS, "NguoiXuLy": text}, door()).events
    assert isinstance(progress, Progressed)
    assert progress.officer_name == hashed("officer", text)
    (received,) = plain(door(), kind="received", procedure=text).events
    assert received.procedure == hashed("procedure", text)  # type: ignore[union-attr]
    (whole,) = plain(door(), kind="snapshot", content={"procedure": text}).events
    assert whole.content.procedure == hashed("procedure", text)  # type: ignore[union-attr]


def test_a_name_counts_only_where_it_is_one() -> None:
    """A citizen who is called as an officer is."""
    assert shown(door(), DonViXuLy="Lê Văn An").unit == hashed("unit", "Lê Văn An")
    (event,) = portal({**PROGRESS, "NguoiXuLy": "LÊ VĂN AN"}, door()).events
    assert event.officer_name == "Lê Văn An"  # type: ignore[union-attr]


def test_madonvi_and_source_are_codes_or_hashes() -> None:
    (known,) = portal(DOSSIER, door(), madonvi="000.00.19.H29").events
    assert known.source == "portal:000.00.19.H29"
    (odd,) = portal({**DOSSIER, "DonViXuLy": ""}, door(), madonvi="NguyễnThịLạ").events
    assert (odd.source, odd.unit) == (f"portal:{odd.unit}", hashed("unit", "NguyễnThịLạ"))


@pytest.mark.parametrize("madonvi", ["Nguyễn Thị Lạ", "NguyễnThịLạ", "0912 345 678", "a@b.vn"])
def test_a_sender_is_called_the_same_before_and_after_its_name_is_known(madonvi: str) -> None:
    ids = KeptIds(KEYED)
    body = msgspec.json.encode(envelope(DOSSIER, madonvi=madonvi))
    known = Reference(units=(Unit(id="u", name=madonvi),))
    found = set()
    for names in (door(None), door(), door(known)):
        (event,) = read_envelope(body, ids=ids).read(NOW, itertools.count(), names=names).events
        found.add(event.source)
    if " " in madonvi or "@" in madonvi:
        assert found == {f"portal:{ids.kept(madonvi)}"}  # which finds its dead letters
    assert f"portal:{hashed('unit', madonvi)}" in found or f"portal:{ids.kept(madonvi)}" in found


def test_a_code_that_is_a_persons_number_passes_only_where_it_is_known() -> None:
    (event,) = plain(door(), officer="0912345678").events
    assert event.officer == "0912345678"
    (refused,) = plain(door(), officer="0987654321").refused
    assert "number" in refused.reason
    batch = portal({**DOSSIER, "MaTTHC": "0987654321"}, door())
    assert [name for _, _, name in batch.unread] == ["MaTTHC"]


@pytest.mark.parametrize(
    "text",
    [
        "0912 345 678",
        "(0912) 345.678",
        "\N{FULLWIDTH DIGIT ZERO}９１２３４５６７８",
        "079.099.012.345",
        "Phòng 0 912-345-678",
        "0·7·9·0·9·9·0·1·2·3·4·5",
        "[079] 099 012 345",
        "+84 912 345 678",
    ],
)
def test_numbers_in_free_text_are_not_even_noted(text: str) -> None:
    noted = Noted()
    for batch in (
        portal({**DOSSIER, "DonViXuLy": text}, door(noted=noted)),
        portal({**PROGRESS, "NguoiXuLy": text}, door(noted=noted)),
        plain(door(noted=noted), unit=text),
    ):
        digits = "".join(c for c in unicodedata.normalize("NFKC", text) if c.isdecimal())
        for event in batch.events:
            assert digits not in encode_event(event).decode()
            assert text not in encode_event(event).decode()
        assert batch.unread or batch.refused
    assert not [entry for entry in noted.found if any(c.isdecimal() for c in entry[1])
                and entry[1] not in ("H29.19", DOSSIER["MaTTHC"])]  # fmt: skip


@pytest.mark.parametrize("names", [None, door()], ids=["all pass", "known ones pass"])
@pytest.mark.parametrize(
    "text",
    [
        "0912 34 56 78",
        "(0912) 345 678",
        "+84 912 345 678",
        "0.912.345.678",
        "09-12-34-56-78",
        "Phòng \u2070\u2079\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078",
        "tổ 079/099/012345",
        "\u0660\u0669\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
        "an＠vidu.vn",
        "an﹫vidu.vn",
    ],
)
def test_numbers_and_addresses_pass_nowhere_however_they_are_written(
    text: str, names: NameAdmission | None
) -> None:
    body = msgspec.json.encode(envelope({**DOSSIER, "DonViXuLy": text, "MaTTHC": text}))
    batch = read_envelope(body).read(NOW, itertools.count(), names=names)
    assert {name for _, _, name in batch.unread} == {"DonViXuLy", "MaTTHC"}
    body = msgspec.json.encode(envelope({**PROGRESS, "NguoiXuLy": text},
                                        service="CapNhatTienDoHoSoMC"))  # fmt: skip
    batch = read_envelope(body).read(NOW, itertools.count(), names=names)
    assert "NguoiXuLy" in {name for _, _, name in batch.unread}
    for field in ("unit", "officer", "responsible", "step", "officer_name"):
        event = {"kind": "progressed", "event_id": "e", "dossier_id": "d", "occurred_at": NOW}
        batch = read_events(
            msgspec.json.encode([{**event, field: text}]), "s", NOW, itertools.count(), names=names
        )
        assert [refused.reason.split()[0] for refused in batch.refused] == [field]


@pytest.mark.parametrize("text", ["0912-345-678", "079.099.012.345", "Phòng0912345678"])
def test_a_madonvi_that_may_be_a_number_is_hashed_and_stands_in_no_list(text: str) -> None:
    noted = Noted()
    (event,) = portal({**DOSSIER, "DonViXuLy": ""}, door(noted=noted), madonvi=text).events
    assert event.unit == hashed("unit", text)
    assert text not in encode_event(event).decode()
    assert text not in [entry for _, entry, _ in noted.found]


def test_without_reference_data_all_free_text_is_hashed() -> None:
    assert shown(door(None), DonViXuLy="Sở Xây dựng").unit == hashed("unit", "sở xây dựng")
    assert shown(door(None), DonViXuLy="H29.19").unit == "H29.19"


def test_a_door_follows_new_reference_data() -> None:
    names = door(None)
    assert shown(names).unit == hashed("unit", "Sở Xây dựng")
    names.refer([REFERENCE])
    assert shown(names).unit == "Sở Xây dựng"
    names.refer([Reference()])
    assert shown(names).unit == hashed("unit", "Sở Xây dựng")


def test_a_record_that_is_sent_again_is_the_same_event_once_its_names_are_known() -> None:
    before, after = shown(door(None)), shown(door())
    assert before.unit != after.unit
    assert before.event_id == after.event_id
    (one,), (other,) = (portal(PROGRESS, names).events for names in (door(None), door()))
    assert one.event_id == other.event_id


def test_a_hash_that_comes_back_stays_and_a_forged_one_does_not() -> None:
    noted = Noted()
    given_out = hashed("unit", "Phòng Lạ")
    assert shown(door(noted=noted), DonViXuLy=given_out).unit == given_out
    assert given_out not in [text for _, text, _ in noted.found]
    forged = given_out[:-1] + ("b" if given_out[-1] != "b" else "c")
    assert shown(door(), DonViXuLy=forged).unit == hashed("unit", forged)


@given(text=st.text(max_size=60), kind=st.sampled_from(["unit", "officer", "step", "procedure"]))
def test_what_passes_is_a_known_name_a_code_or_the_hash(text: str, kind: NameKind) -> None:
    names = door()
    passed = names.passed(kind, text)
    if passed == text:
        assert not text or (text.isascii() and IdForm().keeps(text)) or names.look(kind, text).known
    else:
        assert passed == hashed(kind, text)
    assert names.passed(kind, passed) == passed
