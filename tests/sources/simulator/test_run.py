"""The simulated city sent to Kafka: its history, its clock, and a stop on the way."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest

from dossiers.wire.events import Tick
from sources.simulator.city import City
from sources.simulator.plan import SimulationPlan
from sources.simulator.run import SimulatedClock, SimulationProgress, run_simulation
from sources.simulator.stream import Sent
from sources.ticks import LastTick
from tests.sources.test_replay import Recorder


def test_publishes_history_then_goes_on(
    city: City, plan: SimulationPlan, history: list[Sent]
) -> None:
    recorder = Recorder(stop_after=0)
    past = [sent.event for sent in history if sent.at < plan.live_from]
    recorder.stop_after = len(past) + 5
    result = run_simulation(recorder, city, plan, recorder.stop, speed=20_000)
    assert result.phase == "live"
    assert result.published >= len(past) + 5
    told = [e for sent in recorder.sent.values() for e in sent if not isinstance(e, Tick)]
    assert {e.event_id for e in past} <= {e.event_id for e in told}  # type: ignore[union-attr]
    for sent in recorder.sent.values():
        arrivals = [e.now if isinstance(e, Tick) else e.received_at for e in sent]  # type: ignore[union-attr]
        assert arrivals == sorted(arrivals)
        assert Tick(now=plan.live_from) in sent
        assert isinstance(sent[-1], Tick)


def test_a_stopped_run_goes_on_where_it_was(
    city: City, plan: SimulationPlan, history: list[Sent]
) -> None:
    first, second = Recorder(stop_after=1_000), Recorder()
    run_simulation(first, city, plan, first.stop)
    last = [
        LastTick(max(e.now for e in first.sent[p] if isinstance(e, Tick)))
        for p in range(first.partitions)
    ]

    def stop_at_present(progress: SimulationProgress) -> None:
        if progress.share == 1.0:
            second.stop.set()

    run_simulation(second, city, plan, second.stop, last=last, on_progress=stop_at_present)
    told = [
        event
        for recorder in (first, second)
        for sent in recorder.sent.values()
        for event in sent
        if not isinstance(event, Tick)
    ]
    wanted = [sent.event.event_id for sent in history if sent.at < plan.live_from]
    missing = set(wanted) - {event.event_id for event in told}  # type: ignore[union-attr]
    assert not missing


def test_refuses_a_speed_of_nothing(city: City, plan: SimulationPlan) -> None:
    with pytest.raises(ValueError, match="speed must be above 0"):
        run_simulation(Recorder(), city, plan, threading.Event(), speed=0)


@pytest.mark.parametrize(
    ("local", "factor"),
    [
        ("2026-11-19T10:00", 1),
        ("2026-11-19T12:00", 1),
        ("2026-11-19T20:00", 8),
        ("2026-11-21T10:00", 8),
    ],
)
def test_the_clock_runs_faster_while_offices_are_closed(
    city: City, local: str, factor: int
) -> None:
    start = datetime.fromisoformat(local).replace(tzinfo=city.calendar.zone)
    read = [100.0]
    clock = SimulatedClock(city, int(start.timestamp() * 1_000), 60, lambda: read[0])
    read[0] += 0.5
    assert clock.step() == int(start.timestamp() * 1_000) + 30_000 * factor
    before = clock.step()
    read[0] += 3_600  # the process was stopped: time does not leap ahead
    assert clock.step() - before == 120_000 * factor


def test_the_clock_does_not_run_past_the_opening(city: City) -> None:
    start = datetime(2026, 11, 19, 6, 59, 50, tzinfo=city.calendar.zone)
    read = [0.0]
    clock = SimulatedClock(city, int(start.timestamp() * 1_000), 60, lambda: read[0])
    read[0] = 0.2  # 12 s at plain speed, 96 s at night's
    assert clock.step() == int(start.timestamp() * 1_000) + 12_000
