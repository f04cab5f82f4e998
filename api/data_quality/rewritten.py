"""Dates that sources changed afterwards, or dated back, in the last days."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.statements import moment
from api.viewer import Viewer
from dossiers.reference.in_force import InForce
from dossiers.reports.rewrites import Rewrite, RewriteKind, rewrites_of
from dossiers.time.hours import DAY
from dossiers.wire.reading import read_facts

DAYS = 7
MOST_DOSSIERS = 2_000  # looked into at once; those changed last
_REMEMBERED = 20_000  # dossiers whose changes are known
KINDS: tuple[RewriteKind, ...] = (
    "due_after", "due_before", "due_earlier", "end_earlier", "end_later", "end_taken_back",
    "reception", "backdated",
)  # fmt: skip
_FLAGGED = """
SELECT dossier_id, unit, procedure, facts, toUnixTimestamp64Milli(as_of) AS as_of
FROM dossiers FINAL
WHERE timeline = {timeline:String} AND hasAny(flags, ['rewritten', 'backdated'])
  AND as_of > {start:DateTime64(3, 'UTC')}
ORDER BY as_of DESC, dossier_id LIMIT {most:UInt32}
"""


@dataclass(frozen=True)
class RewrittenDate:
    """One change of one dossier."""

    dossier: str
    unit: str
    procedure: str
    change: Rewrite


@dataclass(frozen=True)
class RewrittenDates:
    """Changes since ``since`` (ms), the newest first. ``cut``: there were more dossiers to look
    into than one question takes."""

    changes: tuple[RewrittenDate, ...]
    since: int
    cut: bool

    def of(self, kind: str, source: str = "") -> list[RewrittenDate]:
        """Those of one kind ("": of any) and one source ("": of any)."""
        return [
            each
            for each in self.changes
            if kind in ("", each.change.kind) and source in ("", each.change.source)
        ]

    def by_source(self, kind: str) -> list[tuple[str, int]]:
        """How many of one kind came from whom, most first."""
        counts: dict[str, int] = {}
        for each in self.of(kind):
            counts[each.change.source] = counts.get(each.change.source, 0) + 1
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def hiding(self) -> int:
        """Dossiers that are late, and would not be by the dates as they were changed."""
        return len({each.dossier for each in self.changes if each.change.hides})


class RewriteReader:
    """Looks into dossiers, and remembers what it saw until they change."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int, InForce], Sequence[Rewrite]] = OrderedDict()
        self._lock = threading.Lock()

    async def read(self, viewer: Viewer, days: int = DAYS) -> RewrittenDates:
        """Of the last ``days`` of data time. Raises StoreAway."""
        now = viewer.live.view.watermark or 0
        since = max(0, now - days * DAY)
        rows = await viewer.live.query.rows(
            _FLAGGED,
            {"timeline": viewer.live.config.timeline, "start": moment(since),
             "most": MOST_DOSSIERS + 1},
        )  # fmt: skip
        in_force = viewer.live.view.in_force
        found = await asyncio.to_thread(self._changes, rows[:MOST_DOSSIERS], now, in_force)
        recent = [each for each in found if each.change.at > since]
        recent.sort(key=lambda each: (-each.change.at, each.dossier))
        return RewrittenDates(tuple(recent), since, len(rows) > MOST_DOSSIERS)

    def _changes(
        self, rows: Iterable[Mapping[str, Any]], now: int, in_force: InForce
    ) -> list[RewrittenDate]:
        return [
            RewrittenDate(row["dossier_id"], row["unit"], row["procedure"], change)
            for row in rows
            for change in self._of(row, now, in_force)
        ]

    def _of(self, row: Mapping[str, Any], now: int, in_force: InForce) -> Sequence[Rewrite]:
        """Whether a change hides anything may turn as time passes: known for a day."""
        key = (hash(row["facts"]), now // DAY, in_force)
        with self._lock:
            known = self._known.get(key)
        if known is None:
            known = rewrites_of(read_facts(row["facts"]), max(now, row["as_of"]), in_force)
            with self._lock:
                self._known[key] = known
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return known
