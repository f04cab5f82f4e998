"""How fresh the figures of a page are, in the words of the wall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from api.pages.words import Words, local_time
from api.viewer import Viewer
from dossiers.time.calendar import Calendar

LIVE_MS = 10_000  # as on the wall (dashboards/wall/freshness.js)
STALE_MS = 60_000
FAST = 10.0  # data seconds a real second above which seconds are noise

Verdict = Literal["live", "delayed", "stale", "empty", "ended"]


@dataclass(frozen=True)
class FreshnessBand:
    """``verdict`` as on the wall; "ended" in a replay, which has no present. ``clock``, ``date``:
    data time; ``as_of``: both, to the second. ``trusted``: whether numbers may wear colour."""

    verdict: Verdict
    label: str
    detail: str
    clock: str
    date: str
    as_of: str
    watermark: int | None
    age: int | None  # ms
    trusted: bool


def judged(age: int | None, mode: str) -> Verdict:
    """``age``: real ms since the watermark last advanced, None before the first tick."""
    if age is None:
        return "empty"
    if age <= LIVE_MS:
        return "live"
    if mode == "replay":
        return "ended"
    return "delayed" if age <= STALE_MS else "stale"


def band_of(viewer: Viewer, words: Words, calendar: Calendar) -> FreshnessBand:
    """The band of a page that is made now."""
    view = viewer.view
    watermark, age = view.watermark, view.tick_age_ms()
    verdict = judged(age if watermark is not None else None, viewer.live.config.mode)
    as_of = "" if watermark is None else local_time(watermark, calendar, seconds=True)
    return FreshnessBand(
        verdict=verdict,
        label=words(f"band_{verdict}"),
        detail=_detail(verdict, as_of, age or 0, words),
        clock="–" if watermark is None else _clock(watermark, calendar, viewer),
        date="" if watermark is None else _date(watermark, calendar, words),
        as_of=as_of,
        watermark=watermark,
        age=age,
        trusted=verdict not in ("stale", "empty"),
    )


def _clock(watermark: int, calendar: Calendar, viewer: Viewer) -> str:
    fast = viewer.live.config.mode != "live" and viewer.view.freshness.speed >= FAST
    return calendar.local(watermark).strftime("%H:%M" if fast else "%H:%M:%S")


def _date(watermark: int, calendar: Calendar, words: Words) -> str:
    local = calendar.local(watermark)
    return f"{words(f'weekday_{local.isoweekday()}')} {local:%d/%m/%Y}"


def _detail(verdict: Verdict, as_of: str, age_ms: int, words: Words) -> str:
    if verdict == "empty":
        return words("band_waiting")
    if verdict in ("stale", "ended"):
        return words("band_as_of", time=as_of)
    return words("band_behind", n=max(1, round(age_ms / 1000)))
