"""The oracle's own view of step limits: a step's stretches one after the other, in plain loops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from dossiers.reference.context import Context
from dossiers.time.calendar import Calendar


class Stretch(NamedTuple):
    """From ``start`` (ms) to the next one's: which step was named then, whether the clock ran, and
    the procedure as far as it was known. ``leaves``: the step that is named is over. ``anew``: all
    limits begin again."""

    start: int
    named: str
    runs: bool
    procedure: str
    leaves: bool = False
    anew: bool = False


def is_step_overdue(
    stretches: Sequence[Stretch], calendar_name: str, as_of: int, context: Context
) -> bool:
    """Whether the last step has used up its limit by ``as_of`` (ms), since it last began.

    A step that the procedure does not know leaves the one before it running.
    """
    calendar: Calendar = context.calendar_named(calendar_name)
    used: dict[str, int] = defaultdict(int)
    over = False
    present = ""
    procedure = stretches[-1].procedure if stretches else ""
    limits = context.step_limits(procedure, calendar_name)
    for number, stretch in enumerate(stretches):
        if stretch.anew:
            used.clear()
            over = False
        named = context.step_id(procedure, stretch.named)
        if named in limits:
            named = "" if stretch.leaves else named
            over = over and named == present
            present = named
        limit = limits.get(present)
        if limit is None or not stretch.runs or not stretch.procedure:
            continue
        end = stretches[number + 1].start if number + 1 < len(stretches) else as_of
        left = max(0, limit - used[present])
        over = over or end > calendar.add(stretch.start, left)
        used[present] += calendar.between(stretch.start, end)
    return over
