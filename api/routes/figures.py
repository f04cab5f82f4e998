"""The counts of a scope as REST shows them; names and meaning are those of
dossiers.tallies.vector."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from api.live.view import Picture
from dossiers.tallies.vector import ALL_TIME, FIELD, GAUGES, MEASURES, WINDOWS, on_time_rate

Window = Literal["1h", "24h", "7d", "30d", "month"]
_EMPTY = (0,) * len(FIELD)


class Flow(BaseModel):
    """What happened within a window that ends at the pipeline's time."""

    received: int = Field(examples=[412])
    early: int = Field(description="finished on a date before the due date", examples=[377])
    on_time: int = Field(description="finished by the due time, not early", examples=[21])
    late: int = Field(description="finished, or withdrawn, after the due time", examples=[9])
    no_due: int = Field(description="finished without any due time", examples=[0])
    newly_overdue: int = Field(description="due times that passed unfinished", examples=[5])
    late_receptions: int = Field(description="receptions that became late", examples=[1])
    on_time_rate: float | None = Field(
        description="percent of the finished that were not late", examples=[97.79]
    )


class Figures(BaseModel):
    """How things stand (dossiers.tallies.vector.GAUGES), and the rolling windows.

    Counts of all time (total, early, on_time, late, no_due, refused, withdrawn, flagged, extended,
    rewritten, backdated) are null if closed dossiers leave the stream; `/api/v1/counts` counts
    most of them in ClickHouse.
    """

    total: int | None = Field(description="open and finished", examples=[1434])
    open: int = Field(description="within + waiting + overdue", examples=[105])
    within: int = Field(description="the clock runs, the due time has not passed", examples=[60])
    waiting: int = Field(description="the clock is stopped", examples=[6])
    due_soon: int = Field(description="within, at most 8 working hours left", examples=[12])
    overdue: int = Field(description="open after the due time", examples=[39])
    early: int | None = Field(examples=[951])
    on_time: int | None = Field(examples=[1])
    late: int | None = Field(examples=[377])
    no_due: int | None = Field(examples=[0])
    refused: int | None = Field(description="not accepted; outside total", examples=[3])
    withdrawn: int | None = Field(description="in time; outside total", examples=[2])
    pending: int = Field(description="submitted, neither accepted nor refused", examples=[4])
    late_receptions: int = Field(description="pending for too long", examples=[1])
    flagged: int | None = Field(
        description="dossiers with a data flag besides after_end", examples=[121]
    )
    suspended: int = Field(description="open, and the clock is stopped", examples=[8])
    extended: int | None = Field(description="part of total: with an extension", examples=[17])
    rewritten: int | None = Field(description="a date was changed afterwards", examples=[5])
    step_overdue: int = Field(
        description="open, and the present step has used up its limit", examples=[23]
    )
    reopened: int = Field(description="ended, and open again", examples=[2])
    backdated: int | None = Field(
        description="late or not, by dates that a snapshot had contradicted", examples=[4]
    )
    windows: dict[Window, Flow]


def figures_of(view: Picture, scope: str) -> Figures:
    """The figures of a scope; zero if it has no tally."""
    tally = view.tallies.get(scope)
    vector = _EMPTY if tally is None else tally.vector
    windows = {}
    for window in WINDOWS:
        flow = {name: vector[FIELD[f"{name}_{window}"]] for name in MEASURES}
        rate = on_time_rate(flow["early"], flow["on_time"], flow["late"])
        windows[window] = {**flow, "on_time_rate": None if rate is None else round(rate, 2)}
    gauges: dict[str, int | None] = {name: vector[FIELD[name]] for name in GAUGES}
    if not view.all_time:
        gauges.update(dict.fromkeys(ALL_TIME))
    return Figures.model_validate({**gauges, "windows": windows})
