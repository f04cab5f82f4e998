"""Keyed hashes: stable, of one key, and none that somebody else could write."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.text.keyed import KEY_BYTES, Keyed, looks_hashed

ONE, OTHER = Keyed(bytes(KEY_BYTES)), Keyed(bytes([*range(KEY_BYTES)]))
TEXTS = st.text(max_size=60)


def test_what_it_is_stays_the_same_for_ever() -> None:
    """Dossiers are found by it: another value here would lose all that are hashed."""
    assert ONE.digest("id", "0912345678") == "rrcpkksptgdjhvgsdddsddtmtpknqbks"
    assert ONE.hashed("id", "0912345678").startswith("kh-rrcpkksptgdjhvgsdddsddtmtpknqbks")
    assert ONE.check == "qpnhmtjkgpgrspmfkrjtqpcqjhrmrdjg"


@given(TEXTS)
def test_a_hash_is_of_its_key_and_its_purpose(text: str) -> None:
    found = ONE.hashed("id", text)
    assert found == Keyed(bytes(KEY_BYTES)).hashed("id", text)
    assert found not in (OTHER.hashed("id", text), ONE.hashed("unit", text))
    assert ONE.is_hashed("id", found)
    assert not OTHER.is_hashed("id", found)
    assert not ONE.is_hashed("unit", found)
    assert looks_hashed(found)
    assert re.fullmatch(r"kh-[a-z]{40}", found)  # no digit that a number could be found in


@given(st.text("bcdfghjkmnpqrstv", min_size=40, max_size=40))
def test_nobody_without_the_key_writes_one(letters: str) -> None:
    assert looks_hashed(f"kh-{letters}")
    assert not ONE.is_hashed("id", f"kh-{letters}")


def test_the_seal_is_of_the_whole_hash() -> None:
    found = ONE.hashed("id", "0912345678")
    for place in range(3, len(found)):
        changed = f"{found[:place]}{'b' if found[place] != 'b' else 'c'}{found[place + 1 :]}"
        assert not ONE.is_hashed("id", changed), place


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_none(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keyed(bytes(length))


def test_a_key_is_not_shown() -> None:
    key = bytes(range(65, 65 + KEY_BYTES))
    assert key.decode() not in repr(Keyed(key)) + str(vars(Keyed(key)).keys())
