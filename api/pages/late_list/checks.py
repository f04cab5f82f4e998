"""What has to be right before a list is published, and what is worth knowing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from api.pages.late_list.asking import CasesAsked
from api.pages.late_list.holders import MonthPicture
from api.pages.late_list.selection import count
from api.pages.late_list.standing import ChainState, ListStanding
from api.pages.late_list.wording import ListWords
from api.pages.parts.marks import Shape, Tone

_MARKS: tuple[Literal["rewritten", "backdated", "retracted"], ...] = (
    "rewritten", "backdated", "retracted",
)  # fmt: skip


@dataclass(frozen=True)
class PublicationCheck:
    """``text``: what; ``note``: what follows from it; ``href``: the list behind it; ``blocks``:
    nothing is published while it is so."""

    shape: Shape
    tone: Tone
    text: str
    note: str = ""
    href: str = ""
    blocks: bool = False


def checks_of(
    standing: ListStanding, picture: MonthPicture, book: ChainState, say: ListWords
) -> tuple[PublicationCheck, ...]:
    """What blocks first, then what is marked, then what is in order."""
    found = [
        *_undecided(standing, picture, say),
        *_marked(standing, picture, say),
        *_recount(book, say),
        *_chain(book, say),
        *_separate(standing, say),
    ]
    order = ("overdue", "soon", "ring", "done")
    return tuple(sorted(found, key=lambda each: order.index(each.shape)))


def _undecided(
    standing: ListStanding, picture: MonthPicture, say: ListWords
) -> Iterator[PublicationCheck]:
    words, list_ = say.words, standing.id
    waiting = count(picture, "waiting")
    if waiting:
        href = CasesAsked("waiting").url(list_)
        text = words("late_check_waiting", n=say.number(waiting))
        yield PublicationCheck("overdue", "late", text, words("late_check_blocks"), href, True)
    else:
        yield PublicationCheck("done", "fresh", words("late_check_decided"))
    asked = count(picture, "asked")
    if asked:
        text = words("late_check_asked", n=say.number(asked))
        href = CasesAsked("asked").url(list_)
        yield PublicationCheck("ring", "neutral", text, words("late_check_asked_note"), href)


def _marked(
    standing: ListStanding, picture: MonthPicture, say: ListWords
) -> Iterator[PublicationCheck]:
    words, list_ = say.words, standing.id
    unmatched = count(picture, "unmatched")
    if unmatched:
        yield PublicationCheck(
            "soon", "soon", words("late_check_unmatched", n=say.number(unmatched)),
            words("late_check_unmatched_note"), CasesAsked("unmatched").url(list_),
        )  # fmt: skip
    for mark in _MARKS:
        marked = count(picture, mark)
        if marked:
            yield PublicationCheck(
                "soon", "soon", words(f"late_check_{mark}", n=say.number(marked)),
                words("late_check_marked"), CasesAsked(mark).url(list_),
            )  # fmt: skip
    if picture.core.arriving:
        names = ", ".join(each.source for each in picture.core.arriving[:3])
        text = words("late_check_arriving", n=len(picture.core.arriving), names=names)
        yield PublicationCheck("soon", "soon", text, words("late_check_arriving_note"))


def _recount(book: ChainState, say: ListWords) -> Iterator[PublicationCheck]:
    words = say.words
    if book.recounted_at is None:
        yield PublicationCheck("ring", "neutral", words("late_check_recount_none"))
    elif book.agrees:
        text = words("late_check_recount", at=say.at(book.recounted_at))
        yield PublicationCheck("done", "fresh", text)
    else:
        text = words("late_check_recount_bad", at=say.at(book.recounted_at))
        yield PublicationCheck("overdue", "late", text, href="/data/nights")


def _chain(book: ChainState, say: ListWords) -> Iterator[PublicationCheck]:
    text = say.words("late_check_chain", n=say.number(book.number))
    note = say.words("late_check_void", n=say.number(book.void)) if book.void else ""
    yield PublicationCheck("done", "fresh", text, note)


def _separate(standing: ListStanding, say: ListWords) -> Iterator[PublicationCheck]:
    words, edition = say.words, standing.edition
    if standing.approved is not None:
        yield PublicationCheck("done", "fresh", words("late_check_separate"))
    elif say.viewer.principal.person in edition.reviewers | edition.explainers:
        yield PublicationCheck(
            "done", "fresh", words("late_check_not_you"), words("late_check_not_you_note")
        )
    else:
        yield PublicationCheck("done", "fresh", words("late_check_apart"))
