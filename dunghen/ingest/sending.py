"""Hands what the lines of a file say to Kafka, and knows up to which line Kafka has all of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import NamedTuple, Protocol

from sources.acknowledged import NotTaken

WINDOW = 5_000  # records on their way at a time
PATIENCE = 30.0  # s for which Kafka may be silent
_TELL = 3.0  # s of silence after which it is said

Record = tuple[bytes, bytes]  # key, value


class RecordSender(Protocol):
    """The part of ``sources.acknowledged.AcknowledgedSender`` that is needed here."""

    def send(self, records: Sequence[Record]) -> Future[None]:
        """Hand over records; the future ends once Kafka has all, or raises NotTaken."""
        ...


class _SentLine(NamedTuple):
    line: int
    records: int
    accepted: int
    done: Future[None]


class Silent(Exception):
    """Kafka has not acknowledged a line in time."""


class LineSender:
    """``refused``: told of a line and why Kafka will never take it. ``waiting``: called once if
    Kafka is silent for a moment.

    ``through``: all lines up to this one are dealt with. ``accepted``: records that Kafka has.
    """

    def __init__(
        self,
        sender: RecordSender,
        refused: Callable[[int, str], None],
        waiting: Callable[[], None],
        *,
        through: int = 0,
    ) -> None:
        self._sender = sender
        self._refused = refused
        self._waiting = waiting
        self._told = False
        self._sent: deque[_SentLine] = deque()
        self._on_the_way = 0
        self._last = self.through = through
        self.accepted = 0

    def send(self, line: int, records: Sequence[Record], many: int | None = None) -> None:
        """What a line says, perhaps nothing. Waits while much is on its way. Raises Silent.
        ``many``: as how many it counts once Kafka has it, if not as that many records."""
        self._last = line
        if records:
            while self._sent and self._on_the_way + len(records) > WINDOW:
                self._wait()
            many = len(records) if many is None else many
            self._sent.append(_SentLine(line, len(records), many, self._sender.send(records)))
            self._on_the_way += len(records)
        while self._sent and self._sent[0].done.done():
            self._wait()
        self._note()

    def settle(self) -> None:
        """Wait until Kafka has everything. Raises Silent."""
        while self._sent:
            self._wait()
        self._note()

    def _wait(self) -> None:
        """For the oldest line."""
        first = self._sent[0]
        try:
            try:
                first.done.result(None if self._told else _TELL)
            except TimeoutError:
                self._told = True
                self._waiting()
                first.done.result()
        except NotTaken as error:
            if not error.lasting:
                raise Silent(str(error)) from error
            self._refused(first.line, f"Kafka does not take it: {error}")
        else:
            self.accepted += first.accepted
        self._sent.popleft()
        self._on_the_way -= first.records
        self._note()

    def _note(self) -> None:
        self.through = self._sent[0].line - 1 if self._sent else self._last
