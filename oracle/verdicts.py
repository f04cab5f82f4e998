"""How a dossier stands once everything that counts for it has been taken in order."""

from __future__ import annotations

from dataclasses import dataclass

from dossiers.reference.context import Context
from oracle.walk import WalkResult, last_in_time, stopped_in_time

OPEN = frozenset({"within", "waiting", "overdue"})
LATE = frozenset({"late", "overdue"})


@dataclass
class Verdict:
    """How a dossier stands by one reading of its dates. Times in ms."""

    standing: str
    due: int | None = None
    stopped: int | None = None
    ended_by: str = ""
    end: int | None = None


def judged(way: WalkResult, as_of: int, context: Context) -> Verdict:
    """The verdict at ``as_of`` (ms) of a dossier that has come so far."""
    standing = _standing(way, as_of, context)
    return Verdict(standing, way.due, way.stopped, way.ended_by, way.end)


def _standing(way: WalkResult, as_of: int, context: Context) -> str:
    received = way.received
    if received is None:
        if way.ended_by in ("refused", "withdrawn"):
            return way.ended_by
        return "unreceived" if way.submitted is None or way.end is not None else "pending"
    last = last_in_time(way.due, received, context)
    if way.end is None:
        if stopped_in_time(way, context):
            return "waiting"
        return "within" if last is None or as_of <= last else "overdue"
    late = last is not None and way.end > last
    if way.ended_by in ("refused", "withdrawn"):
        return "late" if late and received <= way.end else way.ended_by
    if way.due is None:
        return "no_due"
    day = context.calendar.local_date
    return "late" if late else "early" if day(way.end) < day(way.due) else "on_time"
