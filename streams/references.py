"""Reference data by content hash, from topic ``reference``."""

from __future__ import annotations

import logging
import threading
import time

import msgspec

from broker.newest import newest_values
from dossiers.wire.keys import TIMELINE_KEY
from dossiers.wire.reference import Reference, decode_reference, read_under
from dossiers.wire.topics import REFERENCE
from streams.config import WorkerConfig

_log = logging.getLogger(__name__)

_WAIT_SECONDS = 1.0  # the partitions of this worker wait as well
_MISSING_SECONDS = 10.0  # so that many records with wrong hashes cost one wait
_PAUSE_SECONDS = 0.2


class References:
    """A cache of the topic; small, and read again when a hash is not in it."""

    def __init__(self, config: WorkerConfig) -> None:
        self._config = config
        self._known: dict[str, Reference] = {}
        self._missed_at = float("-inf")
        self._lock = threading.Lock()

    def of(self, hash_: str) -> Reference:
        """The reference data with this hash; blocks, from any thread.

        Its writer puts it into the topic before it activates it, so it is nearly always there;
        raises LookupError if it is not after some seconds.
        """
        with self._lock:
            if hash_ not in self._known:
                self._await(hash_)
            return self._known[hash_]

    def _await(self, hash_: str) -> None:
        now = time.monotonic()
        deadline = now + _WAIT_SECONDS
        if now - self._missed_at < _MISSING_SECONDS:
            deadline = now  # one look, no wait
        while True:
            self._load()
            if hash_ in self._known:
                return
            if time.monotonic() >= deadline:
                self._missed_at = time.monotonic()
                raise LookupError(
                    f"topic {REFERENCE} has no reference data {hash_[:64]}; write it before "
                    "activating it"
                )
            time.sleep(_PAUSE_SECONDS)

    def _load(self) -> None:
        values, _ = newest_values(
            self._config.kafka, REFERENCE, 0, committed=False, progress=lambda count: None,
            takes=_takes,
        )  # fmt: skip
        for key, value in values.items():
            name = key.decode("utf-8", "replace")
            if key == TIMELINE_KEY or value is None or name in self._known:
                continue
            try:
                self._known[name] = decode_reference(value)
            except msgspec.MsgspecError:
                shown = name if len(name) == 64 and name.isalnum() else "(not shown)"
                _log.warning("reference data %s cannot be read", shown)


def _takes(key: bytes, value: bytes | None, known: bytes | None) -> bool:
    """What cannot be read, or takes away, does not hide what was there before."""
    return value is not None and read_under(key.decode("utf-8", "replace"), value, known)
