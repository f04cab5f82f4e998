"""Units and officers that senders invent push no real ones off, and do not fill the memory."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from api.core import Live
from api.live.scope_limit import MOST_SCOPES, ScopeLimit
from api.live.tiles import MOST_TILES, MOST_UNLISTED, shown_units
from api.live.view import LiveView, TopicRecord
from dossiers.reference.unlisted import shown_name
from dossiers.tallies.vector import FIELD, WIDTH
from dossiers.text.keyed import Keyed
from dossiers.wire.alerts import Alert
from dossiers.wire.keys import officer_scope, unit_scope
from dossiers.wire.reference import Officer, Reference, Unit
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import ALERTS, REFERENCE, TALLIES
from sinks.notifier.directory import directory_of
from sinks.notifier.messages import compose
from tests.api.city import TIMELINE
from tests.api.settings import config
from tests.api.topic_records import clock

NOW = 1_791_000_000_000
REAL = tuple(
    Unit(id=f"real-{number:03}", name=f"Phường {number}", kind="commune") for number in range(168)
)
OFFICERS = tuple(
    Officer(id=f"cb-{number}", name=f"Cán bộ {number}", unit="real-000") for number in range(8)
)
CITY = Reference(units=REAL, officers=OFFICERS)


def tally(scope: str, overdue: int, open_: int = 1_000) -> TopicRecord:
    vector = [0] * WIDTH
    vector[FIELD["total"]] = vector[FIELD["open"]] = open_
    vector[FIELD["overdue"]] = overdue
    vector[FIELD["late_month"]] = overdue
    record = Tally(
        timeline=TIMELINE, scope=scope, now=1, vector=tuple(vector), versions={"0": (1, 1)}
    )
    return TALLIES, scope.encode(), msgspec.json.encode(record)


def breach(unit: str, number: int) -> TopicRecord:
    alert = Alert(
        timeline=TIMELINE, alert_id=f"{unit}-{number}", sequence=1, kind="overdue",
        transition="raised", dossier_id=f"d-{unit}-{number}", unit=unit, officer="", step="",
        procedure="", due_at=NOW + number, detected_at=NOW, level=0, occurred_at=NOW,
        received_at=NOW,
    )  # fmt: skip
    return ALERTS, b"", msgspec.json.encode(alert)


def reference(city: Reference = CITY) -> TopicRecord:
    return REFERENCE, b"a-hash", msgspec.json.encode(city)


def state_of(*records: TopicRecord) -> dict[str, Any]:
    live = Live(config(), query=None)  # type: ignore[arg-type]
    live.deliver(list(records))
    live.deliver([clock(0, NOW)])
    live.loaded()
    return live.state()


@pytest.fixture(scope="module")
def flooded() -> dict[str, Any]:
    """Every real unit and officer has little overdue, and invented ones have much."""
    return state_of(
        reference(),
        *(tally(f"unit:{unit.id}", 1) for unit in REAL),
        *(tally(f"officer:{officer.id}", 1) for officer in OFFICERS),
        *(tally(f"unit:a-invented-{number:03}", 900 - number) for number in range(240)),
        *(tally(f"officer:a-invented-{number:03}", 900) for number in range(240)),
        *(breach("a-invented-001", 1_000 + number) for number in range(100)),
        *(breach("real-007", number) for number in range(8)),
        tally("all", 100_000, 200_000),
    )


def test_every_unit_of_the_reference_data_keeps_its_tile(flooded: dict[str, Any]) -> None:
    units = flooded["units"]
    assert {unit.id for unit in REAL} <= set(units)
    assert [id_ for id_, unit in units.items() if unit["listed"]] == [unit.id for unit in REAL]
    others = [id_ for id_, unit in units.items() if not unit["listed"]]
    assert others == [f"a-invented-{number:03}" for number in range(MOST_UNLISTED)], "most overdue"
    assert len(units) <= MOST_TILES


def test_what_is_left_out_is_counted(flooded: dict[str, Any]) -> None:
    left_out = flooded["units_left_out"]
    assert left_out == {
        "units": 240 - MOST_UNLISTED,
        "open": (240 - MOST_UNLISTED) * 1_000,
        "overdue": sum(900 - number for number in range(MOST_UNLISTED, 240)),
    }
    shown = sum(unit["overdue"] for unit in flooded["units"].values())
    assert shown + left_out["overdue"] == 168 + sum(900 - number for number in range(240))


def test_those_who_have_to_act_are_real_ones(flooded: dict[str, Any]) -> None:
    act = flooded["act"]
    assert all(row["id"].startswith("real-") for row in act["units"])
    assert {row["id"] for row in act["officers"]} == {officer.id for officer in OFFICERS}
    assert [row["unit"] for row in act["breaches"]] == ["real-007"] * 8
    due = [row["due_at"] for row in act["breaches"]]
    assert due == sorted(due, reverse=True)


def test_where_nothing_is_listed_all_are_shown() -> None:
    """A log of somebody's own, without reference data."""
    state = state_of(
        reference(Reference()), *(tally(f"unit:u{number:03}", 1) for number in range(150))
    )
    assert len(state["units"]) == 150
    assert state["units_left_out"]["units"] == 0
    assert len(state["act"]["units"]) == 8


