"""The table at the end of a campaign."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from tests.faults.rounds import Outcome


def table(outcomes: Sequence[Outcome], records: int, duplicates: int, letters: int) -> str:
    """Rounds, faults by kind with their longest recovery, records, differences."""
    faults = Counter(name for outcome in outcomes for name in outcome.faults)
    longest: dict[str, float] = defaultdict(float)
    for outcome in outcomes:
        for name, seconds in outcome.recoveries:
            longest[name] = max(longest[name], seconds)
    width = max(map(len, faults), default=10)
    lines = [f"{'fault':<{width}}  times  longest recovery (s)"]
    lines += [
        f"{name:<{width}}  {count:>5}  {longest[name]:>20.1f}"
        for name, count in sorted(faults.items())
    ]
    lines += [
        f"{'all':<{width}}  {sum(faults.values()):>5}  {max(longest.values(), default=0.0):>20.1f}",
        "",
        f"rounds {len(outcomes)}, records {records:,}, of them duplicates {duplicates:,} and "
        f"dead letters {letters:,}",
        f"compared {sum(outcome.differences.compared for outcome in outcomes):,}, "
        f"differences {sum(len(outcome.differences) for outcome in outcomes)}",
    ]
    return "\n".join(lines)


def failure(outcome: Outcome, seed: int) -> Iterable[str]:
    """What a failed round has to say."""
    yield f"FAILED: seed {seed}, round {outcome.number}, faults: {', '.join(outcome.faults)}"
    if outcome.stuck:
        yield outcome.stuck
    yield from outcome.differences.lines()
