"""The sink: every topic that ClickHouse keeps, each with its own reader, thread and table."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaException

from broker.clients import AnyKafka
from broker.ends import EndReader, Ends
from broker.kafka import Kafka
from broker.silence import PartitionId
from sinks.config import SinkConfig
from sinks.decode.alerts import AlertDecoder
from sinks.decode.base import Decoder
from sinks.decode.dead_letters import DeadLetterDecoder
from sinks.decode.events import EventDecoder
from sinks.decode.facts import FactDecoder
from sinks.decode.sync_errors import SyncErrorDecoder
from sinks.decode.tallies import TallyDecoder
from sinks.decode.traits import TraitDecoder
from sinks.errors import StoreError, TimelineMismatch
from sinks.judging import LateJudge, ReferenceReader
from sinks.pump import Pump
from sinks.reader import Progress
from sinks.store import Store

log = logging.getLogger(__name__)

UNKNOWN_TABLE = 60


@dataclass(frozen=True)
class TopicStatus:
    """One topic. ``lag``: records (commit markers included) between position and the end last
    seen; None while a partition's position is not known yet. ``held``: records in hand that are not
    inserted yet, ``most``: how many may be."""

    topic: str
    table: str
    rows: int
    skipped: int
    lag: int | None
    held: int
    most: int
    last_error: str
    partitions: tuple[Progress, ...]


class SinkService:
    """Starts a thread a topic; every method may be called from any thread, and all block."""

    def __init__(self, config: SinkConfig, store: Store, kafka: AnyKafka | None = None) -> None:
        self._config = config
        self._kafka = kafka or Kafka(config.bootstrap, config.kafka)
        self._store = store
        self._stopping = threading.Event()
        self._pumps: list[Pump] = []
        self._ends: EndReader | None = None
        self.group = ""

    def start(self) -> None:
        """Raises TimelineMismatch if the database holds another timeline, StoreError if
        ClickHouse refuses."""
        self.group = f"{self._config.timeline}-sink-{claim(self._store, self._config.timeline)}"
        self._ends = EndReader(self._kafka)
        for decoder in decoders(self._config.timeline, self._kafka):
            pump = Pump(
                self._kafka,
                self._config,
                self._store,
                decoder,
                group=self.group,
                stopping=self._stopping,
            )
            self._pumps.append(pump)
            pump.start()

    def stop(self) -> None:
        """Ends the threads after their current batch, within about ``linger_s``."""
        self._stopping.set()
        for pump in self._pumps:
            pump.join()
        if self._ends is not None:
            self._ends.close()  # who still asks for them is told that they are not known

    def status(self) -> list[TopicStatus]:
        """How far each topic is, as last seen: costs nothing and asks nobody."""
        found = []
        for pump in self._pumps:
            partitions = pump.progress()
            lags = [progress.lag for progress in partitions]
            known = [lag for lag in lags if lag is not None]
            found.append(
                TopicStatus(
                    topic=pump.topic,
                    table=pump.table,
                    rows=pump.rows,
                    skipped=pump.skipped,
                    lag=sum(known) if known and len(known) == len(lags) else None,
                    held=pump.held,
                    most=self._config.batch_rows,
                    last_error=pump.last_error,
                    partitions=tuple(partitions),
                )
            )
        return found

    def caught_up(self) -> bool:
        """True if all that was written to the topics before this call is in ClickHouse.

        Asks the broker for the ends. False also if the broker does not answer, and while a
        transaction is open: so it is a question for when the writers have finished.
        """
        ends = self._read_ends(committed=False)
        return ends is not None and self.reached(ends)

    def committed_ends(self) -> Ends | None:
        """How far the topics are committed now; None if the broker does not answer."""
        return self._read_ends(committed=True)

    def reached(self, ends: Ends) -> bool:
        """True if all before these offsets is in ClickHouse."""
        positions = {
            PartitionId(progress.topic, progress.partition): progress.position
            for pump in self._pumps
            for progress in pump.progress()
        }
        return all(positions.get(place, -1) >= end for place, end in ends.items())

    def _read_ends(self, *, committed: bool) -> Ends | None:
        if self._ends is None:
            return None
        topics = [pump.topic for pump in self._pumps]
        try:
            return self._ends.read(topics, committed=committed)
        except KafkaException as error:
            log.warning("the ends of the topics are not known: %s", error)
            return None

    def wait_caught_up(self, timeout_s: float) -> bool:
        """Polls ``caught_up``; False if it took longer."""
        limit = time.monotonic() + timeout_s
        while not self.caught_up():
            if time.monotonic() >= limit or self._stopping.wait(0.1):
                return False
        return True


def decoders(timeline: str, kafka: AnyKafka | None = None) -> list[Decoder[Any]]:
    """One for each topic that ClickHouse keeps. ``kafka``: where the reference data are, by which
    late dossiers are judged; None: they are not."""
    return [
        EventDecoder(timeline),
        FactDecoder(None if kafka is None else LateJudge(ReferenceReader(kafka, timeline))),
        TallyDecoder(),
        AlertDecoder(),
        TraitDecoder(timeline),
        SyncErrorDecoder(timeline),
        DeadLetterDecoder(timeline),
    ]


def claim(store: Store, timeline: str) -> str:
    """The name of this database's consumer groups; the first sink of a database gives it one.

    A database that was lost and made anew has another name, so its groups begin at the topics'
    beginning. Versions of two timelines cannot be compared, hence one a database.
    """
    try:
        found = _claimed(store)
        if not found:
            store.command(
                "INSERT INTO sink_timeline SELECT {timeline:String}, {sink:String}, "
                "now64(3, 'UTC')",
                {"timeline": timeline, "sink": uuid.uuid4().hex[:12]},
            )
            found = _claimed(store)
    except StoreError as error:
        if error.code == UNKNOWN_TABLE:
            raise StoreError(
                f"The database {store.database} has no tables yet. Run the migrations first.",
                error.code,
            ) from error
        raise
    if found[0]["timeline"] != timeline:
        raise TimelineMismatch(
            f"The database {store.database} holds the timeline {found[0]['timeline']}, not "
            f"{timeline}. Use another database (or state folder) for this one."
        )
    return str(found[0]["sink_id"])


def _claimed(store: Store) -> list[dict[str, Any]]:
    # Two sinks that claim at the same moment both read the same winner back.
    return store.query(
        "SELECT timeline, sink_id FROM sink_timeline ORDER BY created_at, sink_id LIMIT 1"
    )
