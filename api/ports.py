"""What the API asks of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from dossiers.wire.reference import Reference


class StoreAway(Exception):
    """ClickHouse does not answer; the text says what to do."""


class Queue(NamedTuple):
    """Something that waits: how much is held now, and how much may be. ``name`` ends in the unit of
    both."""

    name: str
    held: float
    most: float


class Reached(NamedTuple):
    """How messages to people fare, since the process began. ``unreached``: receivers whose last
    message was given up, or who refuse again and again; ``delivered``, ``gave_up``: messages."""

    unreached: int
    delivered: int
    gave_up: int


class Query(Protocol):
    """Reads ClickHouse without blocking the event loop.

    Binds parameters as ``{name:Type}``; times come back as aware datetimes. Raises StoreAway.
    """

    async def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of a statement, by column. Raises StoreAway."""


class DeadLetterError(Exception):
    """A dead letter that cannot be decided on; ``status`` is that of HTTP."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class DeadLetterDesk(Protocol):
    """Decides on dead letters. Methods block and may be called from any thread; they raise
    DeadLetterError or StoreAway."""

    def replay(self, number: int, owner: str = "", *, take_back: bool = False) -> tuple[str, int]:
        """The dossier's id, and how many archived facts went before the record. ``owner``: the
        madonvi to which the dossier belongs from here on; ``take_back``: what its owners so far
        sent does not count."""

    def drop(self, number: int, why: str) -> str:
        """The dossier's id."""


class IngestError(Exception):
    """A payload that is not taken at all; ``status`` is that of HTTP. The text repeats nothing of
    the payload. ``retry_after`` (s): 0 if it makes no sense to send it again."""

    def __init__(self, status: int, detail: str, retry_after: int = 0) -> None:
        super().__init__(detail)
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True)
class RefusedRecord:
    """``index``: its place in the payload, from 0. ``dossier``: "" if that was the trouble."""

    index: int
    dossier: str
    reason: str


@dataclass(frozen=True)
class UnreadField:
    """A field that was skipped, because it could not be understood."""

    index: int
    dossier: str
    name: str


@dataclass(frozen=True)
class Receipt:
    """``accepted`` records are safe. ``stored``: they stand in Kafka on all replicas, or on this
    machine's disk, from where they go to Kafka once it is back."""

    accepted: int
    refused: list[RefusedRecord] = field(default_factory=list)
    unread: list[UnreadField] = field(default_factory=list)
    stored: Literal["kafka", "spool"] = "kafka"


@dataclass(frozen=True)
class Sender:
    """Somebody who posts. ``units``: the only codes that it may send for; empty: all."""

    name: str
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnlistedName:
    """A name or code that senders use and the reference data lacks. ``kind``: unit, officer, step
    or procedure. ``number``: what screens show in place of a name, None of a code. ``first``,
    ``last``: ms, real time. ``records``: that named it. ``hash``: what travels on, "" of a code."""

    kind: str
    text: str
    number: int | None
    first: int
    last: int
    records: int
    hash: str


@dataclass(frozen=True)
class RefusedLately:
    """``records`` of ``source`` were refused for one reason."""

    source: str
    reason: str
    records: int


@dataclass(frozen=True)
class Refusals:
    """Records refused since ``since`` (ms, real time): a day ago, or when the process began."""

    since: int
    rows: list[RefusedLately]


class Ingest(Protocol):
    """Takes what others send. Every method may raise IngestError."""

    @property
    def max_body(self) -> int:
        """Bytes of the largest payload."""

    def check_encoding(self, encoding: str) -> None:
        """Of a body, as its header Content-Encoding says."""

    async def portal(self, sender: Sender, service: str | None, body: bytes) -> Receipt:
        """A payload of the national portal's format. ``service`` None: the payload says which."""

    async def events(self, sender: Sender, body: bytes) -> Receipt:
        """Plain events."""

    async def sync_errors(self, sender: Sender, body: bytes) -> Receipt:
        """Errors between the sender and a ministry's system."""

    def refer(self, references: Iterable[Reference]) -> None:
        """The reference data that counts now, and what is to come."""

    def missing(self) -> list[UnlistedName]:
        """What senders name and the reference data lacks, what most records name first. Blocks;
        raises OSError."""

    def missing_counts(self) -> Mapping[str, int]:
        """How many ``names`` and ``codes`` these are, as of the last half minute; nothing if
        nobody looks."""

    def figures(self) -> Mapping[str, float]:
        """Name to value: what waits here for Kafka."""

    def refusals(self) -> Refusals:
        """What was refused in the last day, most first."""

    def counts(self) -> Mapping[tuple[str, str], int]:
        """(sender, accepted | refused | unread | too_many_in_an_hour) to records, since the process
        began; the last are refused ones."""


class SettingsAway(Exception):
    """Settings cannot be written now; the text says why and what to do."""


class SettingsWriter(Protocol):
    """Writes records of one topic, settings or roster. May be called from any thread; blocks."""

    def write(self, key: bytes, value: bytes | None) -> None:
        """Until all replicas have it; None is a tombstone. Raises SettingsAway."""
