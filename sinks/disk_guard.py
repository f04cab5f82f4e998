"""Room on the disk under the embedded engine, watched so that the engine never meets a full one.

Seen with chDB 26.9: a merge of parts whose writes fail because the disk is full may end as if it
had succeeded. The merged part cannot be read, and what it was merged from is gone: rows that had
been acknowledged are lost. So while little is left, nothing is inserted and no merge runs.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable

from sinks.errors import StoreError, StoreUnavailable

log = logging.getLogger(__name__)
MIB = 1 << 20


class DiskGuard:
    """``keep_mb`` are to stay free on the disk of ``path``; 0: nothing is watched. ``command`` runs
    one statement. For any thread."""

    def __init__(self, path: str, keep_mb: int, command: Callable[[str], object]) -> None:
        self._path = path
        self._keep_mb = keep_mb
        self._command = command
        self._lock = threading.Lock()
        self._merging = True

    def enough(self) -> bool:
        """Whether there is room; starts merges if there is, and ends them if there is not.
        Raises StoreError."""
        if not self._keep_mb:
            return True
        with self._lock:
            enough = self._free() >= self._keep_mb
            if enough != self._merging:
                self._command("SYSTEM START MERGES" if enough else "SYSTEM STOP MERGES")
                self._merging = enough
                log.log(
                    logging.INFO if enough else logging.ERROR,
                    "%d MB are free on the disk of %s: merges are %s",
                    self._free(), self._path, "on again" if enough else "off",
                )  # fmt: skip
        return enough

    def require(self) -> None:
        """Raises StoreUnavailable if there is not enough."""
        if not self.enough():
            raise StoreUnavailable(
                f"Only {self._free()} MB are left on the disk that holds {self._path}, and the "
                f"ClickHouse engine needs {self._keep_mb} MB to be safe. Free some space; the sink "
                "goes on by itself."
            )

    def _free(self) -> int:
        try:
            return shutil.disk_usage(self._path).free // MIB
        except OSError as error:
            raise StoreError(f"The disk of {self._path} cannot be asked: {error}.") from error
