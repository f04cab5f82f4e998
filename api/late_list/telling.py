"""A list and its cases in words that pages and REST share: names as of the month's end, texts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from api.late_list.sight import SeenCases
from api.publications.case_rows import CaseRow
from api.viewer import Viewer
from dossiers.publication.editions import CaseState, Remark


@dataclass(frozen=True)
class ListNames:
    """``officers``: by id, whom a sheet names; empty once it was erased."""

    units: dict[str, str]
    procedures: dict[str, str]
    steps: dict[str, str]
    officers: dict[str, str]


async def names_in(viewer: Viewer, seen: SeenCases) -> ListNames:
    """The names of what may be seen. Officers have theirs in full for those who see the list:
    it is about to be published so."""
    sheet = await viewer.live.shelf.sheet(seen.edition.frozen.record.sheet)
    core = seen.core
    own = {row.case.officer for row in seen.rows}
    officers = sheet.officers if sheet is not None else ()
    return ListNames(
        dict(core.unit_names), dict(core.procedure_names), dict(core.step_names),
        {each.officer: each.name for each in officers if seen.whole or each.officer in own},
    )  # fmt: skip


async def texts_of(
    viewer: Viewer, found: Sequence[tuple[CaseRow, CaseState]]
) -> dict[str, str | None]:
    """By SHA-256 the texts of some cases; None for one that was erased."""
    digests = {digest for _, state in found for digest in _digests(state) if digest}
    texts = await asyncio.gather(*(viewer.live.shelf.text(digest) for digest in digests))
    return dict(zip(digests, texts, strict=True))


def _digests(state: CaseState) -> list[str]:
    remarks: tuple[Remark, ...] = (*state.explanations, *state.asked, *state.replies)
    decided = [state.decision.text] if state.decision is not None else []
    return [*(remark.text for remark in remarks), *decided]
