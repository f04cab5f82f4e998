"""Topic publications as it stands: the fold, and what has come back of what one has written."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator

from api.live.news import News
from api.live.view import TopicRecord
from dossiers.publication.chain import record_hash
from dossiers.publication.editions import Edition, Placed
from dossiers.publication.state import Publications, Void
from dossiers.wire.publications import AnyPublication, Attachment, Case, Reduced
from dossiers.wire.topics import PUBLICATIONS

_ARRIVED = 2_000  # records of which it is remembered what became of them
_log = logging.getLogger(__name__)


class PublicationBook:
    """``state``: the fold. ``void``: records that meant nothing. ``erased`` is called with the
    files that a record says are no more. Lives on the event loop."""

    def __init__(self, erased: Callable[[Iterable[str]], None] = lambda _: None) -> None:
        self.state = Publications()
        self.void = 0
        self._erased = erased
        self._arrived: OrderedDict[str, AnyPublication | Void] = OrderedDict()
        self._news = News()

    def apply(self, records: Iterable[TopicRecord]) -> None:
        """Take the records of topic publications among ``records``, in their order."""
        ours = [value or b"" for topic, _, value in records if topic == PUBLICATIONS]
        for value in ours:
            self._take(value)
        if ours:
            self._news.tell()

    async def until(self, arrived: Callable[[], bool], seconds: float) -> bool:
        """Wait for a record after which ``arrived``; False if it does not come in time."""
        return await self._news.until(arrived, seconds)

    def came_of(self, hash_: str) -> AnyPublication | Void | None:
        """What became of a record lately written, by its hash; None if it has not come yet."""
        return self._arrived.get(hash_)

    def made_by(self, person: str, request: str) -> Placed[AnyPublication] | None:
        """The record that a request of somebody's has made."""
        number = self.state.requests.get((person, request))
        found = (one for one in self.placed() if one.record.number == number)
        return next(found, None) if number is not None else None

    def edition(self, list_: str, number: int = 0) -> Edition | None:
        """Of a list, the newest one unless ``number`` says which."""
        found = self.state.lists.get(list_)
        if found is None:
            return None
        return self.state.edition(list_, number) if number else found.last

    def editions(self) -> Iterator[Edition]:
        """All of them."""
        for each in self.state.lists.values():
            yield from each.editions

    def placed(self) -> Iterator[Placed[AnyPublication]]:
        """Every record that counts, list by list."""
        for edition in self.editions():
            yield from edition.records

    def attached(self, sha256: str) -> Iterator[tuple[Edition, Case, Attachment]]:
        """To which cases a file was attached."""
        for edition in self.editions():
            for state in edition.cases.values():
                for file in state.files:
                    if file.sha256 == sha256:
                        yield edition, state.case, file

    def _take(self, value: bytes) -> None:
        found = self.state.take(value)
        self._arrived[record_hash(value)] = found
        while len(self._arrived) > _ARRIVED:
            self._arrived.popitem(last=False)
        if isinstance(found, Void):
            self.void += 1
            _log.warning("a record of topic publications is void: %s", found.reason.code)
        elif isinstance(found, Reduced):
            self._erased(found.erased)


def newest(edition: Edition, cases: Iterable[Case] | None = None) -> int:
    """Number of the last record of an edition, or of the last one about one of ``cases``."""
    if cases is None:
        return edition.records[-1].record.number
    return max((edition.case(case).number for case in cases), default=0)
