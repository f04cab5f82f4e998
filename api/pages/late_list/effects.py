"""What the review comes to so far, and what a decision would change before it is made."""

from __future__ import annotations

from collections.abc import Iterable, Set

from api.late_list.sight import SeenCases
from api.pages.late_list.holders import CaseHolder, ChargedCase, MonthPicture
from dossiers.publication.effects import Effect, effect_of
from dossiers.publication.reasons import relief_of
from dossiers.publication.reviewed import reviewed, with_decision


def decision_effect(
    seen: SeenCases, decided: Iterable[ChargedCase], picked: Set[str], reason: str
) -> Effect:
    """Compared with what is decided now. ``picked``: dossiers of ``decided`` that are accepted by
    ``reason``, the others are not. Blocks for as long as it takes to go through the rows."""
    before = reviewed(seen.edition)
    cases = tuple(decided)
    accepted = [case.case for case in cases if case.line.dossier in picked and relief_of(reason)]
    rejected = [case.case for case in cases if case.case not in accepted]
    after = with_decision(before, accepted, rejected, reason)
    return effect_of(seen.core, seen.index.rows, before, after)


def relieved_of(picture: MonthPicture, holder: CaseHolder) -> frozenset[str]:
    """Dossiers that are no longer charged to somebody, as decided now."""
    gone = picture.gone
    return frozenset(
        case.line.dossier
        for case in holder.cases
        if case.line.dossier in gone or (case.talk.verdict == "accepted" and case.talk.relief)
    )
