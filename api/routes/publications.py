"""Late lists as those see them who work on them: lists, cases, drafts, effects, files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from api.late_list.effects import Effect, effects
from api.late_list.finding import Show, chosen, counted
from api.late_list.drafts import draft_of
from api.late_list.offering import offered
from api.late_list.places import acting_as
from api.late_list.sight import SeenCases, edition_of, seen_cases, sees_whole
from api.late_list.telling import ListNames, names_in, texts_of
from api.late_list.attached import attached_file
from api.paging import Cursor, decode_cursor, encode_cursor
from api.problems import Problem, problem, responses
from api.publications.case_rows import CaseRow
from api.publications.errors import LateListError, missing
from api.routes.publication_models import (
    HASH_PATTERN,
    AttachedFile,
    CasePage,
    CaseShown,
    DecisionView,
    Drafted,
    DraftView,
    EffectBody,
    Effects,
    ListShown,
    ListsShown,
    OneEffect,
    OneFile,
    SaidView,
)
from api.viewer import LoadedViewer, Viewer
from dossiers.publication.editions import CaseState, Decision, Edition, Remark
from dossiers.publication.figures import AT_DESKS, rate
from dossiers.text.ids import MAX_ID
from dossiers.wire.late_lists import Counts, Thresholds
from dossiers.wire.publications import Case, month_and_scope

router = APIRouter(prefix="/api/v1/publications", tags=["late lists"])
ListPath = Annotated[str, Path(max_length=210, description="its id: month, or month~UNIT")]
EditionQuery = Annotated[
    int, Query(ge=0, le=1_000, description="which edition; 0: the newest one")
]
PageSize = Annotated[int, Query(ge=1, le=200, description="most cases of one page")]
OneId = Annotated[str, Query(max_length=MAX_ID, description="only of this one")]
CaseDossier = Annotated[str, Query(min_length=1, max_length=MAX_ID, description="id of a dossier")]
CaseUnit = Annotated[str, Query(min_length=1, max_length=MAX_ID, description="where it is charged")]
CaseOfficer = Annotated[str, Query(max_length=MAX_ID, description="to whom; empty: the unit")]
_GONE: dict[int | str, dict[str, Any]] = {
    410: {"model": Problem, "description": "Rows and names were erased when they had had their time"}
}


@router.get("", summary="List late lists", responses=responses(503))
async def lists(viewer: LoadedViewer) -> ListsShown:
    """Those in which something is yours, the newest month first; what you may do in each."""
    found = []
    for id_ in viewer.live.publications.state.months():
        try:
            found.append(await _shown(viewer, edition_of(viewer, id_)))
        except LateListError as error:
            if error.status not in (404, 410):
                raise
    return ListsShown(lists=found)


@router.get("/files/{sha256}", summary="Download an attached file", responses=responses(404, 503))
async def file(
    viewer: LoadedViewer, sha256: Annotated[str, Path(pattern=HASH_PATTERN)]
) -> Response:
    """A file that somebody attached to a case that you see. To be saved, never shown."""
    found, content = await attached_file(viewer, sha256)
    name = f"{sha256[:12]}.{found.media.rpartition('/')[2]}"
    return Response(
        content,
        media_type=found.media,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


@router.get(
    "/{list:path}/cases", summary="List a late list's cases", responses={**responses(404, 503), **_GONE}
)
async def cases(
    viewer: LoadedViewer,
    list: ListPath,  # noqa: A002
    edition: EditionQuery = 0,
    show: Annotated[Show, Query(description="how far they are")] = "all",
    unit: OneId = "",
    officer: OneId = "",
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> CasePage:
    """Dossiers and who is charged with them, with what was said and decided about each. You see
    those charged to you, or to your units; all of them from the office of reform on."""
    seen = await seen_cases(viewer, edition_of(viewer, list, edition))
    found = chosen(seen, show, unit, officer)
    first = decode_cursor(cursor)[0] if cursor else 0
    page = found[max(first, 0) :][:limit]
    end = max(first, 0) + len(page)
    names, texts = await names_in(viewer, seen), await texts_of(viewer, page)
    return CasePage(
        count=len(found),
        cases=[_case(viewer, names, texts, *each) for each in page],
        next=encode_cursor(end, "") if end < len(found) else None,
    )


@router.get(
    "/{list:path}/draft", summary="Offer a draft of an explanation", responses={**responses(404, 503), **_GONE}
)
async def draft(
    viewer: LoadedViewer,
    list: ListPath,  # noqa: A002
    dossier: CaseDossier,
    unit: CaseUnit,
    officer: CaseOfficer = "",
) -> Drafted:
    """What was last said about the dossier's alerts, for whoever is to explain the case."""
    case = Case(dossier, unit, officer)
    seen = await seen_cases(viewer, edition_of(viewer, list))
    if not seen.sees(case):
        raise missing()
    found = await draft_of(viewer, case)
    if found is None:
        return Drafted(draft=None)
    made = DraftView(reason=found.reason, text=found.text, by=found.by, at=found.at)
    return Drafted(draft=made)


