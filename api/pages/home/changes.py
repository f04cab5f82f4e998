"""What changed since the last working day's close, one line a kind, each with its list."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.home.answers import CHANGES, HomeAnswers
from api.pages.home.telling import DayTelling
from api.pages.parts.marks import Shape, Tone

_SHAPES: dict[str, tuple[Shape, Tone]] = {
    "submitted": ("new", "neutral"),
    "resumed": ("done", "fresh"),
    "rewritten": ("rewritten", "neutral"),
    "newly_overdue": ("overdue", "late"),
    "extended": ("repeated", "neutral"),
}


@dataclass(frozen=True)
class ChangeLine:
    """``number``: as written; without any the line is faint."""

    text: str
    number: str
    href: str
    shape: Shape
    tone: Tone
    faint: bool


def changes_of(answers: HomeAnswers, telling: DayTelling) -> tuple[ChangeLine, ...]:
    """A line for each kind, those that did not happen too: nothing is news as well."""
    return tuple(_line(what, answers, telling) for what in CHANGES)


def _line(what: str, answers: HomeAnswers, telling: DayTelling) -> ChangeLine:
    number, words = answers.numbers[what], telling.words
    shape, tone = _SHAPES[what]
    text = words(f"home_change_{what}")
    if (
        what == "newly_overdue"
        and not number
        and (not telling.day.working or telling.day.before_hours)
    ):
        text = words("home_change_newly_overdue_none")
    return ChangeLine(
        text=text,
        number=words.number(number),
        href=answers.url(what),
        shape=shape,
        tone=tone if number else "neutral",
        faint=not number,
    )
