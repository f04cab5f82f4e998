"""Several months' lists together: a dossier that stands in more than one counts once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from api.late_list.leaving import staying
from api.late_list.sight import edition_of, seen_cases
from api.publications.errors import LateListError
from api.viewer import Viewer
from dossiers.publication.months import SeveralMonths, several_months
from dossiers.wire.late_lists import DossierLine, ListCore
from dossiers.wire.publications import month_and_scope

MOST_MONTHS = 60


@dataclass(frozen=True)
class TogetherCount:
    """``lists``: of the whole, one a month, in order. ``added``: late dossiers as the sum of the
    months; ``counted``: each once. ``erased``: months whose rows are no more, of which nothing is
    counted."""

    lists: tuple[str, ...]
    added: int
    counted: SeveralMonths
    erased: tuple[str, ...]


async def together_of(viewer: Viewer, since: str, until: str) -> TogetherCount:
    """Months from ``since`` to ``until`` (YYYY-MM), of what the reader sees and of what leaves no
    list as decided now. A month of which nothing is seen is left out."""
    low, high = sorted((since, until))
    lists: list[str] = []
    erased: list[str] = []
    found: list[tuple[ListCore, tuple[DossierLine, ...]]] = []
    for id_ in sorted(viewer.live.publications.state.lists):
        month, scope = month_and_scope(id_)
        if scope or not low <= month <= high or len(lists) == MOST_MONTHS:
            continue
        try:
            seen = await seen_cases(viewer, edition_of(viewer, id_))
        except LateListError as error:
            if error.status == 410:
                erased.append(id_)
            continue
        lists.append(id_)
        found.append((seen.core, await asyncio.to_thread(staying, seen)))
    counted = await asyncio.to_thread(several_months, found)
    added = sum(len(rows) for _, rows in found)
    return TogetherCount(tuple(lists), added, counted, tuple(erased))
