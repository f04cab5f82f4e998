"""A month as people write it: YYYY-MM."""

from __future__ import annotations

import re

from dossiers.errors import UserError

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def refuse_no_month(text: str) -> None:
    """Raises UserError unless ``text`` is a month."""
    if not MONTH.fullmatch(text):
        raise no_month(text)


def no_month(text: str) -> UserError:
    """The sentence for what is no month, or is one that no calendar has."""
    return UserError(f"{text!r} is no month.", "Write it as 2026-10.")
