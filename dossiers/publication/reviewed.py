"""What the review of an edition came to: which cases are relieved, and which reasons are said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from dossiers.publication.editions import CaseState, Edition
from dossiers.publication.lines import NOBODY
from dossiers.publication.reasons import relief_of
from dossiers.wire.late_lists import DossierLine, Relief
from dossiers.wire.publications import Case


class Ruling(NamedTuple):
    """An accepted explanation. ``reason``: the code that relieves; ``text``: SHA-256 of what is
    printed with it, "" for none."""

    relief: Relief
    reason: str
    text: str = ""


class Reviewed(NamedTuple):
    """``relieved``: the accepted cases. ``said``: reasons of cases, ``of_dossiers``: of dossiers,
    the one that was said last."""

    relieved: Mapping[Case, Ruling]
    said: Mapping[Case, str]
    of_dossiers: Mapping[str, str]


NOTHING_REVIEWED = Reviewed({}, {}, {})


def reviewed(edition: Edition) -> Reviewed:
    """As it stands; cases that wait for a decision relieve nobody."""
    states = sorted(edition.cases.values(), key=_order)
    said = {state.case: reason for state in states if (reason := _said(state))}
    return Reviewed(
        dict(_relieved(states)), said, {case.dossier: reason for case, reason in said.items()}
    )


def with_decision(
    found: Reviewed, accepted: Iterable[Case], rejected: Iterable[Case], reason: str, text: str = ""
) -> Reviewed:
    """As it would be after one more decision. Raises ValueError if ``reason`` relieves nobody and
    something is accepted."""
    relieved = dict(found.relieved)
    said = dict(found.said)
    for case in rejected:
        relieved.pop(case, None)
    for case in accepted:
        relieved[case] = _ruling(reason, text)
        said[case] = reason
    return Reviewed(relieved, said, {**found.of_dossiers, **_of_dossiers(said)})


def cases_of(row: DossierLine) -> tuple[Case, ...]:
    """What can be explained about a late dossier: what is charged to each known officer, and to
    each unit as such."""
    units = dict.fromkeys(charge.unit for charge in row.charges)
    people = dict.fromkeys(
        (charge.unit, charge.officer)
        for charge in row.charges
        if charge.amount and charge.officer not in NOBODY
    )
    return (
        *(Case(row.dossier, unit) for unit in units),
        *(Case(row.dossier, *who) for who in people),
    )


def _order(state: CaseState) -> tuple[object, ...]:
    return state.number, *msgspec.structs.astuple(state.case)


def _relieved(states: Iterable[CaseState]) -> Iterator[tuple[Case, Ruling]]:
    for state in states:
        decision = state.decision
        if decision is not None and decision.accepted:
            yield state.case, _ruling(decision.reason, decision.text)


def _ruling(reason: str, text: str) -> Ruling:
    relief = relief_of(reason)
    if relief is None:
        raise ValueError(f"{reason} relieves nobody")
    return Ruling(relief, reason, text)


def _said(state: CaseState) -> str:
    """The reviewer's word counts; of what nobody has decided, that of who explained. What was
    rejected without another reason is no reason, nor is one by which others were relieved."""
    decision = state.decision
    if decision is None:
        return state.explanation.reason if state.explanation is not None else ""
    relieves = relief_of(decision.reason) is not None
    return decision.reason if decision.accepted or not relieves else ""


def _of_dossiers(said: Mapping[Case, str]) -> dict[str, str]:
    return {case.dossier: reason for case, reason in said.items()}
