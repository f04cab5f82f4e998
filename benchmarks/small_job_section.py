"""Section small-job: all engines in turn, round by round, on one broker."""

from __future__ import annotations

from typing import cast

from confluent_kafka import KafkaException

from benchmarks import peers, throughput
from benchmarks.contract import Engine, Job
from benchmarks.kafka_streams.build import BuildError
from benchmarks.options import Options
from benchmarks.processes import PEERS_PYTHON, ChildError
from benchmarks.report import Aim, Role, Row, Section
from benchmarks.small_job import Expected
from broker.errors import BrokerError
from infra.kafka.broker import EmbeddedKafka

_FAILURES = (
    ChildError, BuildError, throughput.WrongResult, TimeoutError, BrokerError, KafkaException,
)  # fmt: skip
ROLES = {"limit": "limit", "ours": "ours"}
AIMS = [
    Aim(of="ours", to="limit", bound=0.8),
    Aim(of="ours", to="kafka_streams", bound=1.5),
    Aim(of="ours", to="quix", bound=3),
    Aim(of="ours", to="bytewax_", bound=3),
    Aim(of="ours", to="tutorial", bound=30),
]


def run(options: Options) -> Section:
    """Measure; an engine that fails keeps its reason and is left out of later rounds."""
    names = options.engines("small-job")
    engines = {name: peers.load(name) for name in names}
    rows = {
        name: Row(
            name=name,
            label=engine.label,
            role=cast(Role, ROLES.get(name, "peer")),
            unit="events/s",
        )
        for name, engine in engines.items()
    }
    with EmbeddedKafka(options.work / "small-job", ask=False) as broker:  # as the peers have it
        loads = _loads(broker.bootstrap, engines, options)
        for round_ in range(options.rounds):
            for name, engine in engines.items():
                row = rows[name]
                if row.failure:
                    continue
                topic, expected = loads[int(options.events * engine.share)]
                job = Job(
                    name=f"{name.rstrip('_')}-{round_}",
                    bootstrap=broker.bootstrap,
                    events=topic,
                    partitions=options.partitions,
                    folder=str(options.work / f"{name}-{round_}"),
                )
                options.say(f"small-job: round {round_ + 1} of {options.rounds}: {engine.label}")
                _measure(name, engine, job, expected, row)
    return Section(
        name="small-job",
        title=f"The small stateful job, {options.events:,} events, {options.partitions} partitions",
        how="rate of the outputs after the first quarter, by the broker's clock (see README)",
        rows=list(rows.values()),
        aims=[aim for aim in AIMS if aim.of in rows and aim.to in rows],
    )


def _loads(
    bootstrap: str, engines: dict[str, Engine], options: Options
) -> dict[int, tuple[str, Expected]]:
    """One topic of events for each number of events that an engine takes."""
    loads = {}
    for count in sorted({int(options.events * engine.share) for engine in engines.values()}):
        topic = f"small-job-{count}"
        options.say(f"small-job: loading {count:,} events")
        loads[count] = (topic, throughput.load(bootstrap, topic, options.partitions, count))
    return loads


def _measure(name: str, engine: Engine, job: Job, expected: Expected, row: Row) -> None:
    if engine.environment == "peers" and not PEERS_PYTHON.exists():
        row.failure = "its environment is missing: run `make bench`, which makes it"
        return
    try:
        row.values.append(throughput.measure(name, engine, job, expected))
    except _FAILURES as error:
        row.failure, row.values = str(error), []
