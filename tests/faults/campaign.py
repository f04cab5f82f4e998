"""Rounds on one stack, one after the other, until all are done or one fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults import report
from tests.faults.base import Fault
from tests.faults.kinds import KINDS, deck
from tests.faults.load import Load
from tests.faults.product import Product, wait_until
from tests.faults.rounds import Harness, Outcome
from tests.faults.topics import Held
from tests.faults.walls import Walls


@dataclass(frozen=True)
class Options:
    """``events``, ``faults``: of a round. ``seconds``: over which a round's load is published.
    ``limit``: s in which a round must settle."""

    seed: int
    rounds: int = 20
    events: int = 2_500
    faults: int = 4
    seconds: float = 10.0
    walls: int = 50
    partitions: int = 4
    limit: float = 180.0
    kinds: tuple[type[Fault], ...] = KINDS
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Result:
    """``table``: for people; ``failed``: what differs, empty if nothing does."""

    outcomes: list[Outcome]
    table: str
    failed: list[str]


def run(options: Options, folder: Path, say: Callable[[str], None]) -> Result:
    """One campaign. ``folder``: new; logs stay there."""
    product = Product(folder, options.partitions, options.env)
    with ExitStack() as cleanup:
        cleanup.callback(product.stop)
        say(f"seed {options.seed}; starting the stack in {folder}")
        product.start()
        walls = cleanup.enter_context(Walls(product.api, options.walls))
        wait_until(lambda: walls.seen_after(0), 60, "a first tick on the walls")
        refused: dict[bytes, str] = {}
        held = Held(product.kafka, options.partitions, refused)
        rng = Random(f"{options.seed}:faults")
        harness = Harness(
            product, walls, held, Load(options.seed), refused,
            deck(rng, options.kinds), rng, options.limit, say,
        )  # fmt: skip
        outcomes: list[Outcome] = []
        failed: list[str] = []
        for number in range(1, options.rounds + 1):
            try:
                outcome = harness.round(number, options.events, options.faults, options.seconds)
            except KeyboardInterrupt:
                failed = [f"Interrupted in round {number}; what was found until then:"]
                break
            outcomes.append(outcome)
            worst = max((seconds for _, seconds in outcome.recoveries), default=0.0)
            say(
                f"round {number}: {outcome.published} records and {outcome.resent} again, "
                f"{outcome.differences.compared} compared, {len(outcome.differences)} differences, "
                f"recovered in {worst:.1f} s, took {outcome.seconds:.0f} s"
            )
            if outcome.failed:
                failed = list(report.failure(outcome, options.seed))
                break
        log = held.log.values()
        records = sum(part.records for part in log)
        letters = sum(len(part.poison) for part in log)
        unique = sum(
            len({event["event_id"] for event in events})
            for part in log
            for events in part.events.values()
        )
        text = report.table(outcomes, records, records - letters - unique, letters)
        return Result(outcomes, text, failed)
