"""Runs a simulated city into a timeline: its history at full speed, then the present, paced."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dossiers.time.day_table import instant
from dossiers.wire.events import encode_event
from sources.pace import EventSender, MinuteTicks
from sources.simulator.city import City
from sources.simulator.people import People
from sources.simulator.plan import SimulationPlan
from sources.simulator.stream import Sent, events
from sources.ticks import LastTick

log = logging.getLogger(__name__)

STEP_SECONDS = 0.25  # a tick and what happened since the last one, this often
_LONGEST_STEP = 2.0  # seconds: after a longer pause of this process the clock goes on, not ahead
_REPORT_EVERY = 5_000


@dataclass
class SimulationProgress:
    """``phase``: history or live. ``now``: the simulated time (ms). ``published``: events."""

    phase: str = "history"
    now: int = 0
    published: int = 0
    share: float = 0.0


def run_simulation(
    publisher: EventSender,
    city: City,
    plan: SimulationPlan,
    stop: threading.Event,
    *,
    speed: float = 60.0,
    last: Sequence[LastTick | None] | None = None,
    people: People | None = None,
    on_progress: Callable[[SimulationProgress], None] | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> SimulationProgress:
    """Publishes until ``stop`` is set. ``speed``: simulated seconds a real second. ``people``: act
    on alerts; None: nobody does.

    ``last``: the newest ticks of the timeline (sources.ticks.last_ticks), where this goes on; what
    may have got lost between them is sent again, and dropped by the stream if it was not.
    Raises BrokerError, or ValueError for a speed that is not above 0.
    """
    if speed <= 0:
        raise ValueError(f"speed must be above 0, not {speed:g}")
    known = [tick.now for tick in last or [] if tick is not None]
    complete = bool(known) and len(known) == len(last or [])
    from_ms = min(known) if complete else 0
    caught_up = max(plan.live_from, max(known, default=0))
    report = on_progress or (lambda progress: None)
    progress = SimulationProgress(now=caught_up)
    stream = events(city, plan.origin, from_ms, people=people)
    run = _Run(publisher, stream, stop, progress, report)
    coming = run.history(from_ms, caught_up)
    if coming is not None:
        log.info("history published: %d events", progress.published)
        run.live(coming, SimulatedClock(city, caught_up, speed, monotonic))
    publisher.flush()
    return progress


@dataclass
class _Run:
    publisher: EventSender
    stream: Iterator[Sent]
    stop: threading.Event
    progress: SimulationProgress
    report: Callable[[SimulationProgress], None]

    def history(self, from_ms: int, until: int) -> Sent | None:
        """Publishes what comes before ``until``; the first event after it, None if stopped."""
        ticks = MinuteTicks(self.publisher)
        begin = from_ms
        for sent in self.stream:
            if sent.at >= until:
                self.publisher.tick(until)
                self.publisher.flush()
                self.progress.share = 1.0
                self.report(self.progress)
                return sent
            begin = begin or sent.at
            ticks.before(sent.at, sent.event.dossier_id)
            self._publish(sent)
            if self.progress.published % _REPORT_EVERY == 0:
                self.progress.share = (sent.at - begin) / max(1, until - begin)
                self.report(self.progress)
            if self.stop.is_set():
                break
        return None

    def live(self, coming: Sent, clock: SimulatedClock) -> None:
        """Publishes and ticks until stopped."""
        self.progress.phase = "live"
        while not self.stop.wait(STEP_SECONDS):
            now = clock.step()
            while coming.at <= now:
                self._publish(coming)
                coming = next(self.stream)
            self.publisher.tick(now)
            self.progress.now = now
            self.report(self.progress)

    def _publish(self, sent: Sent) -> None:
        event = sent.event
        self.publisher.publish_raw(event.dossier_id.encode(), encode_event(event))
        self.progress.published += 1


class SimulatedClock:
    """Simulated time that runs ``speed`` times as fast as real time, and faster while the offices
    are closed. It never jumps: a pause of the process pauses it, too."""

    def __init__(
        self, city: City, now: int, speed: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._city = city
        self._settings = city.settings.clock
        self._now = float(now)
        self._speed = speed
        self._monotonic = monotonic
        self._last = monotonic()

    def step(self) -> int:
        """Advances by the real time that passed since the last step; returns the new now (ms)."""
        read = self._monotonic()
        passed = min(max(read - self._last, 0.0), _LONGEST_STEP)
        self._last = read
        opens = self._opening(int(self._now))
        if opens is None:
            self._now += passed * 1_000 * self._speed
        else:
            fast = passed * 1_000 * self._speed * self._settings.idle_speedup
            self._now = min(self._now + fast, max(opens, self._now + passed * 1_000 * self._speed))
        return int(self._now)

    def _opening(self, now: int) -> int | None:
        """When the offices open again, None while they are open."""
        calendar, settings = self._city.calendar, self._settings
        local = calendar.local(now)
        day = local.date()
        if calendar.is_working_day(day):
            if settings.closed_to <= local.time() < settings.closed_from:
                return None
            if local.time() >= settings.closed_from:
                day += timedelta(days=1)
        while not calendar.is_working_day(day):
            day += timedelta(days=1)
        return instant(datetime.combine(day, settings.closed_to, calendar.zone))
