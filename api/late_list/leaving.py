"""Which dossiers leave a list by what the review has come to so far."""

from __future__ import annotations

from api.late_list.sight import SeenCases
from dossiers.publication.reasons import relief_of
from dossiers.wire.late_lists import DossierLine


def gone_of(seen: SeenCases) -> frozenset[str]:
    """Of the dossiers that somebody sees. A dossier leaves by any case of it, also by one of
    another unit that this reader does not see."""
    left = {
        state.case.dossier
        for state in seen.edition.cases.values()
        if state.decision is not None
        and state.decision.accepted
        and relief_of(state.decision.reason) == "unit"
        and state.case in seen.index.by_case
    }
    return frozenset(row.line.dossier for row in seen.rows if row.line.dossier in left)


def staying(seen: SeenCases) -> tuple[DossierLine, ...]:
    """The others, each once."""
    gone = gone_of(seen)
    lines = {row.line.dossier: row.line for row in seen.rows}
    return tuple(line for dossier, line in lines.items() if dossier not in gone)
