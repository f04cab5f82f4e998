"""Everything about topic publications that one application has, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from api.bodies import Bodies
from api.live.view import TopicRecord
from api.publications.automatic import Automatic
from api.publications.book import PublicationBook
from api.publications.desk import REPLAYED, PublicationDesk
from api.publications.freezing import Freezing
from api.publications.listing import Lister
from api.publications.papers import Papers
from api.publications.ports import LateLists
from api.publications.reducing import Reducing
from api.publications.shelf import Shelf
from api.publications.works import Works
from dossiers.reference.context import Context


class PublicationRoom:
    """``book``: the fold; ``desk`` writes; ``shelf``: files; ``lister`` and ``papers`` make some;
    ``works``: what takes longer; ``uploads``: files in hand; ``freezing``, ``reducing``;
    ``automatic``: what happens by itself. ``mode``, ``timeline``: of what is shown; ``loaded``,
    ``context``, ``now`` (ms), ``knows``: of the live view."""

    def __init__(
        self,
        lists: LateLists | None,
        mode: Literal["live", "simulation", "replay"],
        timeline: str,
        loaded: Callable[[], bool],
        context: Callable[[], Context],
        now: Callable[[], int],
        knows: Callable[[str, str], bool],
    ) -> None:
        self.shelf = Shelf(lists)
        self.book = PublicationBook(self.shelf.forget)
        self.desk = PublicationDesk(self.book, lists, REPLAYED if mode == "replay" else "")
        self.lister = Lister(self.desk, self.shelf)
        self.papers = Papers(self.book, self.desk, self.shelf, self.lister)
        self.works = Works()
        self.uploads = Bodies()
        self.freezing = Freezing(
            self.book, self.desk, self.shelf, self.works, context, now, knows, timeline,
            simulation=mode == "simulation",
        )  # fmt: skip
        self.reducing = Reducing(self.book, self.desk, self.lister, self.papers, context, now)
        self.automatic = Automatic(
            self.book, self.desk, self.freezing, self.reducing, loaded, context, now
        )

    def apply(self, records: Iterable[TopicRecord]) -> None:
        """Take the records of topic publications."""
        self.book.apply(records)
