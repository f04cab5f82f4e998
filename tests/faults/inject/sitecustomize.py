"""Faults from within, for processes of the harness's stack: Python imports this at their start.

A file of FAULTS_FOLDER switches each on: ``clock-ms`` sets the ticker's wall clock ahead.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

_folder = Path(os.environ.get("FAULTS_FOLDER", "/nonexistent"))
_clock = _folder / "clock-ms"

if "tick" in sys.orig_argv:
    _real = time.time_ns

    def _time_ns() -> int:
        try:
            return _real() + int(_clock.read_text() or 0) * 1_000_000
        except (OSError, ValueError):
            return _real()

    time.time_ns = _time_ns
