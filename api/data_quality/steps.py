"""Steps that usually take longer than they may: medians over the dossiers finished last."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from api.statements import moment
from api.viewer import Viewer
from dossiers.reference.in_force import InForce
from dossiers.reports.case import case_in_force
from dossiers.reports.holdings import working
from dossiers.time.hours import DAY
from dossiers.wire.reading import read_facts

DAYS = 30
SAMPLE = 300  # dossiers, those finished last
LEAST = 5  # dossiers of a step, without which it has no median
_KEPT_S = 300.0  # s for which an answer is given again: it judges each dossier anew
# Facts are read only of those that are looked into.
_LAST = """
SELECT dossier_id FROM dossiers FINAL
WHERE timeline = {timeline:String} AND outcome = 'finished'
  AND finished_at > {start:DateTime64(3, 'UTC')} AND procedure IN {procedures:Array(String)}
ORDER BY finished_at DESC, dossier_id LIMIT {most:UInt32}
"""
_FACTS = """
SELECT dossier_id, procedure, facts, toUnixTimestamp64Milli(as_of) AS as_of FROM dossiers FINAL
WHERE timeline = {timeline:String} AND dossier_id IN {ids:Array(String)}
"""


@dataclass(frozen=True)
class StepTime:
    """How long one step of a procedure took: working ms by dossier, the longest first.
    ``limit``, ``median``: working ms."""

    procedure: str
    step: str
    limit: int
    median: int
    dossiers: tuple[tuple[str, int], ...]

    @property
    def over(self) -> bool:
        """Whether half of the dossiers take longer than the limit."""
        return self.median > self.limit


@dataclass(frozen=True)
class StepTimes:
    """Steps with enough dossiers, those furthest over their limit first. ``sample``: dossiers
    looked into."""

    steps: tuple[StepTime, ...]
    sample: int

    @property
    def over(self) -> list[StepTime]:
        """Those whose median exceeds their limit."""
        return [step for step in self.steps if step.over]

    def of(self, procedure: str, step: str) -> StepTime | None:
        """One of them."""
        found = (s for s in self.steps if (s.procedure, s.step) == (procedure, step))
        return next(found, None)


class StepReader:
    """Asks, and gives the same answer again for some minutes: a number and its list agree."""

    def __init__(self) -> None:
        self._known: tuple[float, object, StepTimes] | None = None
        self._lock = threading.Lock()

    async def read(self, viewer: Viewer) -> StepTimes:
        """Of the dossiers finished last. Raises StoreAway."""
        query = viewer.live.query
        known = self._known
        if known and known[1] is query and time.monotonic() - known[0] < _KEPT_S:
            return known[2]
        now, view = viewer.live.view.watermark or 0, viewer.live.view
        timeline = {"timeline": viewer.live.config.timeline}
        procedures = [p.id for p in view.context.reference.procedures if p.steps]
        ids = await query.rows(
            _LAST,
            {**timeline, "start": moment(max(0, now - DAYS * DAY)), "most": SAMPLE,
             "procedures": procedures},
        )  # fmt: skip
        rows = await query.rows(_FACTS, {**timeline, "ids": [row["dossier_id"] for row in ids]})
        found = await asyncio.to_thread(self._measured, rows, now, view.in_force)
        self._known = (time.monotonic(), query, found)
        return found

    def _measured(
        self, rows: Iterable[Mapping[str, Any]], now: int, in_force: InForce
    ) -> StepTimes:
        with self._lock:  # one at a time: it is work for a processor
            used: defaultdict[tuple[str, str, int], list[tuple[str, int]]] = defaultdict(list)
            count = 0
            for row in rows:
                count += 1
                for step, limit, length in _steps_of(row, now, in_force):
                    used[row["procedure"], step, limit].append((row["dossier_id"], length))
        steps = [
            StepTime(
                procedure,
                step,
                limit,
                round(median(length for _, length in lengths)),
                tuple(sorted(lengths, key=lambda pair: (-pair[1], pair[0]))),
            )
            for (procedure, step, limit), lengths in used.items()
            if len(lengths) >= LEAST
        ]
        steps.sort(key=lambda each: (each.limit - each.median, each.procedure, each.step))
        return StepTimes(tuple(steps), count)


def _steps_of(row: Mapping[str, Any], now: int, in_force: InForce) -> list[tuple[str, int, int]]:
    """Each step that one dossier passed: its id, its limit and how long it took, in working ms."""
    case = case_in_force(read_facts(row["facts"]), max(now, row["as_of"]), in_force)
    context = in_force.at(case.end)
    limits = context.step_limits(case.course.procedure, case.course.calendar)
    lengths: defaultdict[str, int] = defaultdict(int)
    for held in case.holdings:
        if held.step in limits:
            lengths[held.step] += working(case.calendar, held.start, held.end, case.stops)
    return [(step, limits[step], length) for step, length in lengths.items() if length > 0]
