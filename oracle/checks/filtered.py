"""One filter of dossiers, chosen by chance: who is in it by the recount, and who by ClickHouse.

Which dossiers a page lists and counts follows from one condition in SQL. Here the same is asked of
each dossier's story, by nothing but its words; the condition itself is handed in.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dossiers.reference.context import Context
from oracle.checks.cut import CutPartition
from oracle.checks.report import Check
from oracle.figures import LogCount
from oracle.story import Story

_ENDED = ("early", "late", "no_due", "on_time")
_OPEN = ("overdue", "waiting", "within")
_HAPPENED: dict[str, Callable[[Story], int | None]] = {
    "received": lambda story: story.received,
    "finished": lambda story: story.end if story.verdict in _ENDED else None,
    "late": lambda story: story.end if story.verdict == "late" else None,
    "newly_overdue": lambda story: dict(story.instants).get("newly_overdue"),
}
_STANDINGS: tuple[tuple[str, ...], ...] = (_OPEN, ("overdue",), ("late",), _ENDED)
_MARKS: dict[str, Callable[[Story], bool]] = {
    "suspended": lambda story: story.is_suspended,
    "extended": lambda story: story.is_extended,
    "flagged": lambda story: story.is_flagged,
    "reopened": lambda story: story.open_again,
}
Rows = Collection[Mapping[str, Any]]


@dataclass(frozen=True)
class ChosenFilter:
    """Its conditions, under the names that they have in a page's address. ``days``: first and last
    local day of what happened."""

    unit: str = ""
    procedure: str = ""
    standing: tuple[str, ...] = ()
    mark: str = ""
    what: str = ""
    days: tuple[date, date] | None = None

    def has(self, story: Story, context: Context) -> bool:
        """Whether a dossier with this story is in it."""
        if self.unit and self.unit not in (story.unit, *context.ancestors(story.unit)):
            return False
        if self.procedure and story.procedure != self.procedure:
            return False
        if self.standing and story.verdict not in self.standing:
            return False
        if self.mark and not _MARKS[self.mark](story):
            return False
        return self.days is None or self._happened(story, context)

    def _happened(self, story: Story, context: Context) -> bool:
        at = _HAPPENED[self.what](story)
        if at is None or self.days is None:
            return False
        day = datetime.fromtimestamp(at / 1000, UTC).astimezone(_zone(context)).date()
        return self.days[0] <= day <= self.days[1]


def choose(seed: str, counts: Collection[LogCount], now: int, context: Context) -> ChosenFilter:
    """Of what there is at ``now`` (ms): the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 (nobody has to be unable to guess it)
    stories = [story for count in counts for _, story in sorted(count.stories.items())]
    some = rng.choice(stories) if stories else Story()
    above = [unit for unit in (some.unit, *context.ancestors(some.unit)) if unit]
    unit = rng.choice(["", *above])
    procedure = some.procedure if rng.random() < 0.3 else ""
    kind = rng.choice(["standing", "mark", "what", "what"])
    if kind == "standing":
        return ChosenFilter(unit, procedure, standing=rng.choice(_STANDINGS))
    if kind == "mark":
        return ChosenFilter(unit, procedure, mark=rng.choice(sorted(_MARKS)))
    today = datetime.fromtimestamp(now / 1000, UTC).astimezone(_zone(context)).date()
    last = today - timedelta(days=rng.randint(0, 20))
    days = (last - timedelta(days=rng.randint(0, 40)), last)
    return ChosenFilter(unit, procedure, what=rng.choice(sorted(_HAPPENED)), days=days)


def check_filter(
    chosen: ChosenFilter,
    said: str,
    rows: Rows,
    parts: Mapping[int, CutPartition],
    counts: Mapping[int, LogCount],
    context: Context,
) -> Check:
    """``rows``: dossier_id, epoch and offset of all that ClickHouse has, and ``found``: whether it
    finds it by the same filter. ``said``: the filter as an address has it. Dossiers that have left
    the stream are left out."""
    check = Check(f"dossiers of a filter chosen by chance ({said}) = recount")
    known = {row["dossier_id"]: row for row in rows}
    for number, count in counts.items():
        records = parts[number].records
        for dossier_id, story in count.stories.items():
            record, row = records.get(dossier_id), known.get(dossier_id)
            if record is None or row is None:
                continue  # other checks say so
            if (row["epoch"], row["offset"]) > (record.epoch, record.offset):
                check.moved += 1
            else:
                check.equal(dossier_id, bool(row["found"]), chosen.has(story, context))
    return check


def _zone(context: Context) -> ZoneInfo:
    return ZoneInfo(context.reference.timezone)
