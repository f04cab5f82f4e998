"""Small charts that the server draws: geometry in plain numbers, for presentation attributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.parts.marks import LiveBinding, Shape, Tone


@dataclass(frozen=True)
class ChartBar:
    """``share``: 0..1 of the longest. ``value``: as written beside it; ``aside``: at the row's
    end. ``hatched``: the clock is stopped, or an input missing. ``line``: a line stands above, as
    between what is late and what is not."""

    label: str
    share: float
    value: str
    tone: Tone = "neutral"
    hatched: bool = False
    href: str = ""
    aside: str = ""
    line: bool = False
    title: str = ""


@dataclass(frozen=True)
class Bars:
    """Horizontal bars. ``total``: (label, value, note) under a line, if they add up to one;
    ``of``: the list of what the note counts."""

    caption: str
    bars: tuple[ChartBar, ...]
    total: tuple[str, str, str] | None = None
    note: str = ""
    of: str = ""


def shares(values: Sequence[float]) -> list[float]:
    """Each of the largest; a value above 0 is never invisible."""
    most = max(values, default=0)
    return [max(value / most, 0.012) if value > 0 and most else 0.0 for value in values]


@dataclass(frozen=True)
class Sparkline:
    """``points``: x and y of each piece of the line in a box of 100 x 24, a gap where a value is
    missing; ``target``: y of the dashed line; ``last``: the dot at its end; ``label``: all of it in
    words."""

    pieces: tuple[str, ...]
    last: tuple[float, float] | None
    target: float | None
    tone: Tone
    label: str


WIDTH, HEIGHT, _EDGE = 100.0, 24.0, 2.5


def sparkline(
    values: Sequence[float | None],
    label: str,
    target: float | None = None,
    tone: Tone = "neutral",
    least: float | None = None,
    most: float | None = None,
) -> Sparkline:
    """The line of ``values`` in their order. ``least`` and ``most`` set the scale where several
    lines are compared; else it is that of the values and the target."""
    known = [value for value in values if value is not None]
    scale = [*known, *([] if target is None else [target])]
    low = min(scale, default=0.0) if least is None else least
    high = max(scale, default=1.0) if most is None else most
    span = (high - low) or 1.0
    step = (WIDTH - 2 * _EDGE) / max(1, len(values) - 1)

    def height(value: float) -> float:
        share = min(1.0, max(0.0, (value - low) / span))
        return round(HEIGHT - _EDGE - share * (HEIGHT - 2 * _EDGE), 2)

    places = [
        None if value is None else (round(_EDGE + i * step, 2), height(value))
        for i, value in enumerate(values)
    ]
    return Sparkline(
        pieces=tuple(_pieces(places)),
        last=next((place for place in reversed(places) if place is not None), None),
        target=None if target is None else height(target),
        tone=tone,
        label=label,
    )


def _pieces(places: Sequence[tuple[float, float] | None]) -> list[str]:
    """Runs of known places as points of a polyline; a lone one is no line."""
    runs: list[list[str]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(f"{place[0]},{place[1]}")
    return [" ".join(run) for run in runs if len(run) > 1]


@dataclass(frozen=True)
class Dot:
    """``kind``: whose value it is."""

    share: float
    kind: str
    value: str
    label: str


@dataclass(frozen=True)
class DotRow:
    """One indicator: dots on a scale from ``low`` to ``high`` (as written at its ends)."""

    label: str
    dots: tuple[Dot, ...]
    low: str
    high: str
    value: str
    tone: Tone = "neutral"
    shape: Shape = ""
    href: str = ""
    note: str = ""
    live: LiveBinding | None = None


@dataclass(frozen=True)
class DotPlot:
    """Own values beside others'. ``legend``: (kind, words); kinds are "own", "unit", "median" and
    "target"."""

    caption: str
    rows: tuple[DotRow, ...]
    legend: tuple[tuple[str, str], ...]
    note: str = ""


def place_on(value: float, low: float, high: float) -> float:
    """Where a value stands on a scale, 0..1; beyond its ends it stands at the end."""
    return 0.5 if high <= low else min(1.0, max(0.0, (value - low) / (high - low)))
