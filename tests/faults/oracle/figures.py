"""Every figure of every scope, by the words of docs/figures.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from tests.faults.oracle.calendar import ZONE
from tests.faults.oracle.rules import Rules
from tests.faults.oracle.story import FINISHED, Story

MINUTE = 60_000
OPEN = ("within", "waiting", "overdue")
WINDOWS = {"1h": 60, "24h": 1_440, "7d": 10_080, "30d": 43_200}
Figures = dict[str, dict[str, int]]


def count(stories: Iterable[Story], now: int, rules: Rules, into: Figures) -> None:
    """Figures by scope, of the judged dossiers of one partition; added to ``into``."""
    # Counted by unit and officer first: what is above them is a sum.
    begins = {window: now // MINUTE - length + 1 for window, length in WINDOWS.items()}
    begins["month"] = month_began(now) // MINUTE
    rows: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for story in stories:
        row = rows[story.unit, story.officer]
        # Where closed dossiers leave, no gauge counts them: none falls when they do.
        if rules.retention is None or story.end is None:
            for name in _gauges(story):
                row[name] += 1
        row["reopened"] += story.is_reopened
        for measure, at in story.moments.items():
            minute = at // MINUTE
            if minute <= now // MINUTE:
                for window, begin in begins.items():
                    if minute >= begin:
                        row[f"{measure}_{window}"] += 1
    for (unit, officer), row in rows.items():
        scopes = ["all", f"officer:{officer}", f"unit:{unit}"]
        while unit := rules.parents.get(unit, ""):
            scopes.append(f"unit:{unit}")
        for scope in scopes:
            total = into.setdefault(scope, {})
            for name, number in row.items():
                total[name] = total.get(name, 0) + number


def _gauges(story: Story) -> list[str]:
    verdict = story.verdict
    names = [] if verdict == "unreceived" else [verdict]
    if verdict in OPEN:
        names.append("open")
        if story.stopped is not None:
            names.append("suspended")
    if verdict in OPEN or verdict in FINISHED:
        names.append("total")
        if story.extensions:
            names.append("extended")
    if story.flags - {"after_end"}:
        names.append("flagged")
    if "rewritten" in story.flags:
        names.append("rewritten")
    if verdict == "pending" and "late_receptions" in story.moments:
        names.append("late_receptions")
    if story.soon:
        names.append("due_soon")
    return names


def month_began(now: int) -> int:
    """The instant at which the local month of ``now`` began."""
    local = datetime.fromtimestamp(now / 1000, ZONE)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return round(first.astimezone(UTC).timestamp() * 1000)
