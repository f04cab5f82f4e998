"""What the page of a list is made of."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.words import Words
from api.public.asides import AsideMonth
from api.public.asking import Links
from api.public.opened import OpenedEdition
from api.public.published import PublishedList


@dataclass(frozen=True)
class ListSources:
    """What a page is made of. ``before``: the edition that this one corrects, if it is read.
    ``months``: for the column aside, newest first."""

    words: Words
    links: Links
    list: PublishedList
    opened: OpenedEdition
    before: OpenedEdition | None
    months: tuple[AsideMonth, ...]
