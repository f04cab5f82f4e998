"""What a fold notes beside the course, and no record keeps as it is."""

from __future__ import annotations

from collections.abc import Iterable


class FoldNotes:
    """``flags``: what is odd so far. ``named``: steps, and whether as over, that were named before
    the procedure was known."""

    __slots__ = ("flags", "named")

    def __init__(self, flags: Iterable[str] = ()) -> None:
        self.flags = set(flags)
        self.named: list[tuple[str, bool]] = []
