"""Cases of a list by unit, officer, and how far they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from api.late_list.sight import SeenCases
from api.publications.case_rows import CaseRow
from dossiers.publication.editions import CaseState

Show = Literal["all", "unexplained", "explained", "pending", "asked", "accepted", "rejected"]
SHOWS: tuple[Show, ...] = get_args(Show)
_FITS: dict[Show, Callable[[CaseState], bool]] = {
    "all": lambda _: True,
    "unexplained": lambda state: state.explanation is None,
    "explained": lambda state: state.explanation is not None,
    "pending": lambda state: state.pending,
    "asked": lambda state: state.unanswered,
    "accepted": lambda state: state.decision is not None and state.decision.accepted,
    "rejected": lambda state: state.decision is not None and not state.decision.accepted,
}


def chosen(
    seen: SeenCases, show: Show = "all", unit: str = "", officer: str = ""
) -> list[tuple[CaseRow, CaseState]]:
    """Those that may be seen and fit, in the order of the list. ``unit``: charged in it;
    ``officer``: charged to them."""
    fits = _FITS[show]
    pairs = ((row, seen.edition.case(row.case)) for row in seen.rows)
    return [
        (row, state)
        for row, state in pairs
        if fits(state)
        and (not unit or row.case.unit == unit)
        and (not officer or row.case.officer == officer)
    ]


def counted(seen: SeenCases) -> dict[Show, int]:
    """How many there are of each."""
    # Of most cases nobody has said anything: these are not looked at one by one.
    states = [state for case, state in seen.edition.cases.items() if seen.sees(case)]
    found = {show: sum(map(_FITS[show], states)) for show in SHOWS}
    silent = len(seen.rows) - len(states)
    return {**found, "all": len(seen.rows), "unexplained": found["unexplained"] + silent}
