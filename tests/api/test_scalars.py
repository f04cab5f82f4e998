"""Numbers and names that requests, tokens and receivers bring: within bounds, and in one form."""

from __future__ import annotations

import unicodedata

import httpx
import pytest
from fastapi import HTTPException

from api.access.authentication import _owner
from api.access.keys import Key
from api.paging import decode_cursor, encode_cursor
from sinks.notifier.channels import _retry_after


def test_a_cursor_holds_a_number_that_columns_hold() -> None:
    assert decode_cursor(encode_cursor(2**63 - 1, "d")) == (2**63 - 1, "d")
    for number in (2**63, -(2**63) - 1, 10**400):
        with pytest.raises(HTTPException) as caught:
            decode_cursor(encode_cursor(number, "d"))
        assert caught.value.status_code == 422


@pytest.mark.parametrize(
    ("said", "wait"),
    [("30", 30.0), ("", None), ("²", None), ("9" * 400, None), ("-1", None), ("soon", None)],
)
def test_a_receiver_asks_for_a_wait_in_seconds_or_for_none(said: str, wait: float | None) -> None:
    headers = [(b"Retry-After", said.encode("latin-1"))]
    assert _retry_after(httpx.Response(429, headers=headers)) == wait


def test_a_key_counts_for_units_however_they_are_spelled() -> None:
    key = Key(
        id="k", name="hall", role="wall", sha256="", created_at=0,
        units=(unicodedata.normalize("NFD", "Đ.Ậ"), " H29.19\u200b"),
    )  # fmt: skip
    assert _owner(key).units == ("Đ.Ậ", "H29.19")
