"""Kafka is away for minutes: ``python -m tests.faults.outage --minutes 10``.

The product runs as ``dunghen up`` does, and a sender posts at a steady rate all the time. Kafka
first does not answer (SIGSTOP), then is killed and cannot start, because its lock is taken.
Meanwhile the API is killed, and later the whole stack, which then starts without Kafka. The spool
is so small that it fills up before Kafka comes back. Then: is all that was acknowledged in the log,
in the order of each dossier, and nothing else; and does everything agree with a recount?
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx
import psutil
from prometheus_client.parser import text_string_to_metric_families

from infra.ports import free_ports
from tests.faults.comparing import Differences
from tests.faults.load import Load
from tests.faults.oracle.log import Log
from tests.faults.oracle.rules import Rules
from tests.faults.posting import Posted, Poster
from tests.faults.product import Product, wait_until
from tests.faults.rounds import Harness
from tests.faults.topics import EVENTS, Held, Tail
from tests.faults.walls import Walls

RECORD_BYTES = 230  # of a record in the spool, about
DOWN_SECONDS = 25  # about, while the API and then the stack start again and take nothing
FROZEN, API_KILLED, STACK_KILLED, FULL = 0.15, 0.3, 0.45, 0.75  # shares of the outage
_AFTER_START = 10  # s of records for which there is room at least after the whole stack has started
MIB = 1 << 20
MOST_GROWTH = 100 * MIB  # of the API's process while Kafka is away
_LIMIT = 180.0  # s for everything that must come by itself
_STEP = 0.2


@dataclass(frozen=True)
class Options:
    """``seconds``: of the outage. ``rate``: records a second."""

    seed: int
    seconds: float
    rate: float = 40.0
    walls: int = 3
    partitions: int = 2
    verify: bool = True  # with the product's own recount, too
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def spool_mb(self) -> float:
        """So small that it is full before the end, but not before the stack is started again."""
        room = max(self.seconds * STACK_KILLED + _AFTER_START, self.seconds * FULL - DOWN_SECONDS)
        return room * self.rate * RECORD_BYTES / 1e6


@dataclass
class Report:
    """``figures``: what was measured, for people. ``failed``: empty if all is well."""

    figures: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    posted: Posted = field(default_factory=Posted)
    spool_most: float = 0.0
    spool_limit: float = 0.0
    in_flight: float = 0.0

    def lines(self) -> Iterator[str]:
        width = max(map(len, self.figures), default=0)
        yield from (f"{what:<{width}}  {value}" for what, value in self.figures.items())
        yield from (f"FAILED: {text}" for text in self.failed)


class Outage:
    """One run on a new folder."""

    def __init__(self, options: Options, folder: Path, say: Callable[[str], None]) -> None:
        self._options = options
        self._say = say
        port = free_ports(1)[0]  # senders and walls know one address
        self._product = Product(
            folder, options.partitions,
            {
                "DUNGHEN_API_PORT": str(port),
                "DUNGHEN_API_SPOOL_MB": f"{options.spool_mb:.3f}",
                **options.env,
            },
        )  # fmt: skip
        self._report = Report()
        self._rss: dict[int, list[int]] = {}  # of each process of the API while Kafka is away

    def run(self) -> Report:
        """Raises Stuck where something does not come by itself."""
        options, product, report = self._options, self._product, self._report
        with ExitStack() as cleanup:
            cleanup.callback(product.stop)
            self._say(f"seed {options.seed}; starting the stack in {product.folder}")
            product.start()
            walls = cleanup.enter_context(Walls(product.api, options.walls))
            load = Load(options.seed)
            poster = Poster(product.api, product.key, load, options.rate)
            report.posted = poster.posted
            poster.start()
            cleanup.callback(poster.abandon)
            self._wait(lambda: poster.posted.records > options.rate, "records in Kafka")
            wait_until(lambda: walls.seen_after(0), _LIMIT, "a first tick on the walls")
            back = self._away()
            self._come_back(back, walls)
            poster.stop()
            self._say("all flows; recounting")
            self._compare(walls, load)
        self._judge()
        return report

    def _away(self) -> float:
        """The outage; when it was over (monotonic s)."""
        product, options, posted = self._product, self._options, self._report.posted
        began = time.monotonic()
        broker = product.pid("kafka")
        os.kill(broker, signal.SIGSTOP)
        self._until_spooled("Kafka is silent: the first acknowledgement from the spool", began)
        self._watch(began + FROZEN * options.seconds)
        with self._broken(broker):
            self._say("Kafka is killed and cannot start")
            self._watch(began + API_KILLED * options.seconds)
            os.kill(product.pid("api"), signal.SIGKILL)
            self._until_spooled("the API is killed: taking again", time.monotonic())
            self._watch(began + STACK_KILLED * options.seconds)
            product.cut()
            killed = time.monotonic()
            product.start_without_kafka()
            self._until_spooled("the whole stack is killed and started: taking again", killed)
            self._watch(began + options.seconds)
            # On a slow machine more may have been down for longer.
            self._wait(lambda: posted.first(503, began), "a spool that is full")
            self._watch(time.monotonic() + _STEP)
        back = time.monotonic()
        full = posted.first(503, began) or back
        self._report.figures["Kafka was away for (s)"] = f"{back - began:.0f}"
        self._report.figures["the spool was full after (s)"] = f"{full - began:.0f}"
        return back

    @contextmanager
    def _broken(self, broker: int) -> Iterator[None]:
        """Kafka is killed, and another process holds its lock inside the block."""
        with (self._product.state / "kafka" / "lock").open("a") as lock:
            os.kill(broker, signal.SIGKILL)
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _until_spooled(self, what: str, since: float) -> None:
        posted = self._report.posted
        self._wait(lambda: posted.first(202, since, "spool"), what)
        seconds = (posted.first(202, since, "spool") or since) - since
        self._report.figures[f"{what} (s)"] = f"{seconds:.1f}"
        self._say(f"{what} after {seconds:.1f} s")

    def _watch(self, until: float) -> None:
        """Look at what grows, until then."""
        while time.monotonic() < until:
            found = self._metrics()
            report = self._report
            report.spool_most = max(report.spool_most, found.get("spool_bytes", 0))
            report.spool_limit = found.get("spool_limit_bytes", report.spool_limit)
            report.in_flight = max(report.in_flight, found.get("in_flight_records", 0))
            pid = self._product.pid("api")
            if pid and found:
                self._rss.setdefault(pid, []).append(psutil.Process(pid).memory_info().rss)
            time.sleep(_STEP)

    def _metrics(self) -> dict[str, float]:
        """Figures of what was posted; empty while nobody answers."""
        try:
            text = httpx.get(f"{self._product.api}/metrics", trust_env=False, timeout=5).text
        except httpx.HTTPError:
            return {}
        prefix = "dunghen_ingest_"
        return {
            family.name.removeprefix(prefix): family.samples[0].value
            for family in text_string_to_metric_families(text)
            if family.name.startswith(prefix) and family.samples
        }

    def _come_back(self, back: float, walls: Walls) -> None:
        report, posted, instant = self._report, self._report.posted, time.time_ns() // 1_000_000
        waiting = self._metrics().get("spool_records", 0)
        report.figures["records that waited at the end"] = f"{waiting:,.0f}"
        self._wait(lambda: posted.first(200, back, "kafka"), "the direct way to Kafka")
        direct = (posted.first(200, back, "kafka") or back) - back
        report.figures["Kafka is back: the spool is empty (s)"] = f"{direct:.1f}"
        self._wait(lambda: walls.seen_after(instant), "a wall that shows the present")
        seen = walls.seen_after(instant) or instant
        report.figures["Kafka is back: a wall is fresh (s)"] = f"{(seen - instant) / 1000:.1f}"

    def _compare(self, walls: Walls, load: Load) -> None:
        """Everything agrees with a recount, and the log holds what was acknowledged, in order."""
        product, report, posted = self._product, self._report, self._report.posted
        log = Log(self._options.partitions, {}, Rules(product.reference))
        held = Held(product.kafka, product.login, self._options.partitions, log)
        ids = {event_id for order in posted.order.values() for event_id in order}
        harness = Harness(
            product, walls, held, load, {}, lambda: None,  # type: ignore[arg-type, return-value]
            Random(self._options.seed), _LIMIT, self._say, unseen=ids,
        )  # fmt: skip
        wait_until(product.is_up, _LIMIT, lambda: f"all to run: {product.processes()}")
        sent = time.time_ns() // 1_000_000
        wait_until(lambda: walls.seen_after(sent), _LIMIT, "a tick after the last record")
        ticker = harness.settle()
        found = Differences()
        try:
            harness.compare(found, verify=self._options.verify)
        finally:
            os.kill(ticker, signal.SIGCONT)
        came: dict[str, dict[str, None]] = {}
        records = 0
        tail = Tail(product.kafka, product.login, {EVENTS: self._options.partitions})
        for message in tail.read((EVENTS,)):
            event = json.loads(message.value() or b"{}")
            if event["kind"] not in ("tick", "activate"):
                came.setdefault(event["dossier_id"], {})[event["event_id"]] = None
                records += 1
        for dossier in posted.order.keys() | came.keys():
            seen = list(came.get(dossier, ()))
            found.equal("order", dossier, seen, posted.order.get(dossier, []))
        report.figures["records acknowledged"] = f"{posted.records:,}"
        report.figures["sent to Kafka twice"] = f"{records - posted.records:,}"
        report.figures["compared, differences"] = f"{found.compared:,}, {len(found)}"
        report.failed += [*found.lines(), *(f"wall: {text}" for text in walls.broken())]

    def _judge(self) -> None:
        report, posted = self._report, self._report.posted
        report.figures["answers 200, 202, 503, none"] = ", ".join(
            f"{posted.count(status):,}" for status in (200, 202, 503, 0)
        )
        slowest = max((a.seconds for a in posted.answers if a.status in (200, 202)), default=0)
        report.figures["longest acknowledgement (s)"] = f"{slowest:.1f}"
        report.figures["spool, most of its bound"] = (
            f"{report.spool_most / 1e6:.2f} of {report.spool_limit / 1e6:.2f} MB"
        )
        if report.spool_most > report.spool_limit:
            report.failed.append("the spool grew beyond its bound")
        settled = (
            seen[len(seen) // 4 :] for seen in self._rss.values()
        )  # what a start takes, aside
        growth = max((max(seen) - seen[0] for seen in settled if seen), default=0)
        report.figures["growth of the API's memory meanwhile (MB)"] = f"{growth / MIB:.0f}"
        if growth > MOST_GROWTH:
            report.failed.append(f"the API's process grew by {growth / MIB:.0f} MB")

    def _wait(self, true: Callable[[], object], what: str) -> None:
        wait_until(true, _LIMIT, lambda: f"{what}\n{self._product.tail('up.log', 30)}")


def main() -> int:
    """Exit status 1 if anything is lost, out of order, beyond its bound or differs."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser(prog="python -m tests.faults.outage", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=40.0, help="records a second")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--work", type=Path, default=None, help="folder; kept")
    given = parser.parse_args()
    folder = given.work or Path(tempfile.mkdtemp(prefix="dunghen-outage-"))
    options = Options(given.seed, given.minutes * 60, given.rate)
    report = Outage(options, folder, lambda text: print(text, file=sys.stderr, flush=True)).run()
    print("\n".join(report.lines()), flush=True)
    if report.failed:
        print(f"The logs are in {folder}.", file=sys.stderr)
        return 1
    if given.work is None:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
