"""Logging of our own processes: to standard error, from where the supervisor files it."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable

from dunghen.terminal.masking import scrub

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_PERIOD = 30.0  # s in which a complaint is written once
_KEPT = 500  # different complaints that are remembered
_NUMBERS = re.compile(r"\d+")


def configure(level: int = logging.INFO) -> None:
    """Log from ``level`` on. Debug records are switched off at their source: they cost a fifth of
    a stream worker's throughput even when nobody reads them."""
    logging.basicConfig(level=level, format=FORMAT, stream=sys.stderr, force=True)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(Scrubbing(FORMAT))
        handler.addFilter(Repeats())
    logging.disable(logging.DEBUG)
    for chatty in ("httpx", "httpcore", "asyncio", "aiokafka", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class Scrubbing(logging.Formatter):
    """Records and their tracebacks without the secrets of the settings."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


class Repeats(logging.Filter):
    """Warnings and errors that differ in numbers only are written once in a while, with how many
    there were: a client of a Kafka that is away complains twenty times a second, and what happened
    before would soon be rotated out of the log."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}  # written at, how many since

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING or record.exc_info:
            return True
        text = record.getMessage()
        key = (record.name, _NUMBERS.sub("#", text))
        now = self._clock()
        at, more = self._seen.get(key, (now - _PERIOD, 0))
        if now - at < _PERIOD:
            self._seen[key] = (at, more + 1)
            return False
        if more:
            record.msg, record.args = f"{text} ({more} more like this in {now - at:.0f} s)", None
        self._seen.pop(key, None)  # to the end: the longest unwritten is forgotten first
        self._seen[key] = (now, 0)
        if len(self._seen) > _KEPT:
            del self._seen[next(iter(self._seen))]
        return True
