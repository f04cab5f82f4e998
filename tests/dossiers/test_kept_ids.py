"""Ids: which are kept, and which are hashed because they may be a citizen's number."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from dossiers.text.ids import IdFault
from dossiers.text.kept_ids import PROVINCES, IdForm, KeptIds, may_be_kept
from dossiers.text.keyed import KEY_BYTES, Keyed, looks_hashed

KEYED = Keyed(bytes(KEY_BYTES))
IDS = KeptIds(KEYED)
KEPT = [
    "000.00.19.H29-261001-0001",
    "000.00.19.H29-261001-0412",
    "H29.19-2026-000123",
    "H29.19.12-260102-0007",
    "H29.168-261119-0412",
    "G22.99-261130-0001",
    "G22.99.1-030126-0001",
    "000.00.01.G09-221128-8001",
    "1.004194",
    "1.004194.000.00.00.H29",
    "H29.168",
    "U001",
    "U-7",
    "79-2026/000123",
    "HS/2026/000123",
    "HS_2026_000123",
    "26/2026/HS-XD",
    "hs-1",
    "A",
    "1",
    "0",
    "portal-88121",
    "taken-back-bcdf",
    "restored-3-17",
    "12345678",
    "1234567890",
    "0412345678",
    "0212345678",
    "0112345678",
    "01234567890",
    "02436252525",
    "2026000123",
    "261130-0001",
    "H29-123456789",
    "HS123456789",
    "HS0912345678",
    "0912345678A",
    "A0912345678",
    "09123456789",
    "H29-091-234-5678",
    "H29.091.2345678",
    "H29-123-456-789",
    "079",
    "H29.003199012345",
    "003199012345",
    "000000000000",
    "097199012345",
    "100199012345",
    "999999999999",
    "0790990123456",
    "07909901234",
    "84912345678901",
    "8491234567",
    "2026-11-30",
    "20261130093000",
    "10.0.0.1",
    "ĐÀ-NẴNG/2026-01",
    "HỒ-SƠ-1",
    "Thủ_tục-7",
    "đ-1",
    "550e8400-e29b-41d4-a716-446655440000",
]
HASHED = [
    # Mobile numbers, whole and in a part
    "0912345678", "0312345678", "0512345678", "0712345678", "0812345678", "0912.345.678",
    "091-234-5678", "0912/345/678", "09_12_34_56_78", "0-9-1-2-3-4-5-6-7-8", "-0912345678",
    "0912345678-", "G22.99-261130-0912345678", "HS/0912345678", "HS_0387654321", "HS-0912345678-1",
    "0912345678.0912345678", "hs.0701234567.x",
    # with the country's code
    "84912345678", "0084912345678", "840912345678", "00840912345678", "HS-84912345678",
    "0084-912-345-678", "84.912.345.678", "+84912345678", "+84 912 345 678", "+84-912-345-678",
    "(+84)912345678", "+84(0)912345678", "(084) 912 345 678", "0084 912345678",
    # with blanks, brackets, other signs
    "0912 345 678", "0912\u00a0345\u00a0678", "0912\u2009345\u2009678", "(0912)345678",
    "[0912]345678", "{0912}345678", "0912\u2013345\u2013678", "0912\u2014345678", "0912*345*678",
    "0912,345,678", "0912;345;678", "0912:345:678", "0912|345|678", "0912~345~678", "0912'345'678",
    "0912+345+678", "0912=345678", "0912\\345\\678", "0912\u00b7345\u00b7678",
    "0912\u2022345\u2022678", "tel:0912345678", "DT: 0912345678", "0912345678#1",
    # full-width, other digits, signs that are digits in a compatible form
    "\uff10\uff19\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
    "HS\uff0d\uff10\uff19\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
    "09\uff11\uff12345678", "0912\uff0e345\uff0e678", "\u0660\u0669\u0661\u0662\u0663\u0664",
    "\u0966\u096f\u0967\u0968\u0969\u096a\u096b\u096c\u096d\u096e",
    "\U0001d7ce\U0001d7d7\U0001d7cf\U0001d7d012345678"[:14], "\U0001d7ce\U0001d7d712345678",
    "\u2070\u207912345678", "\u2080\u208912345678", "HS-\u2780\u2781",
    # invisible characters within
    "0912\u200b345678", "0912\u00ad345678", "0912\u2060345678", "09\ufeff12345678",
    "0912\u202e345678", "HS-0912\u200d345678",
    # identity numbers
    "079099012345", "001199012345", "096199012345", "H29-079099012345", "079.099.012345",
    "079-0990-12345", "\uff10\uff17\uff19\uff10\uff19\uff19\uff10\uff11\uff12\uff13\uff14\uff15",
    "079 099 012345", "CCCD:079099012345", "H29/079099012345/1", "123456789", "123-456-789",
    "123.456.789", "12345678-9", "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
    # addresses and names
    "a@b.vn", "a(at)b.vn", "a[at]b", "Nguyễn Văn An", "Nguyen Van An", "Lê An", "Lê\u00a0An",
    "An,Lê", '"An"', "An'", "<an>", "an&1", "x=1", "a+b", "a:b", "a;b", "a%20b", "a?b", "a#b",
    # letters of other scripts look like ours
    "НS-1", "ΗS-1", "漢字", "HS-\u4e5d", "٣",
    "x" * 101, "9" * 101, "H29-" + "1" * 97,
    # what only looks like a hash
    "kh-" + "b" * 40, "kh-" + "bcdfghjkmnpqrstv" * 2 + "bcdfghjk",
]  # fmt: skip


@pytest.mark.parametrize("id_", KEPT)
def test_an_id_that_has_the_form_of_ids_stays_as_it_is(id_: str) -> None:
    assert IDS.kept(id_) == id_
    assert may_be_kept(id_, IDS.form)


@pytest.mark.parametrize("id_", HASHED)
def test_one_that_may_be_a_persons_number_name_or_address_is_hashed(id_: str) -> None:
    found = IDS.kept(id_)
    assert looks_hashed(found)
    assert found == IDS.kept(unicodedata.normalize("NFD", id_)) == IDS.kept(f" {id_}\u200b")
    if not looks_hashed(id_):
        assert not may_be_kept(id_, IDS.form)


def test_there_are_enough_of_both() -> None:
    assert len(set(KEPT)) + len(set(HASHED)) > 150


def test_provinces_are_the_63_of_identity_numbers() -> None:
    assert len(PROVINCES) == 63
    assert (min(PROVINCES), max(PROVINCES)) == ("001", "096")
    for code in range(1_000):
        number = f"{code:03}199012345"
        hashed = looks_hashed(IDS.kept(number))
        assert hashed is (f"{code:03}" in PROVINCES), number


@given(st.sampled_from(sorted(PROVINCES)), st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_every_identity_number_is_hashed_wherever_it_stands(province: str, rest: str) -> None:
    for id_ in (province + rest, f"H29-{province}{rest}", f"{province}.{rest[:3]}.{rest[3:]}"):
        assert looks_hashed(IDS.kept(id_)), id_


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)


@given(TEXTS)
@example("ｈｓ-1")
@example("é")
def test_one_id_has_one_form_however_it_is_spelled(text: str) -> None:
    try:
        kept = IDS.kept(text)
    except IdFault:
        assume(False)
        raise
    for spelled in (unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text),
                    f"\u00a0{text}\ufeff "):  # fmt: skip
        assert IDS.kept(spelled) == kept
    assert IDS.kept(kept) == kept  # a hash finds its dossier as well
    assert may_be_kept(kept, IDS.form)
    # Full-width and other compatible digits and letters are judged as what they are.
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain and not looks_hashed(plain) and plain.isprintable() and IDS.kept(plain) != plain:
        assert looks_hashed(kept)


@given(st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{2}){1,3}-[0-9]{6}-[0-9]{4}", fullmatch=True))
def test_ids_of_one_stop_systems_are_kept(id_: str) -> None:
    assert IDS.kept(id_) == id_


@given(TEXTS, TEXTS)
def test_two_ids_never_become_one(one: str, other: str) -> None:
    """Nor can a sender aim: what looks like a hash is one, or becomes another."""
    try:
        first, second = IDS.kept(one), IDS.kept(other)
        aimed = IDS.kept(f"{first[:-1]}b" if looks_hashed(first) else one)
    except IdFault:
        return
    same = KeptIds(None).kept(one) == KeptIds(None).kept(other)
    assert (first == second) is same
    if looks_hashed(first) and not first.endswith("b"):
        assert aimed != first


def test_the_hash_of_another_key_is_no_hash_here() -> None:
    theirs = KeptIds(Keyed(bytes([1] * KEY_BYTES))).kept("0912345678")
    assert IDS.kept(theirs) not in (theirs, IDS.kept("0912345678"))


@given(TEXTS)
def test_without_a_key_ids_stay_as_they_are(text: str) -> None:
    try:
        found = KeptIds(None).kept(text)
    except IdFault:
        return
    assert not looks_hashed(found) or looks_hashed(text)


@pytest.mark.parametrize("nothing", ["", " ", "\u200b", "a\tb", "a\nb", "x" * 201, "\x00"])
def test_what_is_no_id_is_refused_and_sought_in_vain(nothing: str) -> None:
    with pytest.raises(IdFault):
        IDS.kept(nothing)
    assert KeptIds(None).sought(nothing) == nothing
    assert nothing == "" or looks_hashed(IDS.sought(nothing))  # it may be anything as well
    assert not may_be_kept(nothing, IDS.form)


def test_the_form_is_a_setting() -> None:
    wider = KeptIds(KEYED, IdForm(marks="._-/:+", longest=120))
    assert wider.kept("HS:2026+1") == "HS:2026+1"
    assert wider.kept("x" * 120) == "x" * 120
    assert looks_hashed(wider.kept("HS:0912345678"))  # whatever is a mark separates
    assert looks_hashed(wider.kept("+84912345678"))
    narrow = KeptIds(KEYED, IdForm(letters="ascii", marks=""))
    assert narrow.kept("HS1") == "HS1"
    for id_ in ("HS-1", "ĐN1", "0912345678"):
        assert looks_hashed(narrow.kept(id_)), id_
