"""Reads what was posted, where it keeps nobody waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from api.ports import IngestError
from sources.portal.json_body import EnvelopeError

T = TypeVar("T")
_LARGE = 65_536  # bytes of a payload that is read in a thread, so that walls need not wait


async def read_posted(read: Callable[[], T], size: int) -> T:
    """What ``read`` makes of a payload of ``size`` bytes. Raises IngestError for one that cannot be
    taken."""
    try:
        return read() if size < _LARGE else await asyncio.to_thread(read)
    except EnvelopeError as error:
        raise IngestError(400, str(error)) from None
