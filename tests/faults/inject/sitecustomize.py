"""Faults from within, for processes of the harness's stack: Python imports this at their start.

A file of FAULTS_FOLDER switches each on. ``clock-ms``: how far the ticker's wall clock is off.
``inserts``: what becomes of an insert into ClickHouse: refused, lost (it is done, but the answer
does not arrive) or slow.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

_folder = Path(os.environ.get("FAULTS_FOLDER", "/nonexistent"))
_SLOW_SECONDS = 1.5  # no blind wait: it is the fault


def _asked(name: str) -> str:
    try:
        return (_folder / name).read_text()
    except OSError:
        return ""


def _move_clock() -> None:
    real = time.time_ns
    time.time_ns = lambda: real() + int(_asked("clock-ms") or 0) * 1_000_000


def _break_inserts() -> None:
    from sinks.errors import StoreUnavailable
    from sinks.store import Store

    real = Store.insert

    def insert(self: Store, *arguments: Any, **named: Any) -> None:
        how = _asked("inserts")
        if how == "refused":
            raise StoreUnavailable("asked to refuse an insert")
        if how == "slow":
            time.sleep(_SLOW_SECONDS)
        real(self, *arguments, **named)
        if how == "lost":
            raise StoreUnavailable("asked to lose the answer of an insert")

    Store.insert = insert  # type: ignore[method-assign]


if "tick" in sys.orig_argv:
    _move_clock()
if "api" in sys.orig_argv:
    _break_inserts()
