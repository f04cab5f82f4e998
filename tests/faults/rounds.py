"""One round: load and faults, then quiet, then the oracle."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psutil

from broker.groups import group_lag, has_read_all
from broker.kafka import Kafka
from dossiers.errors import UserError
from dossiers.wire.topics import EVENTS, PARTIALS
from dunghen.api_client.inner import RemoteClickHouse
from tests.faults import comparing
from tests.faults.base import Fault, World
from tests.faults.comparing import Differences
from tests.faults.load import Load
from tests.faults.notices import Notices, compare_notices
from tests.faults.people import People
from tests.faults.product import Product, Stuck, wait_until
from tests.faults.sending import Sending
from tests.faults.topics import Held
from tests.faults.walls import Walls

Part = Callable[[str], AbstractContextManager[Any]]
_STEP = 0.05  # s between looks at processes, which announce nothing
_VERIFY_SECONDS = 600.0


@dataclass
class Outcome:
    """What one round was and found. ``acted``: what people did through the API; ``mails``: that
    came. ``recoveries``: (fault, s from its end to a fresh wall)."""

    number: int
    faults: list[str] = field(default_factory=list)
    published: int = 0
    resent: int = 0
    acted: int = 0
    mails: int = 0
    recoveries: list[tuple[str, float]] = field(default_factory=list)
    differences: Differences = field(default_factory=Differences)
    stuck: str = ""
    parts: dict[str, float] = field(default_factory=dict)  # s, by what they went into
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        return bool(self.stuck or len(self.differences))

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Measure a part of the round."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.parts[name] = self.parts.get(name, 0.0) + time.monotonic() - began


@dataclass
class Harness:
    """Everything that lasts over the rounds. ``limit``: seconds that a round may need to settle.
    ``notices``: None where nobody is told of alerts."""

    product: Product
    walls: Walls
    held: Held
    load: Load
    refused: dict[bytes, str]
    draw: Callable[[], Fault]
    rng: Random
    limit: float
    say: Callable[[str], None]
    notices: Notices | None = None
    unseen: set[str] = field(default_factory=set)  # ids, and SHA-256 of poison, not yet in the log

    def round(
        self, number: int, events: int, faults: int, seconds: float, *, verify: bool
    ) -> Outcome:
        """Publish about ``events`` records over ``seconds``, with ``faults`` of them going wrong
        meanwhile, and compare. ``verify``: with the product's own recount, too."""
        began = time.monotonic()
        outcome = Outcome(number)
        with outcome.part("make the load"):
            items = self.load.round(number, events, _now())
            for item in items:
                if item.refused:
                    name = digest(item.value)
                    self.refused[name] = item.refused
                    self.unseen.add(name.hex())
                else:
                    self.unseen.add(item.event_id)
        outcome.published = len(items)
        rng = Random(self.rng.random())
        sending = Sending(self.product, number, items, events / seconds, rng)
        world = World(self.product, self.walls, sending, rng)
        plan = sorted(
            (
                (_moment(fault, seconds, rng), fault)
                for fault in (self.draw() for _ in range(faults))
            ),
            key=lambda each: each[0],
        )
        outcome.faults = [fault.name for _, fault in plan]
        try:
            with outcome.part("publish and break"):
                ended = self._acted_on(world, plan, outcome)
            outcome.resent = sending.resent
            with outcome.part("recover"):
                self._recover(ended, outcome)
            with outcome.part("settle"):
                ticker = self.settle()
            try:
                self.compare(outcome.differences, verify=verify, part=outcome.part)
            finally:
                os.kill(ticker, signal.SIGCONT)
            outcome.mails = 0 if self.notices is None else len(self.notices.box.mails)
        except (Stuck, TimeoutError, ConnectionError, UserError) as problem:
            outcome.stuck = f"{problem}\n{self._picture()}"
        outcome.seconds = time.monotonic() - began
        return outcome

    def _acted_on(
        self, world: World, plan: list[tuple[float, Fault]], outcome: Outcome
    ) -> list[tuple[str, int]]:
        """Load and faults, while people act on what is late."""
        people = People(self.product, Random(world.rng.random()))
        people.start()
        try:
            return self._run(world, plan)
        finally:
            people.stop()
            self.unseen |= people.done.keys()
            outcome.acted = len(people.done)

    def _run(self, world: World, plan: list[tuple[float, Fault]]) -> list[tuple[str, int]]:
        """Load and faults; (name, when it was over in ms) of each fault."""
        began = time.monotonic()
        lasting: list[tuple[float, Fault]] = []
        ended: list[tuple[str, int]] = []
        while plan or lasting or not world.sending.done():
            now = time.monotonic() - began
            if self.product.starting:
                # A fault would only end the start; what has waited is not to come all at once.
                plan = [(max(at, now + world.rng.uniform(0.2, 6.0)), fault) for at, fault in plan]
            for each in [each for each in plan if each[0] <= now and each[1].possible(world)]:
                plan.remove(each)
                fault = each[1]
                self.say(f"{now:6.1f} s  {fault.name}")
                fault.begin(world)
                if fault.seconds:
                    lasting.append((time.monotonic() - began + fault.seconds, fault))
                else:
                    ended.append((fault.name, _now()))
            for due in [each for each in lasting if each[0] <= now]:
                if due[1].over(world):
                    lasting.remove(due)
                    ended.append((due[1].name, _now()))
            if now > self.limit:
                left = ", ".join(each.name for _, each in lasting + plan) or "the publisher"
                raise Stuck(f"load and faults are not over within {self.limit:.0f} s: {left}")
            time.sleep(_STEP)
        return ended

    def _recover(self, ended: list[tuple[str, int]], outcome: Outcome) -> None:
        """Until a wall shows what happened after the load and after every fault."""
        sent = _now()
        wait_until(
            lambda: self.walls.seen_after(sent) and self.product.all_run(),
            self.limit,
            "the walls to show the time after the load",
        )
        for name, at in ended:
            seen = self.walls.seen_after(at) or _now()
            outcome.recoveries.append((name, (seen - at) / 1000))

    def settle(self) -> int:
        """Stop time and wait until all of the log has arrived everywhere; the ticker's process."""
        wait_until(lambda: self.product.pid("tick"), self.limit, "the ticker to run")
        ticker = self.product.pid("tick")
        os.kill(ticker, signal.SIGSTOP)
        wait_until(lambda: psutil.Process(ticker).status() == "stopped", 10, "the ticker to stop")
        product, held = self.product, self.held
        held.read_log()
        deadline = time.monotonic() + self.limit
        while behind := self._behind():
            if time.monotonic() > deadline:
                raise Stuck(f"not caught up within {self.limit:.0f} s: {behind}")
            time.sleep(0.5)
        if held.log.now < held.log.newest:
            raise Stuck("no tick came after the last event")
        wait_until(product.all_run, self.limit, lambda: f"all to run: {product.processes()}")
        return ticker

    def _behind(self) -> str:
        """What lacks something: the worker, the merger, their group or the sink; "" for nobody."""
        product, held = self.product, self.held
        held.read()
        if len(held.positions) < product.partitions or len(held.clocks) < product.partitions:
            return "the worker: it has no position of some partition"
        parts = held.log.partitions.items()
        if any(held.positions[p].next_offset != part.end for p, part in parts):
            return "the worker"
        if held.watermark != held.log.now:
            return "the merger"
        group = f"dunghen-{product.timeline}"
        kafka = Kafka(product.kafka, product.login)
        if not has_read_all(kafka, group, product.partitions):
            lags = [
                f"{topic} {group_lag(kafka, group, topic, product.partitions)}"
                for topic in (EVENTS, PARTIALS)
            ]
            return f"the group of the worker, by {', '.join(lags)}"
        try:
            clickhouse = RemoteClickHouse(product.api, product.token)
            try:
                if clickhouse.call("caught-up", None):
                    return self.notices.behind(held) if self.notices is not None else ""
                topics = clickhouse.call("sink", None)
                return f"the sink: {[(t['topic'], t['partitions']) for t in topics]}"
            finally:
                clickhouse.close()
        except UserError as error:
            return f"the API, which is being started: {error}"

    def compare(self, out: Differences, *, verify: bool = True, part: Part = nullcontext) -> None:
        """Everything with a recount of the log. ``verify``: with the product's own, too.
        ``part``: measures a part, named."""
        product, held = self.product, self.held
        with part("recount"):
            held.read()
            self.unseen -= held.log.known
            out.equal("acknowledged and not in the log", "records", self.unseen, set())
            expected = held.log.recount()
        with part("compare the stream"):
            comparing.compare_stream(held, expected, out)
        if self.notices is not None:
            with part("compare the mails"):
                compare_notices(self.notices, held, out)
        with part("compare ClickHouse"):
            clickhouse = RemoteClickHouse(product.api, product.token)
            try:
                comparing.compare_clickhouse(held, expected, clickhouse.query, out)
            finally:
                clickhouse.close()
        with part("compare the walls"):
            comparing.compare_walls(held, expected, self.walls, out)
        for number, each in held.log.partitions.items():
            out.equal("ticks", f"steps back in partition {number}", each.backwards, [])
            out.equal("ticks", f"partition {number} ahead of time", each.now <= _now(), True)
        if verify:
            with part("verify"):
                self._verify(out)

    def _verify(self, out: Differences) -> None:
        process = self.product.spawn("verify", "--json", log="verify.log")
        try:
            process.wait(_VERIFY_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        said = self.product.tail("verify.log", 1)
        out.equal("dunghen verify", said[-3000:], process.returncode, 0)

    def _picture(self) -> str:
        """How things stand, for a message about what does not move."""
        product, held = self.product, self.held
        entries = [f"{e['name']} {e['state']}" for e in product.processes().values()]
        places = [
            f"{p}: log {part.end}, folded {at.next_offset if (at := held.positions.get(p)) else 0}"
            for p, part in held.log.partitions.items()
        ]
        shown: list[Any] = [wall.watermark for wall in self.walls.walls[:1]]
        lines = [f"processes: {', '.join(entries)}", f"partitions: {'; '.join(places)}"]
        lines += [f"watermark {held.watermark}, last tick {held.log.now}, wall {shown}"]
        lines += [f"-- {name}\n{product.tail(name)}" for name in ("worker", "api", "up.log")]
        return "\n".join(lines)


def _moment(fault: Fault, seconds: float, rng: Random) -> float:
    """When it begins. A long one begins early, so that it is over with the load."""
    latest = 0.85 * seconds - fault.seconds
    return rng.uniform(0.05 * seconds, max(latest, 0.3 * seconds))


def digest(value: bytes) -> bytes:
    """The name of a record's content."""
    return hashlib.sha256(value).digest()


def _now() -> int:
    return time.time_ns() // 1_000_000
