"""What a campaign found: a table for people, JSON for programs."""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.faults.oracle.log import Log
from tests.faults.rounds import Outcome


@dataclass
class State:
    """One stack's rounds. ``installation``: name of its reference data. ``failed``: what differs,
    in words, empty if nothing does. ``seconds``: of its start and stop."""

    seed: int
    installation: str
    outcomes: list[Outcome] = field(default_factory=list)
    records: int = 0
    duplicates: int = 0
    letters: int = 0
    dossiers: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def take(self, outcome: Outcome, log: Log) -> None:
        """One more round, and the log after it."""
        self.outcomes.append(outcome)
        counted = log.expected
        self.records, self.letters = counted.records, len(counted.poison)
        self.duplicates, self.dossiers = counted.duplicates, counted.dossiers


@dataclass
class Result:
    """``over``: all that was to be tried was, or it was interrupted."""

    seed: int
    states: list[State] = field(default_factory=list)
    interrupted: bool = False
    over: bool = False

    @property
    def outcomes(self) -> list[Outcome]:
        return [outcome for state in self.states for outcome in state.outcomes]

    @property
    def failed(self) -> list[str]:
        return [line for state in self.states for line in state.failed]

    @property
    def figures(self) -> dict[str, Any]:
        """Over all states."""
        outcomes, states = self.outcomes, [state for state in self.states if state.outcomes]
        return {
            "seed": self.seed,
            "over": self.over,
            "interrupted": self.interrupted,
            "states": len(states),
            "rounds": len(outcomes),
            "faults": sum(len(outcome.faults) for outcome in outcomes),
            "records": sum(state.records for state in states),
            "duplicates": sum(state.duplicates for state in states),
            "dead_letters": sum(state.letters for state in states),
            "dossiers": sum(state.dossiers for state in states),
            "actions": sum(outcome.acted for outcome in outcomes),
            "mails": sum(state.outcomes[-1].mails for state in states),
            "compared": sum(outcome.differences.compared for outcome in outcomes),
            "differences": sum(len(outcome.differences) for outcome in outcomes),
            "stuck": sum(bool(outcome.stuck) for outcome in outcomes),
            "seconds": round(sum(outcome.seconds for outcome in outcomes)),
        }

    @property
    def kinds(self) -> list[tuple[str, int, float, float]]:
        """Of each fault: times, usual and longest recovery in seconds."""
        times = Counter(name for outcome in self.outcomes for name in outcome.faults)
        seen: dict[str, list[float]] = defaultdict(list)
        for outcome in self.outcomes:
            for name, seconds in outcome.recoveries:
                seen[name].append(seconds)
        return [
            (name, count, median(seen[name] or [0.0]), max(seen[name], default=0.0))
            for name, count in sorted(times.items())
        ]

    @property
    def parts(self) -> dict[str, float]:
        """Where the time of a round goes: mean seconds by part."""
        total: dict[str, float] = defaultdict(float)
        for outcome in self.outcomes:
            for name, seconds in outcome.parts.items():
                total[name] += seconds
        rounds = max(1, len(self.outcomes))
        return {name: round(seconds / rounds, 1) for name, seconds in total.items()}


def table(result: Result) -> str:
    """Faults by kind with their recovery, records, differences, and where the time went."""
    kinds, figures = result.kinds, result.figures
    width = max((len(name) for name, *_ in kinds), default=10)
    lines = [f"{'fault':<{width}}  times  usual recovery (s)  longest"]
    lines += [
        f"{name:<{width}}  {count:>5}  {usual:>18.1f}  {longest:>7.1f}"
        for name, count, usual, longest in kinds
    ]
    longest = max((each[3] for each in kinds), default=0.0)
    lines += [
        f"{'all':<{width}}  {figures['faults']:>5}  {'':>18}  {longest:>7.1f}",
        "",
        f"states {figures['states']}, rounds {figures['rounds']}, "
        f"records {figures['records']:,}, of them duplicates {figures['duplicates']:,} and "
        f"dead letters {figures['dead_letters']:,}; dossiers {figures['dossiers']:,}",
        f"what people did by the API {figures['actions']:,}, mails {figures['mails']:,}",
        f"compared {figures['compared']:,}, differences {figures['differences']}, "
        f"rounds that never settled {figures['stuck']}",
        "seconds a round: " + ", ".join(f"{n} {s}" for n, s in result.parts.items()),
    ]
    if result.interrupted:
        lines.append("Interrupted; the round under way is not counted.")
    return "\n".join(lines)


def write(result: Result, path: Path) -> None:
    """The result as JSON; what was there before stays until it is whole."""
    whole = {
        **result.figures,
        "parts": result.parts,
        "kinds": [
            {"fault": n, "times": c, "usual_recovery_s": round(u, 1), "longest_recovery_s": m}
            for n, c, u, m in result.kinds
        ],
        "each": [
            {
                "seed": state.seed,
                "installation": state.installation,
                "records": state.records,
                "duplicates": state.duplicates,
                "dead_letters": state.letters,
                "dossiers": state.dossiers,
                "seconds": state.seconds,
                "failed": state.failed,
                "rounds": [_of(outcome) for outcome in state.outcomes],
            }
            for state in result.states
        ],
    }
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "utf-8")
    os.replace(beside, path)


def _of(outcome: Outcome) -> dict[str, Any]:
    return {
        "faults": outcome.faults,
        "recoveries": outcome.recoveries,
        "published": outcome.published,
        "resent": outcome.resent,
        "acted": outcome.acted,
        "mails": outcome.mails,
        "compared": outcome.differences.compared,
        "differences": len(outcome.differences),
        "stuck": bool(outcome.stuck),
        "seconds": round(outcome.seconds, 1),
        "parts": {name: round(seconds, 2) for name, seconds in outcome.parts.items()},
    }


def line(outcome: Outcome) -> str:
    """One round in a line."""
    worst = max((seconds for _, seconds in outcome.recoveries), default=0.0)
    parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in outcome.parts.items())
    return (
        f"round {outcome.number}: {outcome.published} records and {outcome.resent} again, "
        f"{outcome.acted} actions, {outcome.mails} mails so far, "
        f"{outcome.differences.compared} compared, {len(outcome.differences)} differences, "
        f"recovered in {worst:.1f} s, took {outcome.seconds:.0f} s ({parts})"
    )


def failure(outcome: Outcome, seed: int) -> Iterable[str]:
    """What a failed round has to say."""
    yield f"FAILED: seed {seed}, round {outcome.number}, faults: {', '.join(outcome.faults)}"
    if outcome.stuck:
        yield outcome.stuck
    yield from outcome.differences.lines()
