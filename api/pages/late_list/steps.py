"""The way of a month's list, step by step, with dates and persons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from api.pages.late_list.holders import MonthPicture
from api.pages.late_list.selection import count
from api.pages.late_list.standing import ListStanding
from api.pages.late_list.wording import ListWords
from dossiers.wire.publications import Approved, Published

StepState = Literal["done", "now", "ahead"]


@dataclass(frozen=True)
class WayStep:
    """``number``: of the step; ``when``: dates; ``note``: what it is about, or who did it.
    ``over``: its deadline has passed."""

    number: int
    title: str
    when: str
    note: str
    state: StepState
    over: bool = False


def way_of(standing: ListStanding, picture: MonthPicture, say: ListWords) -> tuple[WayStep, ...]:
    """The five steps."""
    return tuple(_steps(standing, picture, say))


def _steps(standing: ListStanding, picture: MonthPicture, say: ListWords) -> Iterator[WayStep]:
    words, frozen, number = say.words, standing.frozen, say.number
    place, late = _place(standing, say.now), count(picture, "late")
    yield WayStep(
        1, words("late_step_freeze"), say.at(frozen.at),
        words("late_step_freeze_note", n=number(late), officers=number(len(picture.officers))),
        "done",
    )  # fmt: skip
    explained = count(picture, "explained")
    holders = sum(bool(each.explained) for each in picture.holders.values())
    yield WayStep(
        2, words("late_step_explain"), words("late_to_day", day=say.day(frozen.explain_until)),
        words("late_step_explain_note", holders=number(holders), n=number(explained)),
        _state(2, place),
    )  # fmt: skip
    decided = explained - count(picture, "waiting")
    yield WayStep(
        3, words("late_step_review"), words("late_until", at=say.at(frozen.review_until)),
        words("late_step_review_note", n=number(decided), all=number(explained)),
        _state(3, place), place == 3 and say.now > frozen.review_until,
    )  # fmt: skip
    yield _publish(standing, say, place)
    yield WayStep(
        5, words("late_step_correct"),
        "",
        words("late_step_correct_note")
        if standing.number == 1
        else words("late_edition", n=standing.number),
        "done" if standing.number > 1 and standing.published else "ahead",
    )  # fmt: skip


def _publish(standing: ListStanding, say: ListWords, place: int) -> WayStep:
    words, frozen = say.words, standing.frozen
    when, note = (
        words("late_until", at=say.day(frozen.publish_until)),
        words("late_step_publish_who"),
    )
    last: Published | Approved | None = standing.published or standing.approved
    if last is not None:
        when = say.at(last.at)
        key = "late_published_by" if isinstance(last, Published) else "late_approved_by"
        note = words(key, name=say.person(last.by, last.capacity))
    late = place == 4 and say.now > frozen.publish_until
    return WayStep(4, words("late_step_publish"), when, note, _state(4, place), late)


def _place(standing: ListStanding, now: int) -> int:
    """The step that goes on; 5 after publication."""
    if standing.published is not None:
        return 5
    if standing.stage in ("submitted", "approved"):
        return 4
    return 2 if now <= standing.frozen.explain_until else 3


def _state(number: int, place: int) -> StepState:
    return "done" if number < place else "now" if number == place else "ahead"
