"""A small city, its plan and its history."""

from __future__ import annotations

import pytest

from sources.simulator.city import City
from sources.simulator.plan import SimulationPlan
from sources.simulator.stream import Sent, events
from tests.sources.simulator.days import DAY, NOW, short_history


@pytest.fixture(scope="module")
def city() -> City:
    return City(1, short_history(dossiers_per_day=40))


@pytest.fixture(scope="module")
def plan(city: City) -> SimulationPlan:
    return SimulationPlan.make(city, NOW)


@pytest.fixture(scope="module")
def history(city: City, plan: SimulationPlan) -> list[Sent]:
    return list(events(city, plan.origin, 0, plan.live_from + 3 * DAY))
