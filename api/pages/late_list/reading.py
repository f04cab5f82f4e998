"""What a page of a late list begins with: its edition, its rows as the reader sees them, words."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from api.late_list.sight import SeenCases, edition_of, seen_cases
from api.pages.late_list.holders import ChargedCase, MonthPicture, picture_of
from api.pages.late_list.standing import ListStanding
from api.pages.late_list.talk import CaseTalk
from api.pages.late_list.wording import ListWords
from api.pages.rendering import calendar_in_use
from api.pages.words import Words
from api.viewer import Viewer

_MOST_KEPT = 3  # pictures


@dataclass(frozen=True)
class ReadList:
    """``seen``, ``picture``: what the reader may see."""

    standing: ListStanding
    seen: SeenCases
    picture: MonthPicture
    say: ListWords


def plain_words(viewer: Viewer, words: Words) -> ListWords:
    """Without a list."""
    return ListWords(viewer, words, calendar_in_use(viewer), viewer.view.watermark or 0)


async def read_list(viewer: Viewer, words: Words, list_: str, number: int = 0) -> ReadList:
    """The newest edition, or that of ``number``. Raises LateListError."""
    edition = edition_of(viewer, list_, number)
    seen = await seen_cases(viewer, edition)
    sheet = await viewer.live.shelf.sheet(edition.frozen.record.sheet)
    picture = await _picture(seen)
    named = None if seen.whole else frozenset(row.case.officer for row in seen.rows)
    say = replace(plain_words(viewer, words), core=seen.core, sheet=sheet, named=named)
    return ReadList(ListStanding(edition, say.now), seen, picture, say)


_kept: OrderedDict[str, MonthPicture] = OrderedDict()  # by hash of the last record; no names


async def _picture(seen: SeenCases) -> MonthPicture:
    """As of the last record. What everybody sees who sees all is kept."""
    if not seen.whole:
        return await asyncio.to_thread(picture_of, seen)
    last = seen.edition.records[-1].hash
    if last not in _kept:
        # To go through 400,000 rows takes seconds, for which no wall may stand still.
        _kept[last] = await asyncio.to_thread(picture_of, seen)
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return _kept[last]


async def with_texts(viewer: Viewer, say: ListWords, digests: Iterable[str]) -> ListWords:
    """The same words, with texts by their SHA-256."""
    wanted = [digest for digest in dict.fromkeys(digests) if digest]
    found = await asyncio.gather(*(viewer.live.shelf.text(digest) for digest in wanted))
    return replace(say, texts={**say.texts, **dict(zip(wanted, found, strict=True))})


def first_texts(holders: Iterable[Iterable[ChargedCase]]) -> list[str]:
    """Of the first explanation of each."""
    firsts = (next(iter(cases), None) for cases in holders)
    return [case.talk.explained.text for case in firsts if case is not None and case.talk.explained]


def texts_of(talks: Iterable[CaseTalk]) -> list[str]:
    """Everything that was said."""
    return [
        said.text
        for talk in talks
        for said in (talk.explained, *talk.asked, *talk.replies, talk.decided)
        if said is not None
    ]
