"""What went wrong between a source and us in the last 24 hours, by reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from api.data_quality.counted import last_list, unit_of_source
from api.data_quality.letters import letters_of_last_day
from api.data_quality.reported import ReportedCount, reported_errors
from api.ports import Refusals
from api.viewer import Viewer

ErrorKind = Literal["refused", "dead_letter", "missing", "reported"]


@dataclass(frozen=True)
class SyncError:
    """``count`` of one reason. ``kind``: records refused at the entrance; dead letters; ids of the
    source's last list without a reception here; errors that its one-stop system met with another
    system, as ``reported``. ``at``: of a list, when it was compared (ms)."""

    kind: ErrorKind
    reason: str
    count: int
    at: int | None = None
    reported: ReportedCount | None = None


@dataclass(frozen=True)
class SyncErrors:
    """By source. ``refused_since``: since when refusals are known (ms, real time): the entrance
    keeps nothing of them and begins anew when it starts. None where nobody may send."""

    by_source: Mapping[str, tuple[SyncError, ...]]
    refused_since: int | None
    reporting: frozenset[str] = frozenset()  # sources that ever reported any

    def count(self, source: str) -> int:
        """All errors of a source."""
        return sum(error.count for error in self.by_source.get(source, ()))

    @property
    def total(self) -> int:
        """Of all sources."""
        return sum(map(self.count, self.by_source))


async def sync_errors(viewer: Viewer, sources: Iterable[str]) -> SyncErrors:
    """Of these sources and of whatever else was refused or put aside. Raises StoreAway."""
    letters = await letters_of_last_day(viewer)
    ingest = viewer.live.ingest
    refusals = None if ingest is None else ingest.refusals()
    found: dict[str, list[SyncError]] = {}
    for source, reasons in letters.items():
        found.setdefault(source, []).extend(
            SyncError("dead_letter", reason, count) for reason, count in reasons.items()
        )
    for row in [] if refusals is None else refusals.rows:
        error = SyncError("refused", row.reason, row.records)
        found.setdefault(row.source, []).append(error)
    reported = await reported_errors(viewer)
    for each in reported.counts:
        told = SyncError("reported", f"{each.system} {each.code}", each.count, reported=each)
        found.setdefault(each.source, []).append(told)
    for source in sources:
        if missing := _missing(viewer, source):
            found.setdefault(source, []).append(missing)
    ordered = {
        source: tuple(sorted(errors, key=lambda each: -each.count))
        for source, errors in found.items()
    }
    return SyncErrors(ordered, _since(refusals), reported.senders)


def _missing(viewer: Viewer, source: str) -> SyncError | None:
    """Ids of the last list of the source's unit that are not here."""
    unit = unit_of_source(source, viewer.live.view.context)
    compared = last_list(viewer, unit) if unit else None
    if compared is None or not compared[1].missing_count:
        return None
    record, ids = compared
    return SyncError("missing", "missing", ids.missing_count, record.at)


def _since(refusals: Refusals | None) -> int | None:
    return None if refusals is None else refusals.since
