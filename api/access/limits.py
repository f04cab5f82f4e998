"""How often one caller may ask, how much it may send, and how long it may take for it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

MOST_BODY = 65_536  # bytes of a body, if a route takes no payloads of its own size
BODY_SECONDS = 5.0  # for which a body may be as slow as it likes, at its start and later
SLOWEST = 4_096  # bytes a second after that
_DIGITS = 16  # of a length; more are no length that anybody takes
_KEPT = 20_000  # callers remembered


class TokenBuckets:
    """A bucket of tokens for each caller: ``rate`` a second, ``burst`` seconds' worth at once."""

    def __init__(self, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str, rate: float) -> float:
        """0 if the caller may go on, else how long to wait (s)."""
        now = self._clock()
        most = max(1.0, rate * self._burst)
        left, at = self._left.pop(caller, (most, now))
        left = min(most, left + (now - at) * rate)
        wait = 0.0 if left >= 1 else (1 - left) / rate
        self._left[caller] = (left - 1 if left >= 1 else left, now)
        while len(self._left) > _KEPT:
            self._left.popitem(last=False)
        return wait


def stated_size(headers: Headers) -> int:
    """Bytes that a request says will come; 0 if it says nothing."""
    text = headers.get("content-length", "")
    if not (text.isascii() and text.isdecimal()):
        return 0
    return int(text) if len(text) < _DIGITS else sys.maxsize


def bounded(receive: Receive, most: int | None, seconds: float | None = None) -> Receive:
    """``receive`` that ends in a 413 after ``most`` bytes (None: the route counts itself), and in a
    408 if the body falls more than ``seconds`` (None: BODY_SECONDS) behind SLOWEST. What came
    fast saves no time for later: nobody may keep a large payload in hand without sending."""
    seconds = BODY_SECONDS if seconds is None else seconds
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    size = 0
    whole = False

    async def take() -> Message:
        nonlocal size, whole, end
        if whole:
            return await receive()
        try:
            async with asyncio.timeout_at(end):
                message = await receive()
        except TimeoutError:
            raise HTTPException(
                408,
                f"The body came too slowly: send at least {SLOWEST} bytes a second after the first "
                f"{seconds:g} s, or fewer records at a time.",
                {"Connection": "close"},
            ) from None
        whole = message["type"] != "http.request" or not message.get("more_body", False)
        came = len(message.get("body", b""))
        end = min(end + came / SLOWEST, loop.time() + seconds)
        size += came
        if most is not None and size > most:
            raise HTTPException(413, f"The body is larger than {most} bytes.")
        return message

    return take
