"""What the portal counts itself, beside what was seen here: the last comparison that was kept."""

from __future__ import annotations

from dataclasses import dataclass

from api.viewer import Viewer
from dossiers.reference.context import Context
from dossiers.wire.reconciliations import CountedUnit, ListedDossiers, Reconciled


@dataclass(frozen=True)
class CoverageSum:
    """``counted`` there, ``here`` seen here; ``missing``: the sum of what units lack."""

    counted: int
    here: int
    missing: int

    @property
    def share(self) -> float | None:
        """Percent of those counted that are here; None of nothing."""
        return None if not self.counted else 100.0 * (self.counted - self.missing) / self.counted


@dataclass(frozen=True)
class PortalCounts:
    """Of one month (YYYY-MM). ``at``: when it was compared, real time, ms; None if it never was.
    ``units``: by unit, as the other side counts, with those below it."""

    month: str
    months: tuple[str, ...]
    at: int | None
    units: dict[str, CountedUnit]
    total: CoverageSum | None


def portal_counts(viewer: Viewer, month: str) -> PortalCounts:
    """The last comparison of ``month``."""
    kept = viewer.live.view.reconciliations
    found = kept.counts(month)
    units = {} if found is None else {line.unit: line for line in found.counts}
    total = None if found is None else _total(found, viewer.live.view.context)
    at = None if found is None else found.at
    return PortalCounts(month, tuple(kept.months()), at, units, total)


def coverage_of(line: CountedUnit | None) -> CoverageSum | None:
    """Receptions of one unit; None if the other side counts none."""
    if line is None or line.received is None:
        return None
    missing = max(0, line.received - line.received_here)
    return CoverageSum(line.received, line.received_here, missing)


def _total(found: Reconciled, context: Context) -> CoverageSum | None:
    """Of the units that stand below no other one that is counted: nobody counts twice."""
    named = {line.unit for line in found.counts if line.received is not None}
    tops = [
        coverage
        for line in found.counts
        if not named & set(context.ancestors(line.unit))
        and (coverage := coverage_of(line)) is not None
    ]
    if not tops:
        return None
    return CoverageSum(
        sum(each.counted for each in tops),
        sum(each.here for each in tops),
        sum(each.missing for each in tops),
    )


def unit_of_source(source: str, context: Context) -> str:
    """The unit whose madonvi a portal source names; "" for any other."""
    kind, colon, madonvi = source.partition(":")
    if not colon or kind != "portal":
        return ""
    unit = context.codes.unit(madonvi)
    return unit if unit in {each.id for each in context.reference.units} else ""


def last_list(viewer: Viewer, unit: str) -> tuple[Reconciled, ListedDossiers] | None:
    """The last list of ids that was compared for a unit; "" of all units."""
    found = viewer.live.view.reconciliations.last_list(unit)
    return None if found is None or found.ids is None else (found, found.ids)
