"""Codes by form, free text by list: what passes a door in clear, and what as a hash."""

from __future__ import annotations

import itertools
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.reference.known_names import NameKind, with_hashes
from dossiers.text.kept_ids import IdForm, KeptIds
from dossiers.wire.events import Progressed
from dossiers.wire.reference import Officer, Reference, Unit
from sources.portal.envelope import read_envelope
from sources.portal.name_admission import hash_of
from tests.sources.portal.admitting import (
    KEYED,
    REFERENCE,
    Noted,
    door,
    hashed,
    plain,
    portal,
    shown,
)
from tests.sources.portal.payloads import DOSSIER, NOW, PROGRESS, envelope


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
