"""What the reform office does with explanations."""

from __future__ import annotations

from api.late_list.asking import CaseRemark, DecisionAsked, StepAsked
from api.late_list.explaining import kept_text
from api.late_list.places import acting_as, step
from api.late_list.sight import edition_of, seen_cases
from api.publications.desk import WrittenRecord
from api.publications.errors import LateListError
from api.viewer import Viewer
from dossiers.wire.publications import Asked, Case, Decided


async def ask_back(viewer: Viewer, asked: StepAsked, said: CaseRemark) -> WrittenRecord:
    """Ask whoever explained for more. Raises LateListError."""
    capacity = acting_as(viewer, ("reform_office",))
    await _known(viewer, asked, said.cases)
    text = await kept_text(viewer, asked, said.text)
    if not text:
        raise LateListError(422, "text_missing", "text: say in words what is asked.")
    return await step(
        viewer, asked, Asked, capacity, {"cases": said.cases, "text": text}, said.cases
    )


async def decide(viewer: Viewer, asked: StepAsked, judged: DecisionAsked) -> WrittenRecord:
    """Accept explanations, or reject them. Raises LateListError."""
    capacity = acting_as(viewer, ("reform_office",))
    cases = (*judged.accepted, *judged.rejected)
    await _known(viewer, asked, cases)
    text = await kept_text(viewer, asked, judged.text)
    fields = {
        "accepted": judged.accepted, "rejected": judged.rejected,
        "reason": judged.reason, "text": text,
    }  # fmt: skip
    return await step(viewer, asked, Decided, capacity, fields, cases)


async def _known(viewer: Viewer, asked: StepAsked, cases: tuple[Case, ...]) -> None:
    seen = await seen_cases(viewer, edition_of(viewer, asked.list))
    if not all(seen.sees(case) for case in cases):
        raise LateListError(422, "unknown_case", "cases: one of them is not in this list.")
