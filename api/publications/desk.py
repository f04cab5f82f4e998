"""Writing topic publications: one step at a time, each at the head, and none that is not read back.

Several processes may write. Whoever's record comes first to a place in the chain has it; the other
one is void, is told apart from what was seen meanwhile, and is written once more behind the head.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from starlette.concurrency import run_in_threadpool

from api.ports import SettingsAway
from api.publications.book import PublicationBook
from api.publications.errors import LateListError
from api.publications.ports import LateLists
from dossiers.publication.chain import record_bytes, record_hash
from dossiers.publication.editions import ChainHead
from dossiers.publication.refusals import RefusedStep, refusal_words
from dossiers.publication.rules import why_not
from dossiers.publication.state import MOST_RECORD_BYTES, Void
from dossiers.wire.publications import KEY, AnyPublication

_ECHO = 10.0  # s for a record to come back from its topic
_TRIES = 8  # to be first at the head
_STATUS = {"conflict": 409, "forbidden": 403, "unfit": 422, "missing": 404}
Make = Callable[[ChainHead], AnyPublication]
REPLAYED = "Nothing is published of a replay."


class WrittenRecord(NamedTuple):
    """A record that counts. ``again``: the request had made it before."""

    record: AnyPublication
    hash: str
    again: bool = False


class PublicationDesk:
    """``lists`` None, or ``closed`` (a sentence why): nothing is written here."""

    def __init__(self, book: PublicationBook, lists: LateLists | None, closed: str = "") -> None:
        self._book = book
        self._lists = lists
        self._closed = closed
        self._lock = asyncio.Lock()
        self.open = lists is not None and not closed

    @property
    def lists(self) -> LateLists:
        """With what is worked. Raises LateListError where nobody works."""
        if self._lists is None or self._closed:
            detail = self._closed or "This process only shows late lists."
            raise LateListError(409, "read_only", detail)
        return self._lists

    def done(self, person: str, request: str, list_: str, kind: type) -> WrittenRecord | None:
        """What this request has done before. Raises LateListError if that was something else."""
        found = self._book.made_by(person, request)
        if found is None:
            return None
        if found.record.list != list_ or not isinstance(found.record, kind):
            raise LateListError(422, "request", "request: this one was used for another step.")
        return WrittenRecord(found.record, found.hash, again=True)

    async def write(
        self, person: str, request: str, list_: str, kind: type[AnyPublication], make: Make
    ) -> WrittenRecord:
        """``make``: the record behind a head, of that ``kind``; it looks once more whether it
        still makes sense. Raises LateListError."""
        lists = self.lists
        async with self._lock:
            for _ in range(_TRIES):
                known = self.done(person, request, list_, kind)
                if known is not None:
                    return known
                record = make(self._book.state.head)
                refuse(why_not(self._book.state, record))
                value = record_bytes(record)
                found = await self._sent(lists, value)
                if not isinstance(found, Void):
                    return WrittenRecord(found, record_hash(value))
                if found.reason.code != "not_next":
                    refuse(found.reason)
        raise LateListError(409, "busy", "Others write faster: look again, and repeat it.")

    async def _sent(self, lists: LateLists, value: bytes) -> AnyPublication | Void:
        """What became of a record. Raises LateListError if nobody knows."""
        if len(value) > MOST_RECORD_BYTES:
            raise LateListError(422, "large", "This is too much for one step: name fewer cases.")
        try:
            await run_in_threadpool(lists.writer.write, KEY, value)
        except SettingsAway as error:
            raise LateListError(503, "away", "Kafka does not take it now: try again.") from error
        hash_ = record_hash(value)
        if not await self._book.until(lambda: self._book.came_of(hash_) is not None, _ECHO):
            raise LateListError(
                503, "slow", "It is written, and not read back yet: send the same request again."
            )
        found = self._book.came_of(hash_)
        assert found is not None  # noqa: S101 (waited for)
        return found


def refuse(reason: RefusedStep | None) -> None:
    """Raises LateListError for a reason why a record would not count."""
    if reason is not None:
        raise LateListError(_STATUS[reason.kind], reason.code, refusal_words(reason.code, "en"))


def fitted(make: Make) -> Make:
    """``make``, whose values that a record cannot hold are the caller's fault."""

    def checked(head: ChainHead) -> AnyPublication:
        try:
            return make(head)
        except msgspec.ValidationError as error:
            raise LateListError(422, "unfit", f"A record cannot hold this: {error}.") from error

    return checked
