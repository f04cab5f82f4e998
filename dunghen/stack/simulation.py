"""The simulated city of ``dunghen demo``: what its timeline is made from, and what drives it."""

from __future__ import annotations

import logging
import signal
import threading
import time
from pathlib import Path

from dossiers.errors import UserError
from dossiers.wire.timeline import Timeline
from dunghen.settings.installation import Installation
from dunghen.stack.plan import Material
from dunghen.timeline.current import require_timeline
from sources.publisher import Publisher
from sources.simulator.city import City
from sources.simulator.people import People
from sources.simulator.plan import SimulationPlan
from sources.simulator.run import SimulationProgress, run_simulation
from sources.simulator.settings import load_settings
from sources.ticks import last_ticks

log = logging.getLogger(__name__)
_TELL_SECONDS = 5.0


def city_material(installation: Installation) -> Material:
    """Reference data of the city, and its plan as the timeline's source.

    A folder that holds a city continues with it; another seed than its own is refused.
    """
    settings = installation.settings.demo
    known = installation.folder.timeline() if installation.folder.exists else None
    if known is None:
        city = _city(settings.seed, settings.city)
        plan = SimulationPlan.make(city, time.time_ns() // 1_000_000)
    else:
        plan = _plan_of(known)
        if installation.loaded.origins["demo.seed"] != "default" and settings.seed != plan.seed:
            raise UserError(
                f"The state folder {installation.folder.path} holds the city of seed "
                f"{plan.seed}, not {settings.seed}.",
                "Leave --seed out to go on with it, or use another folder with --state DIR.",
            )
        city = _city(plan.seed, settings.city)
    return Material(city.reference(), str(plan), f"seed {plan.seed}")


def run_city(installation: Installation) -> None:
    """Publish events and time of the city until SIGTERM."""
    timeline = require_timeline(installation, "simulation")
    plan = _plan_of(timeline)
    settings = installation.settings.demo
    kafka = installation.kafka
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    told = _Teller()
    city = _city(plan.seed, settings.city)
    with Publisher(kafka, timeline.partitions) as publisher:
        run_simulation(
            publisher,
            city,
            plan,
            stop,
            speed=settings.speed,
            last=last_ticks(kafka, timeline.partitions),
            people=People(city, timeline.id),
            on_progress=told,
        )


class _Teller:
    """Says now and then how far the city's history is."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, progress: SimulationProgress) -> None:
        if progress.phase == "history" and time.monotonic() - self._told > _TELL_SECONDS:
            self._told = time.monotonic()
            log.info("history: %d events, %.0f%%", progress.published, 100 * progress.share)


def _city(seed: int, file: Path | None) -> City:
    return City(seed, load_settings(file) if file is not None else load_settings())


def _plan_of(timeline: Timeline) -> SimulationPlan:
    plan = SimulationPlan.parse(timeline.source)
    if plan is None:
        raise UserError(
            "This timeline is no simulation that this version can go on with.",
            "Use another state folder (--state DIR).",
        )
    return plan
