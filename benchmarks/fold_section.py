"""Section fold: the product's whole fold in each host in turn, each on a broker of its own."""

from __future__ import annotations

import shutil
from typing import cast

from confluent_kafka import KafkaException

from benchmarks import fold, fold_run
from benchmarks.options import Options
from benchmarks.processes import PEERS_PYTHON, ChildError
from benchmarks.report import Aim, Role, Row, Section
from broker.errors import BrokerError
from infra.kafka.broker import EmbeddedKafka

_FAILURES = (ChildError, fold_run.WrongResult, TimeoutError, BrokerError, KafkaException)
ROLES = {"bare": "limit", "ours": "ours"}
AIMS = [
    Aim(of="ours", to="bare", bound=0.7),
    Aim(of="ours", to="quix", bound=1.3),
    Aim(of="ours", to="bytewax_", bound=1.3),
]


def run(options: Options) -> Section:
    """Measure; a host that fails keeps its reason and is left out of later rounds."""
    names = options.engines("fold")
    rows = {
        name: Row(
            name=name,
            label=fold.load(name).label,
            role=cast(Role, ROLES.get(name, "peer")),
            unit="events/s",
        )
        for name in names
    }
    for round_ in range(options.rounds):
        for name, row in rows.items():
            if not row.failure:
                options.say(f"fold: round {round_ + 1} of {options.rounds}: {row.label}")
                _measure(name, f"fold-{name.rstrip('_')}-{round_}", options, row)
    return Section(
        name="fold",
        title=f"The whole fold, {options.events:,} events, {options.partitions} partitions",
        how="events folded after the first quarter, by the stamps of the changelog (see README)",
        rows=list(rows.values()),
        aims=[aim for aim in AIMS if aim.of in rows and aim.to in rows],
    )


def _measure(name: str, run_name: str, options: Options, row: Row) -> None:
    if fold.load(name).environment == "peers" and not PEERS_PYTHON.exists():
        row.failure = "its environment is missing: run `make bench`, which makes it"
        return
    # The topics have fixed names, so every run gets a broker of its own.
    folder = options.work / run_name
    try:
        with EmbeddedKafka(folder / "state", ask=False) as broker:  # as the peers have it
            job = fold_run.prepare(
                broker.bootstrap, run_name, options.events, options.partitions, folder / "run"
            )
            row.values.append(fold_run.measure(name, job))
    except _FAILURES as error:
        row.failure, row.values = str(error), []
    finally:
        shutil.rmtree(folder, ignore_errors=True)
