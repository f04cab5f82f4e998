"""What a unit held when it ended: from then on its successor holds it
(dossiers.reference.succession)."""

from __future__ import annotations

from collections.abc import Sequence

from dossiers.reference.succession import Endings
from dossiers.reports.holdings import Holding


def passed_on(holdings: Sequence[Holding], ended: Endings) -> list[Holding]:
    """``holdings``, each split at the instant from which on its unit's dossiers count for the
    successor. Who has it in hand stays the same; what a portal told as one record is not split."""
    found: list[Holding] = []
    for holding in holdings:
        left = holding
        passed = {left.unit}
        while (ending := ended.get(left.unit)) is not None and ending.successor not in passed:
            if ending.at > left.start:
                if ending.at >= left.end or left.told:
                    break
                found.append(left._replace(end=ending.at))
                left = left._replace(start=ending.at, carried=None)
            passed.add(ending.successor)
            left = left._replace(unit=ending.successor)
        found.append(left)
    return found
