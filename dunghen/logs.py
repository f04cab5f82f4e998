"""Logging of our own processes: to standard error, from where the supervisor files it."""

from __future__ import annotations

import logging
import sys

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure(level: int = logging.INFO) -> None:
    """Log from ``level`` on. Debug records are switched off at their source: they cost a fifth of
    a stream worker's throughput even when nobody reads them."""
    logging.basicConfig(level=level, format=FORMAT, stream=sys.stderr, force=True)
    logging.disable(logging.DEBUG)
    for chatty in ("httpx", "httpcore", "asyncio", "aiokafka", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
