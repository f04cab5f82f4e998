"""What a decision would change."""

from __future__ import annotations

from collections.abc import Iterable

from api.late_list.sight import SeenCases
from api.publications.errors import LateListError
from dossiers.publication.effects import Effect, effect_of
from dossiers.publication.reviewed import reviewed, with_decision
from dossiers.wire.publications import Case


def effect_for(seen: SeenCases, accepted: Iterable[Case], reason: str) -> Effect:
    """Of accepting these cases for a reason, with what has been decided so far. Raises
    LateListError."""
    cases = tuple(accepted)
    if not all(seen.sees(case) for case in cases):
        raise LateListError(422, "unknown_case", "cases: one of them is not in this list.")
    before = reviewed(seen.edition)
    try:
        after = with_decision(before, cases, (), reason)
    except ValueError:
        raise LateListError(
            422, "reason_relieves_nobody", "This reason relieves nobody, so nothing is accepted."
        ) from None
    return effect_of(seen.core, seen.index.rows, before, after)
