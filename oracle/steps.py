"""The oracle's own view of step limits: a step's stretches one after the other, in plain loops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from dossiers.calendar import Calendar
from dossiers.context import Context


class Stretch(NamedTuple):
    """From ``start`` (ms) to the next one's: which step, whether the clock ran, and the procedure
    as far as it was known."""

    start: int
    step: str
    runs: bool
    procedure: str


def is_step_overdue(
    stretches: Sequence[Stretch], calendar_name: str, as_of: int, context: Context
) -> bool:
    """Whether the last step has used up its limit by ``as_of`` (ms), since it last began."""
    calendar: Calendar = context.calendar_named(calendar_name)
    used: dict[str, int] = defaultdict(int)
    over = False
    before = ""
    for number, stretch in enumerate(stretches):
        step = context.step_id(stretch.procedure, stretch.step)
        if step != context.step_id(stretch.procedure, before):
            over = False
        before = stretch.step
        limit = context.step_limits(stretch.procedure, calendar_name).get(step)
        if limit is None or not stretch.runs:
            continue
        end = stretches[number + 1].start if number + 1 < len(stretches) else as_of
        left = max(0, limit - used[step])
        over = over or end > calendar.add(stretch.start, left)
        used[step] += calendar.between(stretch.start, end)
    return over
