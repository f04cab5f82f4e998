"""How names appear where anybody may read them."""

from __future__ import annotations

from typing import Literal

from dossiers.reference.unlisted import shown_name
from dossiers.text.keyed import looks_hashed

OfficerNames = Literal["initials", "full", "off"]


def officer_label(name: str, mode: OfficerNames) -> str:
    """How an officer appears: initials by default (privacy), full, or not at all.

    One word is an id or a role, not a person's name, and stays as it is.
    """
    if mode == "off" or not name:
        return ""
    if looks_hashed(name):
        return shown_name(name)
    words = name.split()
    if mode == "full" or len(words) < 2:
        return name
    return "".join(f"{word[0].upper()}." for word in words)
