"""Links that act: what they say cannot be changed, and only one key makes them."""

from __future__ import annotations

import base64

import msgspec
import pytest

from dossiers.wire.one_tap import KEY_BYTES, LINK_PATH, LinkKey, OneTap

KEY = LinkKey(bytes(range(KEY_BYTES)))
TAP = OneTap(
    "5f0a3d0e-7c0b-4d0e-9a5c-3c0d7a0a5e11", "cb-0412", "0c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e11",
    3, "acknowledge", 1_795_406_400_000,
)  # fmt: skip


def test_a_link_says_what_it_was_made_for() -> None:
    link = KEY.link("https://dunghen.example/", TAP)
    assert link.startswith(f"https://dunghen.example{LINK_PATH}")
    token = link.rpartition("/")[2]
    assert KEY.read(token) == TAP
    assert len(link) < 400


@pytest.mark.parametrize("place", [0, 10, 60, 120])
def test_no_letter_of_it_may_be_changed(place: int) -> None:
    token = KEY.token(TAP)
    other = "A" if token[place] != "A" else "B"
    assert KEY.read(token[:place] + other + token[place + 1 :]) is None


def test_another_key_makes_other_links() -> None:
    assert LinkKey(bytes(KEY_BYTES)).read(KEY.token(TAP)) is None


def test_what_is_no_token_is_read_as_none() -> None:
    unsigned = base64.urlsafe_b64encode(bytes(32) + msgspec.json.encode(TAP)).decode()
    for text in (
        "",
        "a",
        "A" * 5_000,
        "é" * 40,
        "..",
        "%00",
        unsigned,
        KEY.token(TAP) + "=",
        "A A",
    ):
        assert KEY.read(text) is None


def test_a_seal_is_of_one_purpose() -> None:
    assert KEY.seal("text", "a") == KEY.seal("text", "a")
    assert len({KEY.seal("text", "a"), KEY.seal("link", "a"), KEY.seal("text", "b")}) == 3
