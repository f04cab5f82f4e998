"""Silence of a source: no event of it for longer than its limit, in working time.

The alert's cause is the instant at which the limit was used up. It is resolved as soon as anything
comes of the source.
"""

from __future__ import annotations

from dossiers.time.calendar import Calendar
from dossiers.wire.alert_policy import SourceLimit
from dossiers.wire.tallies import Backlog

MINUTE = 60_000
NEVER_SILENT = 2**53  # ms: later than any instant


def silent_at(limit: SourceLimit, heard: int, now: int, calendar: Calendar) -> int:
    """When the source is silent if nothing comes after ``heard``. All in ms; ``now`` + 1 stands
    for whatever is later than ``now``."""
    span = limit.minutes * MINUTE
    if now - heard < span:  # working time is never longer
        return now + 1
    return calendar.add(heard, span)


def observe_silence(before: Backlog, now: int, at: int) -> Backlog:
    """The state at data time ``now`` (ms) of a source that is silent from ``at`` on; ``before``
    itself if nothing has changed."""
    raised = before.status == "raised"
    if raised == (now >= at):
        return before
    if raised:
        return Backlog(None, before.cause, before.sequence + 1, "resolved")
    return Backlog(None, at, before.sequence + 1 if at == before.cause else 1, "raised")
