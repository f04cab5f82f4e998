"""Up to three things to do first, one line a kind, by a rule that the page tells on a tap:

what is due before ten, else what is due on the day, by the steps that are missing; escalated
alerts that nobody has taken, else what is overdue, the longest first; submissions that become late
receptions on the day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.inbox.items import InboxItem
from api.pages.home.answers import HomeAnswers, first_task
from api.pages.home.telling import DayTelling
from api.queries import Row
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name


@dataclass(frozen=True)
class TaskLine:
    """``href``: the list of the very dossiers that the title counts."""

    title: str
    text: str
    href: str


def tasks_of(answers: HomeAnswers, telling: DayTelling, viewer: Viewer) -> tuple[TaskLine, ...]:
    """In the order in which they are to be done."""
    return tuple(_tasks(answers, telling, viewer))


def _tasks(answers: HomeAnswers, telling: DayTelling, viewer: Viewer) -> Iterator[TaskLine]:
    words, numbers, day = telling.words, answers.numbers, telling.day
    when = telling.date(day.due_day)
    if numbers["due"]:
        name = first_task(numbers, day)
        title = words(f"home_task_{name}", n=words.number(numbers[name]), day=when)
        yield TaskLine(title, _due(answers, telling), answers.url(name))
    if escalated := _escalated(viewer):
        yield _answer(escalated, telling, viewer)
    elif numbers["overdue"]:
        title = words("home_task_overdue", n=words.number(numbers["overdue"]))
        text = "" if answers.oldest is None else _oldest(answers.oldest, telling, viewer)
        yield TaskLine(title, text, answers.url("overdue"))
    if numbers["receptions"]:
        title = words("home_task_receptions", n=words.number(numbers["receptions"]))
        text = words("home_task_receptions_text", day=when)
        yield TaskLine(title, text, answers.url("receptions"))


def _escalated(viewer: Viewer) -> list[InboxItem]:
    """Escalated alerts in the reader's inbox that wait, the highest first."""
    live = viewer.live
    items = live.inboxes.items(viewer.sight, live.moment())
    waiting = (i for i in items if i.state == "waiting" and i.main.kind == "escalation")
    return sorted(waiting, key=lambda i: (-i.main.level, i.main.due_at, i.key))


def _answer(items: Sequence[InboxItem], telling: DayTelling, viewer: Viewer) -> TaskLine:
    """What waits for an answer: how many, and the highest of them."""
    words, main, labels = telling.words, items[0].main, viewer.labels
    calendar = viewer.view.context.calendar_for(main.unit)
    late = words.amount(calendar.between(main.due_at, telling.day.now), calendar)
    parts = [labels.procedure(main.procedure), labels.officer(main.officer) or words("inbox")]
    what = ", ".join(part for part in parts if part).rstrip(".")
    return TaskLine(
        words("home_task_escalated", n=words.number(len(items))),
        words("home_task_escalated_text", level=main.level, late=late, what=what),
        "/alerts?kind=escalation",
    )


def _due(answers: HomeAnswers, telling: DayTelling) -> str:
    """When the first is due, and at which steps they are."""
    words = telling.words
    steps = ", ".join(
        words("home_step_count", step=shown_name(step) or words("home_no_step"), n=words.number(n))
        for step, n in answers.steps
    )
    first = "" if answers.first_due is None else telling.time(answers.first_due)
    return words("home_task_due_text", time=first, steps=steps)


def _oldest(row: Row, telling: DayTelling, viewer: Viewer) -> str:
    """How long, what, at which step and in whose hands."""
    words = telling.words
    calendar = viewer.view.context.calendar_named(row["calendar"])
    late = words.amount(calendar.between(row["due_at"], telling.day.now), calendar)
    labels = viewer.labels
    parts = [
        labels.procedure(row["procedure"]),
        shown_name(row["step"]) and words("home_at_step", step=shown_name(row["step"])),
        labels.officer(row["officer"]) or words("inbox"),
    ]
    text = ", ".join(part for part in parts if part)
    return words("home_task_overdue_text", late=late, what=text.rstrip("."))