def test_a_few_others_stand_behind_the_listed_ones() -> None:
    found = state_of(reference(), tally("unit:unknown", 3), tally("unit:another", 0))
    assert list(found["units"])[-2:] == ["another", "unknown"]
    assert found["units_left_out"] == {"units": 0, "open": 0, "overdue": 0}


def test_more_listed_units_than_tiles_are_told() -> None:
    many = tuple(Unit(id=f"x{number}", name="x", kind="commune") for number in range(250))
    view = LiveView(TIMELINE, 1)
    view.apply([reference(Reference(units=many)), tally("unit:x249", 4), tally("unit:else", 9)])
    shown = shown_units(view)
    assert len(shown.units) == MOST_TILES
    assert shown.left_out == {"units": 51, "open": 2_000, "overdue": 13}


def test_a_unit_that_has_ended_has_a_tile_as_long_as_it_holds_open_dossiers() -> None:
    gone = msgspec.structs.replace(REAL[0], ended="2026-07-01", successor=REAL[1].id)
    city = reference(Reference(units=(gone, *REAL[1:3])))
    assert list(state_of(city)["units"]) == ["real-001", "real-002"]
    held = state_of(city, tally("unit:real-000", 1, open_=3))
    assert list(held["units"]) == ["real-000", "real-001", "real-002"]


@pytest.mark.parametrize("first", [True, False], ids=["reference first", "figures first"])
def test_invented_scopes_do_not_fill_the_memory(first: bool) -> None:
    view = LiveView(TIMELINE, 1, ScopeLimit(most=100))
    invented = [tally(f"unit:i{number}", 1) for number in range(500)]
    invented += [tally(f"officer:i{number}", 1) for number in range(500)]
    view.apply([reference(), *invented] if first else [*invented, reference()])
    assert len(view.tallies) == 100
    view.apply([tally("all", 1), *(tally(f"unit:{unit.id}", 2) for unit in REAL)])
    assert view.value("all", "overdue") == 1
    assert view.value("unit:real-167", "overdue") == 2
    assert len(view.tallies) == 100 + 1 + len(REAL)
    before = view.left_out
    view.apply([tally("unit:another", 1), tally("unit:i0", 1)])
    assert view.left_out == before + 1, "those that are known go on"
    assert MOST_SCOPES >= 10_000


def test_a_unit_that_becomes_listed_is_kept() -> None:
    view = LiveView(TIMELINE, 1, ScopeLimit(most=2))
    view.apply([reference(), tally("unit:new-1", 1), tally("unit:new-2", 1)])
    more = tuple(Unit(id=f"new-{number}", name="n", kind="commune") for number in (1, 2, 3))
    later = (REFERENCE, b"another", msgspec.json.encode(Reference(units=REAL + more)))
    view.apply([later, tally("unit:new-3", 1), tally("unit:i1", 1), tally("unit:i2", 1)])
    assert {"unit:new-1", "unit:new-2", "unit:new-3", "unit:i1", "unit:i2"} == set(view.tallies)


def test_breaches_of_a_flood_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.live.breaches.MOST_BREACHES", 50)
    view = LiveView(TIMELINE, 1)
    view.apply([reference(), breach("real-001", 0)])
    view.apply([breach("a-invented", number) for number in range(1, 1_000)])
    assert len(view.breaches) <= 100
    assert "real-001-0" in view.breaches


def test_names_that_came_as_a_hash_are_shown_as_missing_on_the_wall() -> None:
    keyed = Keyed(bytes(32))
    unit, officer, step = (keyed.hashed(kind, "x") for kind in ("unit", "officer", "step"))
    alert = msgspec.json.decode(breach(unit, 1)[2] or b"", type=Alert)
    alert = msgspec.structs.replace(alert, officer=officer, step=step)
    state = state_of(
        reference(),
        tally(unit_scope(unit), 30),
        tally(officer_scope(officer), 30),
        (ALERTS, b"", msgspec.json.encode(alert)),
    )
    assert state["units"][unit]["name"] == state["units"][unit]["short"] == shown_name(unit)
    assert [row["name"] for row in state["act"]["units"]] == [shown_name(unit)]
    assert [row["label"] for row in state["act"]["officers"]] == [shown_name(officer)]
    (row,) = state["act"]["breaches"]
    assert (row["unit_short"], row["officer"], row["step"]) == tuple(
        map(shown_name, (unit, officer, step))
    )


def test_they_are_shown_so_in_mails_too() -> None:
    keyed = Keyed(bytes(32))
    unit, officer, step = (keyed.hashed(kind, "x") for kind in ("unit", "officer", "step"))
    alert = msgspec.json.decode(breach(unit, 1)[2] or b"", type=Alert)
    alert = msgspec.structs.replace(alert, officer=officer, step=step)
    for language in ("vi", "en"):
        text = compose([alert], directory_of(CITY), "http://here", language)
        for name in (unit, officer, step):
            assert shown_name(name, language) in text.body
        assert shown_name(unit, language) in text.subject
