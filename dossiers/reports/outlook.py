"""What would have to happen for an open dossier: its steps laid from now until it is due.

Nothing is predicted: each step has what is left of its limit, the present holder's first, and the
question is only whether that fits. While the clock stands, it is answered as if it ran again now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dossiers.reports.case import JudgedCase


class StepAhead(NamedTuple):
    """One step that is left. ``limit``: working ms that are left of its limit. ``start``, ``end``
    (ms): if every step takes just what it has left. ``finish_by``: the latest instant (ms) at which
    it may end so that those after it still have their limits before the due time. ``present``: the
    one it is in now."""

    step: str
    limit: int
    start: int
    end: int
    finish_by: int
    present: bool


class Outlook(NamedTuple):
    """``due_at``: ms, while the clock stands as if it went on now (``stopped``). ``left``: working
    ms until then, less than 0 when overdue. ``needed``: working ms of all steps that are left.
    ``steps`` is empty where no step has a limit."""

    due_at: int
    left: int
    needed: int
    stopped: bool
    steps: tuple[StepAhead, ...]

    @property
    def spare(self) -> int:
        """Working ms that are left over if every step keeps its limit; less than 0: too late by."""
        return self.left - self.needed


def outlook_of(case: JudgedCase, now: int, order: Sequence[str]) -> Outlook | None:
    """Of an open dossier with a due time at ``now`` (ms); None of any other. ``order``: ids of the
    procedure's steps."""
    due, found = case.course.due_at, case.attribution
    if due is None or found is None or case.course.finished_at is not None:
        return None
    calendar, stopped = case.calendar, case.course.stopped_at is not None
    left = calendar.between(now, due)
    if stopped and case.course.stopped_at is not None:
        left = calendar.between(case.course.stopped_at, due)
        due = calendar.add(now, left) if left > 0 else due
    ahead = _limits_ahead(case, order)
    needed = sum(limit for _, limit, _ in ahead)
    steps: list[StepAhead] = []
    start, behind = now, needed
    for step, limit, present in ahead:
        end = calendar.add(start, limit)
        behind -= limit
        steps.append(StepAhead(step, limit, start, end, calendar.subtract(due, behind), present))
        start = end
    return Outlook(due, left, needed, stopped, tuple(steps))


def _limits_ahead(case: JudgedCase, order: Sequence[str]) -> list[tuple[str, int, bool]]:
    """The present step with what is left of its limit, then those after it that were not begun, in
    the procedure's order."""
    found = case.attribution
    if found is None or found.basis == "no_step_data":
        return []
    here = found.parts[-1]
    place = list(order).index(here.holding.step) + 1 if here.holding.step in order else 0
    return [
        (here.holding.step, max(0, (here.limit or 0) - here.used), True),
        *((step, found.skipped[step], False) for step in order[place:] if step in found.skipped),
    ]
