"""Who has read what: marks in topic ``settings``, kept in memory and written from time to time."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable

import msgspec
from starlette.concurrency import run_in_threadpool

from api.live.view import TopicRecord
from api.ports import SettingsAway, SettingsWriter
from dossiers.wire.read_marks import (
    MOST_MARK_BYTES,
    MOST_THREADS,
    ReadMarks,
    read_key,
    reader_hash,
    reader_of,
    thread_hash,
)
from dossiers.wire.reading import decoder
from dossiers.wire.topics import SETTINGS

MOST_READERS = 20_000  # whose marks are held; those that were used longest ago are forgotten
PAUSE = 3.0  # s of real time between two rounds of writing
_BATCH = 50  # records a round
_log = logging.getLogger(__name__)
_decode = decoder(ReadMarks)
_encode = msgspec.json.Encoder(order="deterministic").encode
_NONE = ReadMarks()


class MarkBook:
    """What somebody reads is marked at once here, and written to the topic within seconds: a crash
    loses no more than that. ``writer`` None: kept in this process only. Lives on the event
    loop."""

    def __init__(self, writer: SettingsWriter | None) -> None:
        self._writer = writer
        self._marks: OrderedDict[str, ReadMarks] = OrderedDict()
        self._unwritten: dict[str, None] = {}
        self.refused = 0

    def apply(self, records: Iterable[TopicRecord]) -> None:
        """Take the records of topic settings among ``records``, in their order."""
        for topic, key, value in records:
            reader = reader_of(key or b"") if topic == SETTINGS else ""
            if reader and value is not None:
                self._take(reader, value)

    def has_read(self, person: str, key: str, changed: int) -> bool:
        """Whether somebody has read a thread that changed last then (data time, ms)."""
        marks = self.of(person)
        if changed <= marks.until or not marks.threads:
            return changed <= marks.until
        return changed <= marks.threads.get(thread_hash(key), 0)

    def read(self, person: str, key: str, changed: int) -> None:
        """Somebody has looked at a thread that changed last then."""
        if not self.has_read(person, key, changed):
            marks = self.of(person)
            self._put(person, ReadMarks(marks.until, {**marks.threads, thread_hash(key): changed}))

    def read_all(self, person: str, until: int) -> None:
        """Somebody wants everything up to then (ms) to count as read."""
        marks = self.of(person)
        if until > marks.until:
            later = {key: at for key, at in marks.threads.items() if at > until}
            self._put(person, ReadMarks(until, later))

    async def run(self) -> None:
        """Write what is new, until cancelled."""
        while self._writer is not None:
            await asyncio.sleep(PAUSE)
            await self._write(self._writer)

    async def _write(self, writer: SettingsWriter) -> None:
        for reader in list(self._unwritten)[:_BATCH]:
            del self._unwritten[reader]
            value = _encode(self._marks.get(reader, _NONE))
            try:
                await run_in_threadpool(writer.write, read_key(reader), value)
            except SettingsAway:
                self._unwritten[reader] = None  # the next round tries again
                return

    def of(self, person: str) -> ReadMarks:
        """What somebody has read; another object once that is other."""
        return self._marks.get(reader_hash(person), _NONE)

    def _put(self, person: str, marks: ReadMarks) -> None:
        reader = reader_hash(person)
        self._keep(reader, marks)
        if self._writer is not None:
            self._unwritten[reader] = None

    def _take(self, reader: str, value: bytes) -> None:
        try:
            marks = _decode(value) if len(value) <= MOST_MARK_BYTES else None
        except msgspec.DecodeError:
            marks = None
        if marks is None:
            self.refused += 1
            if self.refused == 1:
                _log.warning("a record of topic settings is nobody's marks, and is skipped")
        elif (mine := self._marks.get(reader)) is None:
            self._keep(reader, marks)
        else:
            self._keep(reader, _both(mine, marks))

    def _keep(self, reader: str, marks: ReadMarks) -> None:
        self._marks[reader] = _bounded(marks)
        self._marks.move_to_end(reader)
        while len(self._marks) > MOST_READERS:
            self._unwritten.pop(self._marks.popitem(last=False)[0], None)


def _both(mine: ReadMarks, theirs: ReadMarks) -> ReadMarks:
    """What was read in one process of the API or in another."""
    until = max(mine.until, theirs.until)
    threads = dict(theirs.threads)
    for key, at in mine.threads.items():
        threads[key] = max(at, threads.get(key, 0))
    both = ReadMarks(until, {key: at for key, at in threads.items() if at > until})
    return mine if both == mine else both


def _bounded(marks: ReadMarks) -> ReadMarks:
    """The newest marks; what was read before them counts as unread again if it is still open."""
    if len(marks.threads) <= MOST_THREADS:
        return marks
    newest = sorted(marks.threads.items(), key=lambda each: each[1])[-MOST_THREADS:]
    return ReadMarks(marks.until, dict(newest))
