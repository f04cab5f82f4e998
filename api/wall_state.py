"""The state of a wall, made from the live view and its history. Pure; see docs/feed.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.config import ApiConfig
from api.labels import officer_label
from api.live.history import History
from api.live.rates import on_time_of, rate_in
from api.live.source_limits import SourceLimits
from api.live.tiles import shown_units
from api.live.view import Picture
from dossiers.reference.unlisted import shown_name
from dossiers.tallies.vector import FIELD
from dossiers.wire.keys import ALL, officer_scope, unit_scope
from dossiers.wire.reference import Reference, Unit

LISTED = 8
_FIGURES = ("open", "due_soon", "overdue", "late_receptions")
_OVERDUE, _OPEN = FIELD["overdue"], FIELD["open"]


def wall_state(
    view: Picture, history: History, config: ApiConfig, counters: Mapping[str, int], release: str
) -> dict[str, Any]:
    """The whole state as plain JSON types. Times in ms, rates in percent."""
    reference = view.reference
    shown = shown_units(view)
    listed = {unit.id for unit in reference.units}
    units = {
        unit.id: {**_unit(unit, view, history), "listed": unit.id in listed} for unit in shown.units
    }
    return {
        "mode": config.mode,
        "timeline": view.timeline,
        "title": reference.title or config.title,
        "timezone": reference.timezone,
        "release": release,
        "watermark": view.watermark,
        "clock_speed": 1.0 if config.mode == "live" else view.freshness.speed,
        "figures": _figures(view, history),
        "units": units,
        "units_left_out": dict(shown.left_out),
        "act": _act(view, units, config),
        "trend": _trend(view, history),
        "data": _data(view, history, counters, config),
        "options": {
            "officer_names": config.officer_names,
            "minimum_volume": reference.rules.minimum_volume,
        },
    }


def _unit(unit: Unit, view: Picture, history: History) -> dict[str, Any]:
    scope = unit_scope(unit.id)
    tally = view.tallies.get(scope)
    vector = tally.vector if tally is not None else (0,) * len(FIELD)
    overdue = vector[FIELD["overdue"]]
    before = history.before.get(scope)
    shown = on_time_of(view, scope)
    return {
        "name": unit.name,
        "short": unit.short or unit.name,
        "kind": unit.kind,
        "parent": unit.parent,
        "x": unit.x,
        "y": unit.y,
        "open": vector[FIELD["open"]],
        "due_soon": vector[FIELD["due_soon"]],
        "overdue": overdue,
        "rate": None if shown.rate is None else round(shown.rate, 2),
        "rate_window": shown.window,
        "finished": shown.finished,
        "received": vector[FIELD["received_month"]],
        "change": None if before is None else overdue - int(before["overdue"]),
    }


def _figures(view: Picture, history: History) -> dict[str, Any]:
    before = history.before.get(ALL)
    figures: dict[str, Any] = {
        name: {
            "value": view.value(ALL, name) if view.loaded else None,
            "previous": None if before is None else int(before[name]),
            "spark": _spark(history, name),
        }
        for name in _FIGURES
    }
    shown = on_time_of(view, ALL)
    figures["on_time_rate"] = {
        "value": shown.rate,
        "window": shown.window,
        "target": view.reference.rules.target_rate,
        "previous": rate_in(before, shown.window),
        "spark": _spark(history, f"on_time_rate_{shown.window}"),
        "finished": shown.finished,
        "late": shown.late,
    }
    return figures


def _spark(history: History, name: str) -> list[Any]:
    return [value for value in history.sparks.get(name, []) if value is not None]


def _trend(view: Picture, history: History) -> dict[str, Any]:
    if history.trend is None:
        return {"from": view.watermark, "step_ms": 0, "received": [], "finished": [], "overdue": []}
    return dict(history.trend)


def _share(overdue: int, open_: int) -> float:
    return round(100.0 * overdue / open_, 1) if open_ else 0.0


def _act(view: Picture, units: dict[str, Any], config: ApiConfig) -> dict[str, Any]:
    """Who has to act: most overdue first, then the worse share. Small ones are listed last, so
    that one dossier does not put a small unit on the wall; after all, units and officers that no
    reference data names: whoever sends dossiers may invent them."""
    named = config.officer_names != "off"
    return {
        "units": _worst(_units_to_act(view, units)),
        "officers": _worst(_officers_to_act(view, config)) if named else [],
        "breaches": _breaches(view, units, config),
    }


def _units_to_act(view: Picture, units: dict[str, Any]) -> list[dict[str, Any]]:
    minimum = view.reference.rules.minimum_volume
    return [
        {
            "id": id_,
            "name": unit["name"],
            "overdue": unit["overdue"],
            "rate": unit["rate"],
            "share": _share(unit["overdue"], unit["open"]),
            "change": unit["change"],
            "_small": unit["open"] < minimum,
            "_unlisted": not unit["listed"],
        }
        for id_, unit in units.items()
        if unit["overdue"]
    ]


def _officers_to_act(view: Picture, config: ApiConfig) -> list[dict[str, Any]]:
    minimum = view.reference.rules.minimum_volume
    listed = {officer.id: officer for officer in view.reference.officers}
    prefix = officer_scope("")
    rows = []
    for scope, tally in view.tallies.items():
        if scope.startswith(prefix) and (overdue := tally.vector[_OVERDUE]):
            id_, open_ = scope.removeprefix(prefix), tally.vector[_OPEN]
            officer = listed.get(id_)
            rows.append(
                {
                    "id": id_,
                    "label": officer_label(officer.name if officer else id_, config.officer_names),
                    "unit": officer.unit if officer else "",
                    "overdue": overdue,
                    "share": _share(overdue, open_),
                    "_small": open_ < minimum // 4,
                    "_unlisted": officer is None,
                }
            )
    return rows


def _breaches(view: Picture, units: dict[str, Any], config: ApiConfig) -> list[dict[str, Any]]:
    names = {officer.id: officer.name for officer in view.reference.officers}
    return [
        {
            "alert_id": alert.alert_id,
            "dossier_id": alert.dossier_id,
            "unit": alert.unit,
            "unit_short": units.get(alert.unit, {}).get("short", shown_name(alert.unit)),
            "officer": officer_label(names.get(alert.officer, alert.officer), config.officer_names),
            "step": shown_name(alert.step),
            "due_at": alert.due_at,
        }
        for alert in view.newest_breaches(LISTED)
    ]


def _worst(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows.sort(
        key=lambda row: (
            row["_unlisted"], row["_small"], -row["overdue"], -row["share"], row["id"],
        )
    )  # fmt: skip
    return [{k: v for k, v in row.items() if not k.startswith("_")} for row in rows[:LISTED]]


def _data(
    view: Picture, history: History, counters: Mapping[str, int], config: ApiConfig
) -> dict[str, Any]:
    now = view.watermark or 0
    return {
        "sources": sources_of(view.reference, history, now, config.mode),
        "dead_letters": view.letters.open,
        "flagged": flagged(view, history),
        "duplicates": counters.get("duplicates", 0),
        "lag": counters.get("lag", 0),
        "checked": config.checked(),
    }


def flagged(view: Picture, history: History) -> int | None:
    """Dossiers with a data flag, of all time; None until ClickHouse has counted them."""
    return view.value(ALL, "flagged") if view.all_time else history.flagged


def sources_of(reference: Reference, history: History, now: int, mode: str) -> list[dict[str, Any]]:
    """A source is fresh if it spoke within its limit; a replay has no present."""
    limits = SourceLimits(reference)
    return [
        {
            "id": source,
            "age_ms": max(0, now - last) // 60_000 * 60_000,  # a coarse age spares the feed
            "fresh": mode == "replay" or limit.age(last, now) <= limit.span,
        }
        for source, last in history.sources.items()
        for limit in (limits.of(source),)
    ]
