"""The wall's state as the live view makes it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from api.core import Live
from dossiers.tallies.vector import FIELD, WIDTH
from dossiers.wire.events import Tick
from dossiers.wire.reference import Reference, Rules
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import TALLIES
from tests.api.city import HOUR, START, TIMELINE, City, a_morning, progressed
from tests.api.settings import config
from tests.api.topic_records import clock, view_of


def state_of(city: City, **more: object) -> dict[str, Any]:
    live = Live(config(**more), query=None)  # type: ignore[arg-type]
    live.deliver(city.records())
    live.loaded()
    return live.state()


@pytest.fixture(scope="module")
def morning() -> City:
    city = City()
    for event in a_morning():
        city.publish(event)
    return city


def test_figures_agree_with_each_other(morning: City) -> None:
    state = state_of(morning)
    assert state["watermark"] == START + 2 * HOUR
    assert state["figures"]["overdue"]["value"] == 3
    for name in ("open", "due_soon", "overdue"):
        assert sum(u[name] for u in state["units"].values()) == state["figures"][name]["value"]
    rate = state["figures"]["on_time_rate"]
    assert (rate["finished"], rate["late"], rate["value"]) == (2, 1, 50.0)
    assert rate["target"] == Rules().target_rate
    assert {row["id"] for row in state["act"]["units"]} == {"u1", "u/2"}
    assert state["act"]["units"][0]["overdue"] == 2


def test_officers_on_the_wall_follow_the_setting(morning: City) -> None:
    by_mode = {mode: state_of(morning, officer_names=mode)["act"] for mode in
               ("initials", "full", "off")}  # fmt: skip
    assert "Nguyễn" not in str(by_mode["initials"])
    assert "N.T.H." in str(by_mode["initials"])
    assert "Nguyễn Thị Hoa" in str(by_mode["full"])
    assert by_mode["off"]["officers"] == []
    assert {breach["officer"] for breach in by_mode["off"]["breaches"]} == {""}


def test_a_log_without_reference_data_has_tiles_for_its_units() -> None:
    city = City(reference=Reference(timezone="Europe/Amsterdam"))
    for event in a_morning():
        city.publish(event)
    state = state_of(city)
    assert set(state["units"]) == {"u1", "u/2"}
    assert state["units"]["u1"]["name"] == "u1"


def test_a_unit_that_only_dossiers_name_has_a_tile_while_it_holds_some() -> None:
    city = City()
    city.publish(progressed("never-received", START, "s", "u9", "o9"), Tick(START))
    assert "unit:u9" in view_of(*city.records()).tallies
    assert "u9" not in state_of(city)["units"]


def test_small_units_come_last_on_the_list() -> None:
    records = [clock(0, START)]
    for number, (unit, open_, overdue) in enumerate([("small", 3, 3), ("large", 400, 2)]):
        vector = [0] * WIDTH
        vector[FIELD["total"]] = vector[FIELD["open"]] = open_
        vector[FIELD["overdue"]] = overdue
        record = Tally(timeline=TIMELINE, scope=f"unit:{unit}", now=1, vector=tuple(vector),
                       versions={"0": (1, number)})  # fmt: skip
        records.append((TALLIES, unit.encode(), msgspec.json.encode(record)))
    live = Live(config(), query=None)  # type: ignore[arg-type]
    live.deliver(records)
    assert [row["id"] for row in live.state()["act"]["units"]] == ["large", "small"]


@pytest.mark.parametrize(
    ("month", "days", "window", "finished", "rate"),
    [
        ((10, 5, 5), (90, 0, 10), "month", 20, 75.0),
        ((1, 0, 2), (90, 0, 10), "30d", 100, 90.0),  # the first days of a month
        ((0, 0, 0), (15, 4, 1), "30d", 20, 95.0),
        ((1, 1, 0), (10, 9, 0), "month", 2, 100.0),  # too few in either: what there is
        ((0, 0, 0), (0, 0, 0), "month", 0, None),
    ],
)
def test_early_in_a_month_the_rate_is_that_of_30_days(
    month: tuple[int, int, int],
    days: tuple[int, int, int],
    window: str,
    finished: int,
    rate: float | None,
) -> None:
    vector = [0] * WIDTH
    for of, counts in (("month", month), ("30d", days)):
        for name, count in zip(("early", "on_time", "late"), counts, strict=True):
            vector[FIELD[f"{name}_{of}"]] = count
    vector[FIELD["total"]] = 1
    live = Live(config(), query=None)  # type: ignore[arg-type]
    records = [clock(0, START)]
    for scope in ("all", "unit:u1"):
        record = Tally(timeline=TIMELINE, scope=scope, now=1, vector=tuple(vector),
                       versions={"0": (1, 1)})  # fmt: skip
        records.append((TALLIES, scope.encode(), msgspec.json.encode(record)))
    live.deliver(records)
    state = live.state()
    tile, figure = state["units"]["u1"], state["figures"]["on_time_rate"]
    assert (tile["rate_window"], tile["finished"], tile["rate"]) == (window, finished, rate)
    assert (figure["window"], figure["finished"], figure["value"]) == (window, finished, rate)
