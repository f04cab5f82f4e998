"""Which new due times count (docs/portal-sync.md, "What becomes of it").

They are taken in the order in which they were recorded. Each is compared with those before it that
count: had the due time passed while the clock ran, the verdict by that one stays. Every question is
a walk of its own, from the beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dossiers.reference.context import Context
from oracle.statements import ENDS, Statement
from oracle.walk import last_in_time, stopped_in_time, walk


@dataclass
class DueChanges:
    """Places of new due times in a line. ``counting``; ``flagged``: rewrites, of which corrections
    that came in time count as well. ``every``: all of them."""

    counting: set[int] = field(default_factory=set)
    flagged: set[int] = field(default_factory=set)
    every: set[int] = field(default_factory=set)


def first_end(line: Sequence[Statement]) -> int | None:
    """The place of the first end in ``line``; None if it has not ended."""
    return next((n for n, told in enumerate(line) if told.what in ENDS), None)


def judge_changes(line: Sequence[Statement], context: Context) -> DueChanges:
    """What becomes of each new due time of a dossier of which ``line`` was told, in order."""
    found = DueChanges()
    found.every = {n for n, told in enumerate(line) if _sets_due(told)}
    if not found.every:
        return found
    ending = first_end(line)
    so_far: set[int] = set()
    for number in sorted(found.every, key=lambda n: (line[n].recorded, n)):
        # Whether the clock had been stopped in time before it resumed, every walk sees for itself.
        if line[number].what == "resumed" or _counts(line, number, ending, so_far, context):
            so_far.add(number)
    way = walk(line, context, so_far)
    found.counting = way.used
    corrected = {n for n in found.counting if line[n].reason == "correction"}
    found.flagged = (found.every - found.counting - way.same) | corrected
    return found


def _sets_due(told: Statement) -> bool:
    return told.due is not None and told.what in ("due_set", "resumed")


def _counts(
    line: Sequence[Statement], number: int, ending: int | None, so_far: set[int], context: Context
) -> bool:
    """Whether the due time set at this place counts, if of those recorded before it ``so_far``
    do."""
    told = line[number]
    at = told.recorded
    if ending is not None:
        end = line[ending].at
        if told.with_end or told.at >= end or number > ending:
            return False
        at = min(at, end)
    if told.stop is not None and _answers_in_time(line, told.stop, so_far, context):
        return True
    return not _had_passed(line, at, ending, so_far, context)


def _had_passed(
    line: Sequence[Statement], at: int, ending: int | None, so_far: set[int], context: Context
) -> bool:
    """Whether a due time had passed at ``at`` while the clock ran. Stops as they are known now."""
    way = walk(line, context, so_far, until=at, before=ending)
    last = last_in_time(way.due, way.received, context)
    if last is None or way.received is None:
        return False
    return last < (at if way.stopped is None else way.stopped)


def _answers_in_time(
    line: Sequence[Statement], stop: tuple[int, int], so_far: set[int], context: Context
) -> bool:
    """Whether the clock was stopped in time by the supplement that is answered at its end."""
    answer = next(
        (n for n, told in enumerate(line) if told.what == "resumed" and told.at >= stop[1]), None
    )
    if answer is None:
        return False
    way = walk(line, context, so_far, before=answer)
    return way.stopped is not None and stopped_in_time(way, context)
