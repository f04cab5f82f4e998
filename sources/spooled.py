"""Takes records also while Kafka is away: they wait in a spool on disk, in order.

Either everything goes straight to Kafka, or everything goes through the spool: while one record
waits in it, each later one is put behind it, so no dossier's events pass each other. When Kafka
refuses a batch or does not answer in time, the batches on their way are put into the spool first,
in the order they came; some may stand in Kafka already, which their event ids make harmless.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from sources.acknowledged import AcknowledgedSender, Busy, NotTaken
from sources.spool import Record, Spool, SpoolFull

log = logging.getLogger(__name__)

Stored = Literal["kafka", "spool"]
PATIENCE = 3.0  # s
_LOOK = 0.2  # s between looks at what is on its way
_BATCH = 1_000  # records sent from the spool at a time
_PAUSE = 1.0  # s after Kafka refused a batch of the spool


@dataclass
class _OnTheWay:
    records: Sequence[Record]
    done: Future[Stored]
    since: float


@dataclass(frozen=True)
class SpoolFigures:
    """``on_the_way``: records that neither Kafka nor the spool has. ``oldest``: seconds for which
    the oldest unsent record has waited, of both."""

    on_the_way: int
    spool_records: int
    spool_bytes: int
    spool_most: int
    oldest: float


class SpooledSender:
    """``send`` may be called from any thread, and never waits for Kafka or the disk.

    ``make``: makes a sender that tries for ever. ``most``: records on their way, to Kafka or the
    disk, at a time. ``patience`` (s): for Kafka's answer, before the spool is used. ``ready``:
    whether anything may be sent to Kafka yet; until then everything goes into the spool at once.
    It is asked until it says yes, then never again.
    """

    def __init__(
        self,
        make: Callable[[], AcknowledgedSender],
        spool: Spool,
        *,
        most: int = 20_000,
        patience: float = PATIENCE,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        self._make = make
        self._ready = ready
        self._spool = spool
        self.most = most
        self._patience = patience
        self._lock = threading.Lock()
        self._waiting: dict[int, _OnTheWay] = {}  # at Kafka, in the order they came
        self._appending = 0  # records on their way to the disk
        self._number = 0
        # What a killed process left goes first.
        self._spooling = spool.records > 0 or not ready()
        self._direct = None if self._spooling else make()
        self._given_up: AcknowledgedSender | None = None
        self._disk = ThreadPoolExecutor(1, "spool")
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="spooled", daemon=True)
        self._thread.start()

    def send(self, records: Sequence[Record]) -> Future[Stored]:
        """The future ends when all are in Kafka or in the spool, and says in which; or with
        SpoolFull, or NotTaken if Kafka refuses them for what they are.

        Raises Busy, and then nothing was kept.
        """
        done: Future[Stored] = Future()
        done.set_running_or_notify_cancel()  # who stops waiting does not call records back
        with self._lock:
            size = len(records)
            on_the_way = self._on_the_way()
            if on_the_way and on_the_way + size > self.most:
                raise Busy
            entry = _OnTheWay(records, done, time.monotonic())
            if self._direct is None:
                self._put([entry])
                return done
            sent = self._direct.send(records)
            self._number += 1
            number = self._number
            self._waiting[number] = entry
        sent.add_done_callback(lambda answer: self._answered(number, answer))
        return done

    def figures(self) -> SpoolFigures:
        """As of now."""
        with self._lock:
            since = min((entry.since for entry in self._waiting.values()), default=None)
            on_the_way = self._on_the_way()
        oldest = 0.0 if since is None else time.monotonic() - since
        at = self._spool.oldest_at
        if at is not None:
            oldest = max(oldest, time.time() - at / 1000)
        spool = self._spool
        return SpoolFigures(on_the_way, spool.records, spool.bytes, spool.most, max(oldest, 0.0))

    def close(self) -> None:
        """Wait a moment for what is on its way; what is in the spool stays there."""
        self._stop.set()
        self._wake.set()
        self._thread.join()
        with self._lock:
            direct, self._direct = self._direct, None
        if direct is not None:
            direct.close()
        self._disk.shutdown()
        self._spool.close()

    def _on_the_way(self) -> int:
        return self._appending + sum(len(entry.records) for entry in self._waiting.values())

    def _answered(self, number: int, answer: Future[None]) -> None:
        """Kafka's word on one batch; without effect if that went into the spool meanwhile."""
        error = answer.exception()
        if error is not None and not (isinstance(error, NotTaken) and error.lasting):
            self._turn(number)
            return
        with self._lock:
            entry = self._waiting.pop(number, None)
        if entry is None:
            return
        if error is not None:
            entry.done.set_exception(error)
        else:
            entry.done.set_result("kafka")

    def _turn(self, number: int) -> None:
        """From now on everything goes through the spool, first what is on its way."""
        with self._lock:
            if number not in self._waiting:
                return
            entries = [self._waiting[key] for key in sorted(self._waiting)]
            self._waiting.clear()
            # Ended by our own thread: this may be the one that hears its reports.
            self._given_up, self._direct = self._direct, None
            self._put(entries)
            self._spooling = True
        log.warning("Kafka does not take records: they wait in the spool %s", self._spool.path)
        self._wake.set()

    def _put(self, entries: list[_OnTheWay]) -> None:
        """With the lock held: one thread writes, so that the order is that of these calls."""
        self._appending += sum(len(entry.records) for entry in entries)
        self._disk.submit(self._append, entries)

    def _append(self, entries: list[_OnTheWay]) -> None:
        error: Exception | None = None
        try:
            self._spool.append([entry.records for entry in entries])
        except SpoolFull as full:
            error = full
        except Exception as unexpected:
            log.exception("the spool does not take records")
            error = SpoolFull(str(unexpected))
        with self._lock:
            self._appending -= sum(len(entry.records) for entry in entries)
        for entry in entries:
            if error is not None:
                entry.done.set_exception(error)
            else:
                entry.done.set_result("spool")
        self._wake.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            if self._spooling:
                self._drain()
            else:
                self._look()
                self._wake.wait(_LOOK)
                self._wake.clear()

    def _look(self) -> None:
        with self._lock:
            late = time.monotonic() - self._patience
            number = next((n for n, e in self._waiting.items() if e.since < late), None)
        if number is not None:
            self._turn(number)

    def _drain(self) -> None:
        """Send what waits, oldest first, until nothing does."""
        if self._given_up is not None:
            self._given_up.abandon()
            self._given_up = None
        while not self._ready():
            if self._stop.wait(_LOOK):
                return
        sender = self._make()
        try:
            while not self._stop.is_set():
                last, records = self._spool.head(_BATCH)
                if records:
                    if self._sent(sender, records):
                        self._spool.remove(last, records)
                    continue
                with self._lock:
                    if not self._appending and not self._spool.records:
                        self._direct = sender  # it is connected already
                        self._spooling = False
                        log.info("Kafka takes records again; the spool is empty")
                        return
                self._wake.wait(_LOOK)
                self._wake.clear()
        except Exception:
            # A disk that fails for a moment must not end the only thread that empties the spool.
            log.exception("the spool is not emptied; trying on")
            self._stop.wait(_PAUSE)
        finally:
            if self._spooling:
                sender.abandon()

    def _sent(self, sender: AcknowledgedSender, records: list[Record]) -> bool:
        sent = sender.send(records)
        while not self._stop.is_set():
            try:
                sent.result(_LOOK)
            except TimeoutError:
                continue
            except NotTaken as error:
                log.warning("Kafka refuses records of the spool, trying on: %s", error)
                self._stop.wait(_PAUSE)
                return False
            return True
        return False
