"""Late lists, cases and effects as REST tells them."""

from __future__ import annotations

from api.late_list.finding import counted
from api.late_list.offering import offered
from api.late_list.sight import seen_cases, sees_whole
from api.late_list.telling import ListNames
from api.publications.case_rows import CaseRow
from api.publications.errors import LateListError
from api.routes.publication_models import (
    AttachedFile,
    CaseShown,
    DecisionView,
    ListShown,
    OneEffect,
    OneFile,
    SaidView,
)
from api.viewer import Viewer
from dossiers.publication.editions import CaseState, Decision, Edition, Remark
from dossiers.publication.effects import Touched
from dossiers.wire.late_lists import Thresholds
from dossiers.wire.publications import month_and_scope


async def list_shown(viewer: Viewer, edition: Edition) -> ListShown:
    """As far as somebody sees it. Raises LateListError."""
    try:
        seen = await seen_cases(viewer, edition)
    except LateListError as error:
        if error.status != 410:
            raise
        return list_told(viewer, edition, {})
    counts = {str(show): count for show, count in counted(seen).items()}
    return list_told(viewer, edition, counts)


def list_told(viewer: Viewer, edition: Edition, counts: dict[str, int]) -> ListShown:
    """``counts``: of the cases that are seen, by how far they are."""
    frozen, whole = edition.frozen.record, sees_whole(viewer)
    month, scope = month_and_scope(frozen.list)
    published = edition.published.record if edition.published is not None else None
    files = edition.reduced.record.files if edition.reduced is not None else ()
    files = files or (published.files if published is not None else ())
    now = viewer.live.view.watermark or 0
    return ListShown(
        id=frozen.list, month=month, scope=scope, edition=frozen.edition,
        simulation=frozen.simulation, stage=edition.stage(now),
        number=edition.records[-1].record.number, frozen_at=frozen.at, watermark=frozen.watermark,
        explain_until=frozen.explain_until, review_until=frozen.review_until,
        publish_until=frozen.publish_until, core=frozen.core,
        list_core=edition.submitted.record.core if edition.submitted is not None else "",
        total=frozen.total if whole else None, late=frozen.late if whole else None,
        document_no=published.document_no if published is not None else "",
        dated=published.dated if published is not None else "",
        files=[
            OneFile(name=each.name, media=each.media, sha256=each.sha256, size=each.size)
            for each in files
        ],
        cases=counts,
        offered=[*offered(viewer, edition)],
        working=any(frozen.list in key.split() for key in viewer.live.publishing.works.running),
    )  # fmt: skip


def case_shown(
    viewer: Viewer,
    names: ListNames,
    texts: dict[str, str | None],
    row: CaseRow,
    state: CaseState,
) -> CaseShown:
    """With what was said. ``texts``: by SHA-256."""
    line, case = row.line, row.case

    def said(remark: Remark) -> SaidView:
        return SaidView(
            by=remark.by, by_label=names.officers.get(remark.by, viewer.labels.officer(remark.by)),
            capacity=remark.capacity, at=remark.at, reason=remark.reason,
            text=texts.get(remark.text), late=remark.late,
            erased=bool(remark.text) and texts.get(remark.text) is None,
        )  # fmt: skip

    return CaseShown(
        dossier=case.dossier, procedure=line.procedure,
        procedure_name=names.procedures.get(line.procedure, line.procedure),
        unit=case.unit, unit_name=names.units.get(case.unit, case.unit), officer=case.officer,
        officer_name=names.officers.get(case.officer, case.officer),
        steps=[names.steps.get(step, step) for step in row.steps if step], amount=row.amount,
        late=line.late, day=line.day, due_at=line.due_at, finished_at=line.finished_at,
        marks=[*line.marks], listed_in=[*line.listed_in], number=state.number,
        pending=state.pending,
        explanation=said(state.explanation) if state.explanation is not None else None,
        asked=[said(each) for each in state.asked], replies=[said(each) for each in state.replies],
        files=[
            AttachedFile(sha256=each.sha256, media=each.media, size=each.size)
            for each in state.files
        ],
        decision=_decision(state.decision, texts),
    )  # fmt: skip


def _decision(found: Decision | None, texts: dict[str, str | None]) -> DecisionView | None:
    if found is None:
        return None
    return DecisionView(
        accepted=found.accepted, by=found.by, at=found.at, reason=found.reason,
        text=texts.get(found.text),
    )  # fmt: skip


def effect_shown(found: Touched, names: ListNames, thresholds: Thresholds) -> OneEffect:
    """With rates as desks print them."""
    rates = [None if each is None else str(each) for each in found.rates(thresholds)]
    return OneEffect(
        unit=found.unit, unit_name=names.units.get(found.unit, found.unit), officer=found.officer,
        officer_name=names.officers.get(found.officer, found.officer), total=found.total,
        before=found.before, after=found.after, rate_before=rates[0], rate_after=rates[1],
    )  # fmt: skip
