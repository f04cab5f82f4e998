"""What is an e-mail address, as mail servers everywhere take it."""

from __future__ import annotations

import re

_LONGEST = 254  # characters (RFC 5321, 4.5.3.1.3)
_PARTS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,252}")


def is_address(text: str) -> bool:
    """Whether ``text`` is one address and nothing beside it: no name, no comment, no second one,
    and nothing that could begin another header. ASCII alone: not every server takes more."""
    if len(text) > _LONGEST or _PARTS.fullmatch(text) is None:
        return False
    local, domain = text.split("@")
    return all([*local.split("."), *map(_is_label, domain.split("."))])


def _is_label(text: str) -> bool:
    return bool(text) and text[0] != "-" != text[-1]
