"""The picture of a dossier's life: days, gaps and marks on its axis, in percent of its width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from api.pages.dossiers.amounts import Written
from api.pages.dossiers.axis import Axis, DaysOff
from dossiers.reports.case import JudgedCase
from dossiers.reports.due_history import DueChange
from dossiers.time.calendar import Calendar
from dossiers.time.hours import HOUR

MarkKind = Literal["received", "was_due", "due", "ended", "now", "again"]
_CHARACTER = 1.3  # percent of the width that a character takes on a small screen
_MOST_OLD_DUES = 4
_MOST_DAY_LINES = 60  # as many columns may have a line of their own


@dataclass(frozen=True)
class LifeMark:
    """An instant with words, at ``x`` (percent). ``name`` in front of ``text``; ``struck``: no
    longer so. ``lane``: the line of words, from 0 at the bottom; ``left``: the words end at it."""

    kind: MarkKind
    x: float
    name: str
    text: str
    struck: bool = False
    left: bool = False
    lane: int = 0


@dataclass(frozen=True)
class DayLabel:
    """``day`` of the week, "" where weeks or months are meant, and the ``date`` as written."""

    x: float
    day: str
    date: str


@dataclass(frozen=True)
class GapView:
    """Days off; ``text`` "" where there is no room for words."""

    x: float
    width: float
    text: str
    title: str


@dataclass(frozen=True)
class ChartView:
    """``day_lines``: x of each column's edge; ``breach``: (x, width) of what is late. ``lanes``: of
    the marks' words; ``zone``: words of days off need room above them. ``note``: what a column
    stands for. All x and widths in percent."""

    axis: Axis
    labels: tuple[DayLabel, ...]
    day_lines: tuple[float, ...]
    gaps: tuple[GapView, ...]
    marks: tuple[LifeMark, ...]
    lanes: int
    zone: bool
    breach: tuple[float, float] | None
    note: str


def axis_of(case: JudgedCase, now: int) -> Axis:
    """From the reception to the end or the due time, whichever is later, and a little more; ``now``
    (ms) of an open one."""
    start = case.course.received_at or case.end
    last = max(case.end, case.course.due_at or 0)
    furthest = case.calendar.add(start, 250 * case.calendar.day_length)
    # A due time far away would press all else together.
    last = min(last, max(furthest, case.end))
    return Axis(case.calendar, start, max(start, last, now if case.end == now else 0))


def chart_of(
    case: JudgedCase, dues: Sequence[DueChange], axis: Axis, breach: int | None, say: Written
) -> ChartView:
    """``breach``: from when on (ms) it was late."""
    marks = _in_lanes(_marks(case, dues, axis, breach, say))
    breadth = None
    if breach is not None:
        x = axis.x(breach)
        breadth = (x, max(0.0, axis.x(case.end) - x))
    lines = (
        [column.x for column in axis.columns[1:]] if len(axis.columns) <= _MOST_DAY_LINES else []
    )
    if not lines:
        lines = [label.x for label in axis.labels if label.x]
    return ChartView(
        axis=axis,
        labels=tuple(_labels(axis, say)),
        day_lines=tuple(lines),
        gaps=tuple(_gap(gap, say) for gap in axis.gaps),
        marks=marks,
        lanes=1 + max((mark.lane for mark in marks), default=0),
        zone=any(_covers(mark, gap) for mark in marks for gap in axis.gaps if gap.labelled),
        breach=breadth,
        note=_note(axis, case.calendar, say),
    )


def _labels(axis: Axis, say: Written) -> list[DayLabel]:
    days = axis.grain == "day"
    shape = "%m/%Y" if axis.grain == "month" else "%d/%m"
    return [
        DayLabel(
            label.x,
            say.words(f"day_{label.day.weekday()}") if days else "",
            label.day.strftime(shape),
        )
        for label in axis.labels
    ]


def _gap(gap: DaysOff, say: Written) -> GapView:
    days = (gap.last - gap.first).days + 1
    name = say.words("gap_weekend") if gap.weekend else say.words("gap_off", n=days)
    dates = f"{gap.first:%d/%m}" if days == 1 else f"{gap.first:%d/%m} – {gap.last:%d/%m}"
    return GapView(gap.x, gap.width, name if gap.labelled else "", f"{name}: {dates}")


def _note(axis: Axis, calendar: Calendar, say: Written) -> str:
    if calendar.always:
        return say.words("axis_always")
    hours = say.words.decimal(
        calendar.day_length / HOUR, 0 if not calendar.day_length % HOUR else 1
    )
    return say.words(f"axis_{axis.grain}", hours=hours)


def _marks(
    case: JudgedCase, dues: Sequence[DueChange], axis: Axis, breach: int | None, say: Written
) -> list[LifeMark]:
    course, words = case.course, say.words
    found: list[LifeMark] = []

    def add(kind: MarkKind, at: int | None, name: str, *, struck: bool = False) -> None:
        if at is not None:
            found.append(LifeMark(kind, axis.x(at), words(name), say.short(at), struck))

    add("received", course.received_at, "mark_received")
    for at in old_dues(dues, course.due_at)[-_MOST_OLD_DUES:]:
        add("was_due", at, "mark_was_due", struck=True)
    if course.restarted_at is not None:
        add("again", course.restarted_at, "mark_again")
    add("due", course.due_at, "mark_due_late" if breach is not None else "mark_due")
    if course.finished_at is None:
        add("now", case.end, "mark_now")
    else:
        add("ended", course.finished_at, "mark_ended")
    return found


def old_dues(dues: Sequence[DueChange], due_at: int | None) -> list[int]:
    """Due times (ms) that counted and no longer do, in the order in which they were set."""
    found: list[int] = []
    for due in dues:
        at = due.due_at
        if due.counts and at is not None and at != due_at and at not in found:
            found.append(at)
    return found


def _in_lanes(marks: Sequence[LifeMark]) -> tuple[LifeMark, ...]:
    """Each with a line on which its words touch no other's. Words stay within the picture, and on
    the side on which no other mark's line runs through them, if there is one."""
    taken: list[list[tuple[float, float]]] = []
    found: list[LifeMark] = []
    for mark in marks:
        width = _width(mark)
        others = [other.x for other in marks if other is not mark]
        right, left = (mark.x, mark.x + width), (mark.x - width, mark.x)
        low, high = min((right, left), key=lambda span: _crowded(span, others))
        lane = next(
            (n for n, line in enumerate(taken) if all(high < a or low > b for a, b in line)),
            len(taken),
        )
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low - 1, high + 1))
        found.append(replace(mark, left=low < mark.x, lane=lane))
    return tuple(found)


def _width(mark: LifeMark) -> float:
    """Of its words, in percent of the picture."""
    return (len(mark.name) + len(mark.text) + 2) * _CHARACTER


def _covers(mark: LifeMark, gap: DaysOff) -> bool:
    """Whether the words lie over the days off."""
    low = mark.x - _width(mark) if mark.left else mark.x
    return low < gap.x + gap.width and gap.x < low + _width(mark)


def _crowded(span: tuple[float, float], others: Sequence[float]) -> tuple[bool, int]:
    """Whether words there leave the picture, and how many lines run through them."""
    low, high = span
    return low < 0 or high > 100, sum(low - 1 < x < high + 1 for x in others)
