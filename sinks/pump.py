"""One topic into one table: take, decode, insert, commit; in that order and in its own thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaException

from broker.clients import AnyKafka
from sinks.backoff import pause
from sinks.config import SinkConfig
from sinks.decode.base import Bad, Decoded, Decoder
from sinks.errors import StoreError
from sinks.reader import Progress, Reader, Taken
from sinks.store import Store

log = logging.getLogger(__name__)

_LOGGED_IN_FULL = 20


class Pump(threading.Thread):
    """Runs until ``stopping`` is set. Delivery is at least once: offsets are committed after the
    insert, and rows that come twice are one row for whoever reads with FINAL.

    A failed insert blocks this topic and is tried again for ever; nothing is skipped but records
    that cannot be decoded, which are counted and logged by place, never by content.
    """

    def __init__(
        self,
        kafka: AnyKafka,
        config: SinkConfig,
        store: Store,
        decoder: Decoder[Any],
        *,
        group: str,
        stopping: threading.Event,
        open_reader: Callable[..., Reader] = Reader,
    ) -> None:
        super().__init__(name=f"sink-{decoder.topic}", daemon=True)
        self._kafka = kafka
        self._config = config
        self._store = store
        self._decoder = decoder
        self._group = f"{group}-{decoder.topic}"
        self._stopping = stopping
        self._open_reader = open_reader
        self._reader: Reader | None = None
        self._failures = 0
        self._moves = 0
        self._error = ""
        self.rows = 0  # inserted since the start, before merges
        self.skipped = 0  # records refused since the start
        self.held = 0  # records in hand, not inserted yet

    @property
    def topic(self) -> str:
        """The topic that is read."""
        return self._decoder.topic

    @property
    def table(self) -> str:
        """The table that is written."""
        return self._decoder.table

    @property
    def last_error(self) -> str:
        """Until the next success."""
        return self._error or (self._reader.last_error if self._reader is not None else "")

    def progress(self) -> list[Progress]:
        """A copy for each assigned partition; empty before the first reader."""
        return self._reader.snapshot() if self._reader is not None else []

    def run(self) -> None:
        """The thread's work: read until stopped, and start again after any error."""
        while not self._stopping.is_set():
            try:
                self._read_until_stopped()
            except Exception as error:
                # Also the unexpected: a pump that dies in silence would be a frozen picture.
                self._failures += 1
                self._error = str(error)
                log.exception("sink of %s starts again", self.topic)
                self._wait()

    def _read_until_stopped(self) -> None:
        config = self._config
        reader = self._open_reader(
            self._kafka,
            self.topic,
            self._group,
            config.instance,
        )
        self._reader = reader
        try:
            while not self._stopping.is_set():
                reader.check_silence()
                taken = reader.take(config.batch_rows, config.linger_s)
                if not taken.records and not taken.ends:
                    continue
                self.held = len(taken.records)
                decoded = self._decoder.decode(taken.records)
                self._log_skipped(decoded.bad)
                if not self._insert(reader, taken, decoded):
                    return  # stopping: nothing was committed, so nothing is lost
                self.rows += decoded.rows.num_rows if decoded.rows is not None else 0
                self.held = 0
                reader.done(taken, decoded.bad)
                reader.commit()
                self._tidy()
                self._failures = 0
                self._error = ""
        except KafkaException as error:
            raise RuntimeError(_explain(error, self._group)) from error
        finally:
            self.held = 0
            self._decoder.close()
            reader.close()

    def _insert(self, reader: Reader, taken: Taken, decoded: Decoded) -> bool:
        """True once the rows are in; False if stopped before."""
        if decoded.rows is None:
            return True
        token = self._token(taken)
        held = False
        while True:
            try:
                self._forget_if_moved(reader)
                self._decoder.insert(self._store, decoded.rows, token)
            except StoreError as error:
                self._failures += 1
                self._error = str(error)
                reader.report(self._error)
                if self._failures == 1:
                    log.error("insert into %s fails, trying on: %s", self._decoder.table, error)
            else:
                if held:
                    log.info("insert into %s works again", self._decoder.table)
                    reader.release()
                return True
            if not held:
                reader.hold()
                held = True
            if self._wait(reader.heartbeat):
                return False

    def _forget_if_moved(self, reader: Reader) -> None:
        if reader.moves != self._moves:
            self._moves = reader.moves
            self._decoder.forget()

    def _tidy(self) -> None:
        """What can wait: rows are in, and the next batch asks for it again."""
        try:
            self._decoder.committed(self._store)
        except StoreError as error:
            log.warning("%s is not tidied up: %s", self.table, error)

    def _wait(self, meanwhile: Callable[[], None] | None = None) -> bool:
        """Pause after a failure; True if it was time to stop."""
        config = self._config
        left = pause(self._failures, config.retry_min_s, config.retry_max_s)
        while left > 0:
            if self._stopping.wait(min(left, 1.0)):
                return True
            if meanwhile is not None:
                meanwhile()
            left -= 1.0
        return False

    def _token(self, taken: Taken) -> str:
        """Names this batch, so that a retry of it is not written twice.

        It protects retries of this very batch only. After a restart batches have other limits
        and other tokens; then the tables' ReplacingMergeTree makes one row of two.
        """
        ranges: dict[int, tuple[int, int]] = {}
        for record in taken.records:
            first, _ = ranges.get(record.partition, (record.offset, 0))
            ranges[record.partition] = (first, record.offset)
        spans = ",".join(f"{p}-{first}-{last}" for p, (first, last) in sorted(ranges.items()))
        return f"{self._config.timeline}-{self.topic}-{spans}"

    def _log_skipped(self, skipped: list[Bad]) -> None:
        """The first ones each by its place, then only how many: a bad sender must not fill the
        log."""
        for bad in skipped:
            self.skipped += 1
            if self.skipped <= _LOGGED_IN_FULL:
                log.warning(
                    "%s[%d]@%d has no row: %s", self.topic, bad.partition, bad.offset, bad.reason
                )
        if skipped and self.skipped > _LOGGED_IN_FULL:
            log.warning("%s: %d records without a row so far", self.topic, self.skipped)


def _explain(error: KafkaException, group: str) -> str:
    reason = error.args[0]
    if reason.name() == "_FATAL" or reason.fatal():
        return (
            f"Kafka closed this reader ({reason.str()}). If another sink runs as the same "
            f"instance of group {group}, stop it or give it another instance name."
        )
    return f"Kafka: {reason.str()}"