@router.post(
    "/{list:path}/effect", summary="Show what a decision would change", responses={**responses(404, 422, 503), **_GONE}
)
async def effect(viewer: LoadedViewer, list: ListPath, body: EffectBody) -> Effects:  # noqa: A002
    """For each officer and unit: late dossiers before and after accepting these cases by this
    reason, with what has been decided so far. Writes nothing."""
    acting_as(viewer, ("reform_office",))
    seen = await seen_cases(viewer, edition_of(viewer, list))
    names = await names_in(viewer, seen)
    accepted = [Case(each.dossier, each.unit, each.officer) for each in body.accepted]
    found = effects(seen, accepted, body.reason)
    return Effects(effects=[_effect(each, names, seen.core.thresholds) for each in found])


@router.get("/{list:path}", summary="Show a late list", responses={**responses(404, 503), **_GONE})
async def one_list(viewer: LoadedViewer, list: ListPath, edition: EditionQuery = 0) -> ListShown:  # noqa: A002
    """How far it is, until when each step is due, how many cases wait for what, and what you may
    do."""
    return await _shown(viewer, edition_of(viewer, list, edition))


async def _shown(viewer: Viewer, edition: Edition) -> ListShown:
    try:
        seen = await seen_cases(viewer, edition)
    except LateListError as error:
        if error.status != 410:
            raise
        return _told(viewer, edition, None)
    return _told(viewer, edition, seen)


def _told(viewer: Viewer, edition: Edition, seen: SeenCases | None) -> ListShown:
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
        cases={} if seen is None else dict(counted(seen)),
        offered=[*offered(viewer, edition)],
        working=any(frozen.list in key for key in viewer.live.publishing.works.running),
    )  # fmt: skip


def _case(
    viewer: Viewer,
    names: ListNames,
    texts: dict[str, str | None],
    row: CaseRow,
    state: CaseState,
) -> CaseShown:
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


def _effect(found: Effect, names: ListNames, thresholds: Thresholds) -> OneEffect:
    def percent(late: int) -> str | None:
        counts = Counts(
            total=found.total, late=late, done=0, open=0, zero=0, repeated=0, apologised=0,
            late_receptions=0, unmatched=0,
        )  # fmt: skip
        value = rate(counts, thresholds, AT_DESKS)
        return None if value is None else str(value)

    return OneEffect(
        unit=found.unit, unit_name=names.units.get(found.unit, found.unit), officer=found.officer,
        officer_name=names.officers.get(found.officer, found.officer), total=found.total,
        before=found.before, after=found.after, rate_before=percent(found.before),
        rate_after=percent(found.after),
    )  # fmt: skip


async def list_not_changed(request: Request, error: LateListError) -> JSONResponse:
    """A step that was not taken, as a problem; or (202) one that is still being taken."""
    more: dict[str, Any] = {"code": error.key}
    if error.number:
        more["number"] = error.number
    answer = problem(request, error.status, str(error), more=more)
    if error.retry_after:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer
