"""Which dossiers of a list a number stands for: the page counts by it, and its lists show by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from api.pages.late_list.asking import CasesAsked, What
from api.pages.late_list.holders import ChargedCase, MonthPicture
from dossiers.publication.lines import NOBODY
from dossiers.wire.late_lists import DossierLine, ReceptionLine

Cases = tuple[ChargedCase, ...]
Chosen = tuple[DossierLine, Cases]
_OF_CASES: Mapping[str, Callable[[ChargedCase], bool]] = {
    "explained": lambda case: case.talk.explained is not None,
    "waiting": lambda case: case.talk.waits,
    "asked": lambda case: case.talk.unanswered,
    "accepted": lambda case: case.talk.verdict == "accepted" and not case.talk.waits,
    "rejected": lambda case: case.talk.verdict == "rejected" and not case.talk.waits,
}
_OF_DOSSIERS: Mapping[str, Callable[[DossierLine, Cases], bool]] = {
    "late": lambda line, cases: True,
    "done": lambda line, cases: line.finished_at is not None,
    "open": lambda line, cases: line.finished_at is None,
    "zero": lambda line, cases: line.late == 0,
    "repeated": lambda line, cases: bool(line.listed_in),
    "apologised": lambda line, cases: line.apologised,
    "unmatched": lambda line, cases: any(
        charge.amount and charge.officer in NOBODY
        for charge in line.charges
        if charge.unit in {case.unit for case in cases}
    ),
    "rewritten": lambda line, cases: "rewritten" in line.marks,
    "backdated": lambda line, cases: "backdated" in line.marks,
    "retracted": lambda line, cases: "retracted" in line.marks,
    "reopened": lambda line, cases: "reopened" in line.marks,
}


def chosen(picture: MonthPicture, asked: CasesAsked) -> list[Chosen]:
    """Dossiers with the cases that were asked for; of what is said about a case, a line for each
    case. None of what was received late."""
    narrowed = list(_narrowed(picture, asked))
    if asked.what in _OF_DOSSIERS:
        fits = _OF_DOSSIERS[asked.what]
        return [(line, cases) for line, cases in narrowed if fits(line, cases)]
    if asked.what == "excluded":
        gone = picture.gone
        return [(line, cases) for line, cases in narrowed if line.dossier in gone]
    wanted = _relieved(picture) if asked.what == "relieved" else _OF_CASES.get(asked.what)
    if wanted is None:
        return []
    return [(line, (case,)) for line, cases in narrowed for case in cases if wanted(case)]


def receptions(picture: MonthPicture, asked: CasesAsked) -> list[ReceptionLine]:
    """Dossiers that were received too late."""
    inside = picture.within(asked.unit) if asked.unit else None
    return [each for each in picture.receptions if inside is None or each.unit in inside]


def count(picture: MonthPicture, what: What) -> int:
    """How many rows the list of all of these has; counted once."""
    if what not in picture.known:
        asked = CasesAsked(what)
        late = what == "receptions"
        picture.known[what] = len(receptions(picture, asked) if late else chosen(picture, asked))
    return picture.known[what]


def _narrowed(picture: MonthPicture, asked: CasesAsked) -> list[Chosen]:
    if not asked.unit and not asked.officer:
        return list(picture.dossiers)
    inside = picture.within(asked.unit) if asked.unit else None
    found = []
    for line, cases in picture.dossiers:
        fits = tuple(
            case
            for case in cases
            if (inside is None or case.unit in inside)
            and (not asked.officer or (case.officer == asked.officer and case.amount > 0))
        )
        if fits:
            found.append((line, fits))
    return found


def _relieved(picture: MonthPicture) -> Callable[[ChargedCase], bool]:
    """Cases that one officer is rid of, of dossiers that stay."""
    gone = picture.gone
    return lambda case: (
        case.talk.verdict == "accepted"
        and case.talk.relief == "holder"
        and case.line.dossier not in gone
    )
