"""The table of sources: their age, what came since opening, coverage and errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from api.data_quality.counted import PortalCounts, coverage_of, last_list, unit_of_source
from api.data_quality.sources import SourceState, SourceStates
from api.data_quality.sync_errors import SyncErrors
from api.pages.data.wording import silence_in_words, source_name, source_sub
from api.pages.parts.marks import Shape, Tone
from api.pages.rendering import calendar_in_use
from api.pages.words import Words, hour_minute
from api.viewer import Viewer

SHOWN = 12
_WIDTH, _HEIGHT = 180.0, 20.0


@dataclass(frozen=True)
class SlotBar:
    """One bar: geometry in a box of 180 x 20. ``none``: nothing came; a line at the bottom."""

    x: float
    y: float
    width: float
    height: float
    none: bool


@dataclass(frozen=True)
class SourceLine:
    """One source, in words. ``late_bars``: so many slots at the end in which nothing came, of a
    silent source."""

    name: str
    sub: str
    status: str
    tone: Tone
    shape: Shape
    age: str
    limit: str
    bars: tuple[SlotBar, ...]
    bars_label: str
    counted: str
    here: str
    missing: str
    share: str
    errors: str
    errors_href: str
    missing_href: str


@dataclass(frozen=True)
class SourceTable:
    """``total``: of those with a count; None if there is none. ``rest``: so many are not shown."""

    lines: tuple[SourceLine, ...]
    total: SourceLine | None
    rest: int
    bars_title: str


def source_table(
    states: SourceStates,
    counts: PortalCounts,
    errors: SyncErrors,
    viewer: Viewer,
    words: Words,
    most: int | None = SHOWN,
) -> SourceTable:
    """Silent ones first, then those with most errors. ``most``: lines shown; None: all."""
    order = sorted(
        states.sources, key=lambda s: (not s.silent, -errors.count(s.id), -sum(s.bars), s.id)
    )
    shown = order if most is None else order[:most]
    lines = tuple(_line(state, counts, errors, viewer, words) for state in shown)
    opened = hour_minute(states.opened_at, calendar_in_use(viewer))
    return SourceTable(
        lines,
        _total(order, counts, errors, viewer, words),
        len(order) - len(shown),
        words("data_bars_title", at=opened),
    )


def _line(
    state: SourceState, counts: PortalCounts, errors: SyncErrors, viewer: Viewer, words: Words
) -> SourceLine:
    calendar = calendar_in_use(viewer)
    unit = unit_of_source(state.id, viewer.live.view.context)
    coverage = coverage_of(counts.units.get(unit)) if unit else None
    missing = 0 if coverage is None else coverage.missing
    count = errors.count(state.id)
    return SourceLine(
        name=source_name(state.id, viewer, words),
        sub=source_sub(state.id, viewer, words),
        status=words("data_silent" if state.silent else "data_fresh"),
        tone="late" if state.silent else "fresh",
        shape="silent" if state.silent else "",
        age=silence_in_words(state, calendar, words),
        limit=words.amount(state.limit, calendar),
        bars=bars_of(state.bars),
        bars_label=words("data_bars_label", n=words.number(sum(state.bars))),
        counted=words("data_not_counted") if coverage is None else words.number(coverage.counted),
        here="–" if coverage is None else words.number(coverage.here),
        missing="–" if coverage is None else words.number(missing),
        share="–" if coverage is None else words.decimal(coverage.share, 2),
        errors=words.number(count),
        errors_href=f"/data/errors?{urlencode({'source': state.id})}" if count else "",
        missing_href=missing_address(unit, viewer) if missing else "",
    )


def missing_address(unit: str, viewer: Viewer) -> str:
    """The ids that the last list of a unit has and that are not here; "" if none was compared:
    months are counted without a list."""
    return f"/data/missing?{urlencode({'unit': unit})}" if last_list(viewer, unit) else ""


def _total(
    states: Sequence[SourceState],
    counts: PortalCounts,
    errors: SyncErrors,
    viewer: Viewer,
    words: Words,
) -> SourceLine | None:
    """The sum of the sources that the portal counts."""
    context = viewer.live.view.context
    units = {unit for s in states if (unit := unit_of_source(s.id, context))}
    found = [c for unit in units if (c := coverage_of(counts.units.get(unit))) is not None]
    if not found:
        return None
    counted, missing = sum(c.counted for c in found), sum(c.missing for c in found)
    share = None if not counted else 100.0 * (counted - missing) / counted
    return SourceLine(
        name=words("data_sources_total", n=words.number(len(found))),
        sub="",
        status="",
        tone="neutral",
        shape="",
        age="",
        limit="",
        bars=(),
        bars_label="",
        counted=words.number(counted),
        here=words.number(sum(c.here for c in found)),
        missing=words.number(missing),
        share=words.decimal(share, 2),
        errors=words.number(errors.total),
        errors_href="/data/errors" if errors.total else "",
        missing_href="",
    )


def bars_of(values: Sequence[int]) -> tuple[SlotBar, ...]:
    """Bars beside each other, the highest as high as the box."""
    most, step = max(values, default=0), _WIDTH / max(18, len(values))
    found = []
    for place, value in enumerate(values):
        height = max(2.0, _HEIGHT * value / most) if value and most else 1.5
        found.append(
            SlotBar(
                x=round(place * step, 2),
                y=round(_HEIGHT - height, 2),
                width=round(step * 0.84, 2),
                height=round(height, 2),
                none=not value,
            )
        )
    return tuple(found)
