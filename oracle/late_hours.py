"""Whose hours a late dossier's were at one instant, made again from its raw events.

Shares nothing with the product but what ``oracle.late_list`` does; amounts are fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.wire.events import AnyDossierEvent
from oracle.due_changes import judge_changes
from oracle.hands import hands
from oracle.late_list import is_late, split_of
from oracle.late_shares import NOTHING, LateShares
from oracle.reading import read
from oracle.statements import Statement
from oracle.walk import WalkResult, walk


class LateHours(NamedTuple):
    """``split``: by hand, NOTHING if nobody held it late. ``worked``: working ms of its calendar up
    to its end, or to the instant; ``grows``: open, and its clock runs. ``context``: what judged."""

    split: LateShares
    worked: int
    grows: bool
    ended: bool
    context: Context


def hours_at(events: Sequence[AnyDossierEvent], now: int, in_force: InForce) -> LateHours:
    """Of the dossier with ``events`` (any order, no two of one identity) at ``now`` (ms), by the
    reference data of its end, or of ``now`` if it has none."""
    context = in_force.at(now)
    line, way = _walked(events, context)
    if way.end is not None and not in_force.single:
        context = in_force.at(way.end)
        line, way = _walked(events, context)
    end = now if way.end is None else way.end
    found = LateHours(NOTHING, 0, False, way.end is not None, context)
    if way.received is None or end < way.received or not is_late(way, now, context):
        return found
    whole = hands(line, way.received, end, way, context)
    return found._replace(
        split=split_of(line, whole, way, end, context),
        worked=context.calendar_named(way.calendar).elapsed(end),
        grows=way.end is None and way.stopped is None,
    )


def _walked(
    events: Sequence[AnyDossierEvent], context: Context
) -> tuple[list[Statement], WalkResult]:
    line = [told for told in read(events, context) if not told.instead]
    return line, walk(line, context, judge_changes(line, context).counting)
