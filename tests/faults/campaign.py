"""States, one after the other: each a fresh stack with rounds until all are done or one fails."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from tests.faults import disk, report
from tests.faults.base import Fault
from tests.faults.installation import INSTALLATIONS, today
from tests.faults.kinds import KINDS, DiskFull, deck
from tests.faults.load import ALL_LIMITS, DEEDS, HOURS_ONLY, Load
from tests.faults.notices import Notices
from tests.faults.oracle.log import Log
from tests.faults.oracle.rules import Rules
from tests.faults.product import Product, Stuck, wait_until
from tests.faults.report import Result, State
from tests.faults.rounds import Harness
from tests.faults.topics import Held
from tests.faults.walls import Walls
from tests.sinks.receivers import letterbox

Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """``rounds``: of a state. ``events``, ``faults``: of a round. ``seconds``: over which a round's
    load is published. ``limit``: s in which a round must settle. ``verify``: the product's own
    recount, in the last round of a state. ``installations``: names; states take them in turn.
    ``json``: file for the result, after every round."""

    seed: int
    states: int = 1
    rounds: int = 20
    events: int = 2_500
    faults: int = 4
    seconds: float = 10.0
    walls: int = 50
    partitions: int = 4
    limit: float = 180.0
    kinds: tuple[type[Fault], ...] = KINDS
    env: Mapping[str, str] = field(default_factory=dict)
    installations: tuple[str, ...] = tuple(INSTALLATIONS)
    verify: bool = True
    json: Path | None = None


def seed_of(seed: int, number: int) -> int:
    """Of a campaign's state; alone it makes the same state. The first has the campaign's own."""
    return seed if number == 1 else Random(f"{seed}:{number}").randrange(10**6)


def run(options: Options, folder: Path, say: Say) -> Result:
    """One campaign. ``folder``: new; what is left of a state that failed stays there.

    An interrupt ends it in order. What was found until then is the result.
    """
    result = Result(options.seed)
    try:
        for number in range(1, options.states + 1):
            kinds = options.installations
            state = State(seed_of(options.seed, number), kinds[(number - 1) % len(kinds)])
            result.states.append(state)
            here = folder / f"state-{number}"
            say(
                f"state {number} of {options.states}, seed {state.seed}, "
                f"installation {state.installation}: starting in {here}"
            )
            _run_state(replace(options, seed=state.seed), state, here, say, result)
            if not state.failed:
                shutil.rmtree(here, ignore_errors=True)
    except KeyboardInterrupt:
        result.interrupted = True
    result.over = True
    _keep(result, options)
    return result


def _run_state(options: Options, state: State, folder: Path, say: Say, result: Result) -> None:
    began = time.monotonic()
    reference = INSTALLATIONS[state.installation](today())
    with ExitStack() as cleanup:
        box, port = cleanup.enter_context(letterbox())
        product = Product(folder, options.partitions, {**_telling(port), **options.env}, reference)
        if DiskFull in options.kinds:
            cleanup.enter_context(disk.mounted(product.state))
        cleanup.callback(_keep_logs, state, product)
        cleanup.callback(product.stop)
        try:
            product.start()
            walls = cleanup.enter_context(Walls(product.api, options.walls))
            wait_until(lambda: walls.seen_after(0), 60, "a first tick on the walls")
        except (Stuck, RuntimeError) as problem:
            state.failed = [f"FAILED: seed {state.seed}, the start: {problem}"]
            return
        refused: dict[bytes, str] = {}
        rules = Rules(reference)
        log = Log(options.partitions, refused, rules)
        held = Held(product.kafka, product.login, options.partitions, log)
        rng = Random(f"{options.seed}:faults")
        limits = HOURS_ONLY if rules.calendar.always else ALL_LIMITS
        harness = Harness(
            product, walls, held, Load(options.seed, limits, rules.retention, DEEDS), refused,
            deck(rng, options.kinds), rng, options.limit, say,
            Notices(product.kafka, product.login, box),
        )  # fmt: skip
        state.seconds["start"] = time.monotonic() - began
        for number in range(1, options.rounds + 1):
            last = number == options.rounds
            outcome = harness.round(
                number, options.events, options.faults, options.seconds,
                verify=options.verify and last,
            )  # fmt: skip
            state.take(outcome, log)
            say(report.line(outcome))
            if outcome.failed:
                state.failed = list(report.failure(outcome, state.seed))
                say("\n".join(state.failed))
            _keep(result, options)
            if outcome.failed:
                break
        stopping = time.monotonic()
    state.seconds["stop"] = time.monotonic() - stopping


def _telling(port: int) -> dict[str, str]:
    """Settings with which people are told by mail."""
    return {
        "DUNGHEN_NOTIFY_ENABLED": "true",
        "DUNGHEN_NOTIFY_SMTP_HOST": "127.0.0.1",
        "DUNGHEN_NOTIFY_SMTP_PORT": str(port),
    }


def _keep(result: Result, options: Options) -> None:
    if options.json is not None:
        report.write(result, options.json)


def _keep_logs(state: State, product: Product) -> None:
    """The state's own disk ends with it."""
    if state.failed:
        written = product.state / "logs"
        if written.exists():  # it may not have come so far
            shutil.copytree(written, product.folder / "logs", dirs_exist_ok=True)
        state.failed.append(f"The logs are in {product.folder}.")
