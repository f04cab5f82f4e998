"""Reference data by content hash, from topic ``reference``."""

from __future__ import annotations

import logging
import threading
import time

import msgspec

from dossiers.records import REFERENCE, TIMELINE_KEY
from dossiers.reference import Reference, decode_reference
from streams.clients import read_partition
from streams.config import WorkerConfig

_log = logging.getLogger(__name__)

_WAIT_SECONDS = 3.0
_MISSING_SECONDS = 10.0  # so that many records with one wrong hash cost one wait
_PAUSE_SECONDS = 0.2


class References:
    """A cache of the topic; small, and read again when a hash is not in it."""

    def __init__(self, config: WorkerConfig) -> None:
        self._config = config
        self._known: dict[str, Reference] = {}
        self._missing: dict[str, float] = {}
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
        if now - self._missing.get(hash_, float("-inf")) < _MISSING_SECONDS:
            deadline = now  # one look, no wait
        while True:
            self._load()
            if hash_ in self._known:
                return
            if time.monotonic() >= deadline:
                self._missing[hash_] = time.monotonic()
                raise LookupError(
                    f"topic {REFERENCE} has no reference data {hash_}; write it before "
                    "activating it"
                )
            time.sleep(_PAUSE_SECONDS)

    def _load(self) -> None:
        values, _ = read_partition(
            self._config, REFERENCE, 0, committed=False, progress=lambda count: None
        )
        for key, value in values.items():
            name = key.decode("utf-8", "replace")
            if key == TIMELINE_KEY or value is None or name in self._known:
                continue
            try:
                self._known[name] = decode_reference(value)
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                _log.warning("reference data %s cannot be read: %s", name, error)
