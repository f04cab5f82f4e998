"""Units that have ended, and which unit continues with their work.

A reform merges communes and ends districts. From the day on which a unit has ended (column
``ended`` of units.csv), but not before the version of the reference data that says so counts, its
open dossiers and what is still sent in its name count for its successor. What was closed before
stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from dossiers.time.calendar import Calendar
from dossiers.time.day_table import day_number
from dossiers.time.hours import CalendarError
from dossiers.wire.reference import Unit


class Ending(NamedTuple):
    """``at`` (ms): from when on the dossiers count for ``successor``."""

    at: int
    successor: str


Endings = Mapping[str, Ending]  # by the unit that has ended


def endings_of(units: Sequence[Unit], calendar: Calendar) -> dict[str, Ending]:
    """Of every unit that ends and has a successor, at the local midnight of its day. Raises
    CalendarError for a date that is none."""
    found: dict[str, Ending] = {}
    for unit in units:
        if not unit.ended:
            continue
        try:
            day = date.fromisoformat(unit.ended)
        except ValueError:
            raise CalendarError(
                f"units: {unit.id!r} has ended = {unit.ended!r}, which is no date: write it as "
                "2025-07-01"
            ) from None
        if unit.successor:
            found[unit.id] = Ending(calendar.at_clock(day_number(day), 0), unit.successor)
    return found


def successor_of(unit: str, endings: Endings) -> str:
    """Who continues with the work of ``unit``: itself if it has not ended. Chains are followed; a
    circle in the data leaves everything where it is."""
    seen = {unit}
    found = unit
    while (ending := endings.get(found)) is not None:
        found = ending.successor
        if found in seen:
            return unit
        seen.add(found)
    return found


def ended_by(said: Endings, known: Endings, since: int, until: int) -> dict[str, Ending]:
    """What ends by ``until`` (ms, outside) if a version that says ``said`` counts from ``since``
    (ms) on; ``known``: what had ended before. A unit ends once, whichever later versions say so."""
    found: dict[str, Ending] = {}
    for unit, ending in said.items():
        before = known.get(unit)
        if before is not None and before.successor == ending.successor:
            found[unit] = before
        elif max(ending.at, since) < until:
            found[unit] = Ending(max(ending.at, since), ending.successor)
    return found
