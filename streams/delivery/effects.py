"""The state and outputs behind the offsets of topics with bulk delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from faust.types import TP


class Effects(Protocol):
    """The owner of the state that the records below an offset have made.

    All methods are called in the event loop's thread, and must not block it.
    """

    async def commit(self, offsets: Mapping[TP, int]) -> None:
        """Make every effect of the records below these offsets durable, or raise."""

    def start_of(self, tp: TP) -> int | None:
        """The next offset this partition's state needs; None: as Faust has committed."""

    async def failed(self, error: BaseException) -> None:
        """A commit failed; none will be tried again. Called once."""

    async def expelled(self) -> None:
        """The group has lost this member; after the return it joins again, as a new one."""
