"""What is odd about a dossier, explained; how often and how long it waited; what was rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.dossiers.amounts import Written
from api.pages.dossiers.story import DossierStory
from dossiers.reports.holdings import Stop

_STATUSES = (5, 6, 8)


@dataclass(frozen=True)
class FlagView:
    """``name`` of the flag and what it means; ``id`` leads to all dossiers that have it."""

    id: str
    name: str
    text: str


@dataclass(frozen=True)
class WaitView:
    """A stop of the clock: for ``what``, from when to when (``span``), ``amount`` of working time.
    ``open``: it lasts. ``number``: which supplement it is, 0 if it is none."""

    what: str
    span: str
    amount: str
    open: bool
    number: int


@dataclass(frozen=True)
class OtherVerdict:
    """A verdict by another reading of the dates, beside the one that counts."""

    by: str
    verdict: str


def flags_of(story: DossierStory, flags: Sequence[str], say: Written) -> tuple[FlagView, ...]:
    """Those of the dossier as the stream has it (``flags``), and of what was read again now."""
    found = sorted({*flags, *story.told.flags})
    return tuple(
        FlagView(flag, say.words(f"flag_{flag}"), say.words(f"flag_{flag}_why")) for flag in found
    )


def waits_of(story: DossierStory, say: Written) -> tuple[WaitView, ...]:
    """Every stop, in order."""
    found: list[WaitView] = []
    number = 0
    for stop in story.case.stops:
        number += stop.status == 5
        found.append(_wait(stop, story, say, number if stop.status == 5 else 0))
    return tuple(found)


def _wait(stop: Stop, story: DossierStory, say: Written, number: int) -> WaitView:
    key = stop.status if stop.status in _STATUSES else 0
    goes_on = stop.end == story.case.end and story.case.course.stopped_at is not None
    span = say.span(stop.start, stop.end)
    if goes_on:
        span = say.words("wait_since", at=say.short(stop.start))
    return WaitView(
        what=say.words(f"wait_{key}", n=number),
        span=span,
        amount=say.amount(story.case.calendar.between(stop.start, stop.end)),
        open=goes_on,
        number=number,
    )


def other_verdicts(story: DossierStory, say: Written) -> tuple[OtherVerdict, ...]:
    """What it would be with other dates than those that count, where that was asked."""
    told = story.told
    others = (
        ("unrewritten", told.unrewritten),
        ("with_rewrites", told.rewritten),
        ("as_shown", told.as_shown),
    )
    return tuple(
        OtherVerdict(say.words(key), say.words(f"verdict_{verdict}"))
        for key, verdict in others
        if verdict
    )
