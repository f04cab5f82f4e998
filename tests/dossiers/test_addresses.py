"""Only one plain address is one: nothing in it may reach a mail's headers."""

from __future__ import annotations

import pytest

from dossiers.text.addresses import is_address


@pytest.mark.parametrize("text", ["an.nguyen@so.hue.gov.vn", "a+b@x-1.vn", "o'an@localhost"])
def test_an_address(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "an", "an@", "@x.vn", "a@b@c", "a b@x.vn", ".a@x.vn", "a..b@x.vn", "a@x..vn", "a@-x.vn",
     "a@x.vn,b@x.vn", "An <a@x.vn>", "a@x.vn\r\nBcc: b@y.vn", "a@x.vn\n", "ạn@x.vn", "a@ưx.vn",
     f"{'a' * 65}@x.vn", f"a@{'x.' * 130}vn"],
)  # fmt: skip
def test_no_address(text: str) -> None:
    assert not is_address(text)
