"""What the reader has to do with late lists, as lines that lead there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from api.late_list.sight import seen_cases
from api.pages.late_list.asking import MINE, ReviewAsked, list_page
from api.pages.late_list.wording import ListWords
from api.pages.parts.marks import Shape, Tone
from api.publications.errors import LateListError
from api.viewer import Viewer
from dossiers.publication.editions import Edition
from dossiers.publication.tasks import ListTask, Worker, tasks_of
from dossiers.wire.publications import Capacity, Case

_CAPACITIES: tuple[Capacity, ...] = ("officer", "supervisor", "reform_office", "leader")


@dataclass(frozen=True)
class ListTodo:
    """One thing. ``note``: its deadline; ``count``: dossiers or cases."""

    text: str
    note: str
    href: str
    shape: Shape
    tone: Tone
    count: int


async def todo_of(viewer: Viewer, say: ListWords) -> list[ListTodo]:
    """The first deadline first; nothing where nobody writes."""
    who = viewer.principal
    capacities = frozenset(each for each in _CAPACITIES if each in who.roles)
    if not who.person or not capacities or not viewer.live.publication_desk.open:
        return []
    mine = await _charged(viewer) if capacities & {"officer", "supervisor"} else {}
    found = tasks_of(
        viewer.live.publications.state,
        Worker(who.person, capacities),
        say.now,
        lambda edition: mine.get((edition.list_id, edition.number), ()),
    )
    return list(_lines(found, viewer, say))


async def _charged(viewer: Viewer) -> dict[tuple[str, int], list[Case]]:
    """What somebody answers for, of editions that can still be explained: the officer's own, and
    what is charged in their units."""
    found: dict[tuple[str, int], list[Case]] = {}
    for edition in viewer.live.publications.editions():
        if edition.submitted is None:
            found[edition.list_id, edition.number] = await _cases(viewer, edition)
    return found


async def _cases(viewer: Viewer, edition: Edition) -> list[Case]:
    try:
        seen = await seen_cases(viewer, edition, frozenset({"officer", "supervisor"}))
    except LateListError:
        return []
    return [row.case for row in seen.rows]


def _lines(found: Iterable[ListTask], viewer: Viewer, say: ListWords) -> Iterator[ListTodo]:
    own = "supervisor" not in viewer.principal.roles
    for task in found:
        yield ListTodo(
            text=say.words(
                f"late_task_{task.kind}", n=say.number(task.count), month=say.in_month(task.list_id)
            ),
            note=say.words("late_until", at=say.written.weekday(task.until)),
            href=_goal(task, own=own),
            shape="overdue" if task.overdue else "ring",
            tone="late" if task.overdue else "neutral",
            count=task.count,
        )


def _goal(task: ListTask, *, own: bool) -> str:
    if task.kind in ("explain", "answer"):
        return MINE if own else ReviewAsked("all").url(task.list_id)
    if task.kind == "decide":
        return ReviewAsked("waiting").url(task.list_id)
    return f"{list_page(task.list_id, 'steps')}#{task.kind}"
