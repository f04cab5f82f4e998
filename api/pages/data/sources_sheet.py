"""All sources as a file."""

from __future__ import annotations

from api.data_quality.counted import PortalCounts, coverage_of, unit_of_source
from api.data_quality.sources import SourceStates
from api.data_quality.sync_errors import SyncErrors
from api.pages.data.listing import ListedPage, sortable
from api.pages.data.wording import source_name
from api.pages.parts.states import Empty
from api.pages.parts.table import DataTable
from api.pages.words import Words
from api.viewer import Viewer
from dossiers.time.hours import MINUTE


def sources_sheet(
    states: SourceStates,
    counts: PortalCounts,
    errors: SyncErrors,
    viewer: Viewer,
    words: Words,
) -> ListedPage:
    """Numbers as they are, ages in minutes of working time."""
    context = viewer.live.view.context
    names = (
        "source",
        "code",
        "status",
        "age_minutes",
        "limit_minutes",
        "last",
        "opened",
        "counted",
        "here",
        "missing",
        "errors",
    )
    rows: list[list[object]] = [[words(f"data_sheet_{name}") for name in names]]
    for state in states.sources:
        unit = unit_of_source(state.id, context)
        coverage = coverage_of(counts.units.get(unit)) if unit else None
        three = (
            [None] * 3 if coverage is None else [coverage.counted, coverage.here, coverage.missing]
        )
        rows.append(
            [
                source_name(state.id, viewer, words),
                state.id,
                words("data_silent" if state.silent else "data_fresh"),
                round(state.age / MINUTE, 1),
                round(state.limit / MINUTE, 1),
                "" if state.last is None else sortable(state.last, viewer),
                sum(state.bars),
                *three,
                errors.count(state.id),
            ]
        )
    return ListedPage("sources", DataTable("", (), ()), "", Empty("none", ""), sheet=rows)
