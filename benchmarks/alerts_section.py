"""Section alerts: a due time passes -> its alert can be read -> a mail server has the mail.

Nothing happens to the dossiers: time alone passes their due times, while others are received at an
even rate. Ticks come once a second, so half a second of each figure is theirs on average.
"""

from __future__ import annotations

import email
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from confluent_kafka import OFFSET_END, TopicPartition

from benchmarks import stack
from benchmarks.latency_section import percentile
from benchmarks.options import Options
from benchmarks.report import Aim, Row, Section
from benchmarks.stack import Stack
from broker.kafka import Kafka
from dossiers.wire.alerts import Alert
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.topics import ALERTS
from infra.ports import free_ports

PROBES = 40
RATE = 1_000  # events/s beside them
_FIRST_MS = 6_000  # until the first probe is due: all must be folded by then
_APART_MS = 310  # no divisor of the ticks' second
_PATIENCE_S = 90.0
_read_alert = decoder(Alert)

_ROWS = (
    ("readable-p50", "due time -> alert readable, p50"),
    ("readable-p99", "due time -> alert readable, p99"),
    ("committed-p50", "due time -> alert committed, p50"),
    ("committed-p99", "due time -> alert committed, p99"),
    ("mail-p50", "alert committed -> mail accepted, p50"),
    ("mail-p99", "alert committed -> mail accepted, p99"),
)


def run(options: Options) -> Section:
    """Measure on a stack with many open dossiers that tells people by mail."""
    rows = {name: Row(name=name, label=label, role="ours", unit="ms") for name, label in _ROWS}
    with _post() as office, stack.running(options, "alerts", office.settings) as ours:
        options.say(f"alerts: loading {options.dossiers:,} open dossiers")
        ours.load(options.dossiers)
        for round_ in range(options.rounds):
            options.say(f"alerts: round {round_ + 1} of {options.rounds}")
            for name, waits in _measure(ours, office).items():
                rows[f"{name}-p50"].values.append(percentile(waits, 50))
                rows[f"{name}-p99"].values.append(percentile(waits, 99))
    return Section(
        name="alerts",
        title=f"From due time to mail, {options.dossiers:,} dossiers open, {RATE:,} events/s",
        how=f"{PROBES} dossiers a round become overdue by time alone",
        higher=False,
        rows=list(rows.values()),
        aims=[
            Aim(of="readable-p99", at_least=False, bound=1_500),
            Aim(of="committed-p99", at_least=False, bound=3_000),
            Aim(of="mail-p99", at_least=False, bound=2_000),
        ],
    )


class _Office:
    """A mail server; ``accepted``: when (ms since 1970) it took the first mail that names an
    alert, by the alert's idempotency key."""

    def __init__(self) -> None:
        self.accepted: dict[str, float] = {}
        self.news = threading.Condition()
        self.settings: dict[str, str] = {}

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """What aiosmtpd calls when a mail has come."""
        content = envelope.content
        message = email.message_from_bytes(content if isinstance(content, bytes) else b"")
        with self.news:
            for key in str(message["X-DungHen-Keys"]).split():
                self.accepted.setdefault(key, time.time() * 1_000)
            self.news.notify_all()
        return "250 OK"


@contextmanager
def _post() -> Iterator[_Office]:
    office = _Office()
    (port,) = free_ports(1)
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    office.settings = {
        "DUNGHEN_NOTIFY_ENABLED": "true",
        "DUNGHEN_NOTIFY_SMTP_HOST": "127.0.0.1",
        "DUNGHEN_NOTIFY_SMTP_PORT": str(port),
    }
    try:
        yield office
    finally:
        controller.stop()


class _Reader:
    """Follows topic alerts from its end in a thread; ``seen``: when (ms since 1970) the alert of a
    dossier could be read, with its idempotency key."""

    def __init__(self, ours: Stack, *, committed: bool) -> None:
        level = "read_committed" if committed else "read_uncommitted"
        kafka = Kafka(ours.kafka, ours.login)
        self.seen: dict[str, tuple[float, str]] = {}
        self._consumer = kafka.consumer({"isolation.level": level, "fetch.wait.max.ms": 10})
        self._consumer.assign(
            [TopicPartition(ALERTS, number, OFFSET_END) for number in range(ours.partitions)]
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> _Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._consumer.close()

    def _follow(self) -> None:
        while not self._stop.is_set():
            message = self._consumer.poll(0.1)
            if message is None or message.error() is not None:
                continue
            alert = read_or_none(_read_alert, message.value())
            if alert is not None and alert.kind == "overdue":
                key = f"{alert.alert_id}:{alert.sequence}"
                self.seen.setdefault(alert.dossier_id, (time.time() * 1_000, key))


def _measure(ours: Stack, office: _Office) -> dict[str, list[float]]:
    with _Reader(ours, committed=False) as early, _Reader(ours, committed=True) as late:
        due: dict[str, float] = {}
        begin = time.time_ns() // 1_000_000
        with ours.publisher() as publisher:
            for i in range(PROBES):
                at = begin + _FIRST_MS + i * _APART_MS
                event = ours.received(at - time.time_ns() // 1_000_000)
                publisher.publish(event)
                due[event.dossier_id] = float(event.due_at or 0)
            publisher.flush()
            _load(ours, (_FIRST_MS + PROBES * _APART_MS) / 1_000 + 2)
        _await(lambda: due.keys() <= early.seen.keys() and due.keys() <= late.seen.keys())
        keys = {dossier: late.seen[dossier][1] for dossier in due}
        _await(lambda: set(keys.values()) <= office.accepted.keys())
        return {
            "readable": [early.seen[each][0] - due[each] for each in due],
            "committed": [late.seen[each][0] - due[each] for each in due],
            "mail": [office.accepted[keys[each]] - late.seen[each][0] for each in due],
        }


def _load(ours: Stack, seconds: float) -> None:
    """Receptions at an even rate."""
    with ours.publisher() as publisher:
        began = time.perf_counter()
        for i in range(int(RATE * seconds)):
            wait = began + i / RATE - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            publisher.publish(ours.received())
        publisher.flush()


def _await(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not every alert was readable and mailed within {_PATIENCE_S} s")
        time.sleep(0.02)
