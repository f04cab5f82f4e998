"""Errors that one-stop systems met with ministries' systems, as their senders report them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.statements import moment
from api.viewer import Viewer
from dossiers.time.hours import DAY

_COUNTS = """
SELECT source, madonvi, system, code, count() AS errors FROM sync_errors FINAL
WHERE timeline = {timeline:String} AND at > {since:DateTime64(3, 'UTC')}
GROUP BY source, madonvi, system, code ORDER BY errors DESC LIMIT 2000
"""
_SENDERS = """
SELECT DISTINCT source, madonvi FROM sync_errors WHERE timeline = {timeline:String} LIMIT 5000
"""
_LIST = """
SELECT dossier_id AS id, toUnixTimestamp64Milli(at) AS at, system, code FROM sync_errors FINAL
WHERE timeline = {timeline:String} AND at > {since:DateTime64(3, 'UTC')}
  AND source = {source:String} AND madonvi = {madonvi:String}
  AND system = {system:String} AND code = {code:String}
ORDER BY at DESC, id LIMIT {limit:UInt32}
"""


@dataclass(frozen=True)
class ReportedCount:
    """``count`` errors of one ``code`` with one ``system`` in the last 24 hours of data time.
    ``sender``: whose key; ``madonvi``: for which unit, "" if it said none."""

    sender: str
    madonvi: str
    system: str
    code: str
    count: int

    @property
    def source(self) -> str:
        """As its dossiers name their source."""
        return source_of(self.sender, self.madonvi)


@dataclass(frozen=True)
class Reported:
    """``senders``: sources that ever reported any; of others nothing is known."""

    counts: tuple[ReportedCount, ...]
    senders: frozenset[str]


def source_of(sender: str, madonvi: str) -> str:
    """The source of the dossiers of whoever reports."""
    return f"portal:{madonvi}" if madonvi else sender


async def reported_errors(viewer: Viewer) -> Reported:
    """Of the last 24 hours. Raises StoreAway."""
    query, timeline = viewer.live.query, {"timeline": viewer.live.config.timeline}
    rows = await query.rows(_COUNTS, {**timeline, "since": moment(_day_ago(viewer))})
    senders = await query.rows(_SENDERS, timeline)
    return Reported(
        tuple(
            ReportedCount(r["source"], r["madonvi"], r["system"], r["code"], int(r["errors"]))
            for r in rows
        ),
        frozenset(source_of(row["source"], row["madonvi"]) for row in senders),
    )


async def reported_list(
    viewer: Viewer, sender: str, madonvi: str, system: str, code: str, limit: int
) -> list[dict[str, Any]]:
    """The errors behind a ``ReportedCount``, the last first. Raises StoreAway."""
    return await viewer.live.query.rows(
        _LIST,
        {"timeline": viewer.live.config.timeline, "since": moment(_day_ago(viewer)),
         "source": sender, "madonvi": madonvi, "system": system, "code": code, "limit": limit},
    )  # fmt: skip


def _day_ago(viewer: Viewer) -> int:
    return max(0, (viewer.live.view.watermark or 0) - DAY)
