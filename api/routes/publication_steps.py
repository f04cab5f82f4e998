"""The steps of a late list: freeze, explain, answer, ask, decide, submit, approve, publish."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from api.access.rules import MOST_IN_HAND
from api.bodies import Full
from api.late_list.asking import CaseRemark, DecisionAsked, SealedFile, StepAsked
from api.late_list.envelope import EnvelopeAsked
from api.late_list.explaining import attach, explain, reply
from api.late_list.freezing import correct, freeze
from api.late_list.publishing import (
    approve,
    publish,
    reduce,
    send_back,
    sign,
    submit,
)
from api.late_list.reviewing import ask_back, decide
from api.problems import Problem, responses
from api.publications.desk import WrittenRecord
from api.publications.errors import LateListError
from api.routes.publication_bodies import (
    AskBody,
    CaseBody,
    CorrectBody,
    DecideBody,
    ExplainBody,
    FreezeBody,
    PublishBody,
    ReplyBody,
    ReturnBody,
    StepBody,
    UploadedFile,
)
from api.routes.publication_models import GoesOn, StepTaken
from api.routes.publications import ListPath
from api.viewer import LoadedViewer, Viewer
from dossiers.wire.publications import Attachment, Case

router = APIRouter(prefix="/api/v1/publications", tags=["late lists"])
_WORKING: dict[int | str, dict[str, Any]] = {
    202: {"model": GoesOn, "description": "It takes longer and goes on: send the same again"}
}
STEPPED: dict[int | str, dict[str, Any]] = {
    **responses(404, 422, 503),
    **_WORKING,
    410: {"model": Problem, "description": "Files that this needs are not here any more"},
    409: {"model": Problem, "description": "Somebody was first, or the list is not at that step"},
}
_BYTES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("", summary="Freeze a month", responses=STEPPED)
async def freeze_month(viewer: LoadedViewer, body: FreezeBody) -> StepTaken:
    """Who is late, by what is known now, with the names of the month's end; once for each month
    and unit. The reform office does it, or the system on the first working day after the month."""
    return _taken(await freeze(viewer, body.month, body.scope, body.request))


@router.post(
    "/files",
    summary="Send a file to attach",
    responses=responses(409, 413, 422, 503),
    openapi_extra=_BYTES,
)
async def send_file(viewer: LoadedViewer, request: Request) -> UploadedFile:
    """PDF, JPEG or PNG, by what it holds. A PDF with scripts, files or encryption is refused; an
    image is kept without what it tells beside the picture. The answer goes into `files` of an
    explanation or reply of yours; a case has five files at most."""
    upload = await attach(viewer, await _body(viewer, request))
    file = upload.file
    return UploadedFile(sha256=file.sha256, media=file.media, size=file.size, seal=upload.seal)


@router.post("/{list:path}/explain", summary="Explain cases", responses=STEPPED)
async def explain_cases(viewer: LoadedViewer, list: ListPath, body: ExplainBody) -> StepTaken:
    """Officers explain what is charged to them, supervisors what is charged in their units, until
    the list is submitted; after the deadline it is marked. The last explanation counts."""
    said = CaseRemark(_cases(body.cases), body.text, body.reason, _files(body.files))
    return _taken(await explain(viewer, _asked(list, body), said))


@router.post("/{list:path}/reply", summary="Answer, or object", responses=STEPPED)
async def reply_to(viewer: LoadedViewer, list: ListPath, body: ReplyBody) -> StepTaken:
    """To what the reviewer asks, or to what is about to be published, until it is."""
    said = CaseRemark(_cases(body.cases), body.text, files=_files(body.files))
    return _taken(await reply(viewer, _asked(list, body), said))


@router.post("/{list:path}/ask", summary="Ask back", responses=STEPPED)
async def ask_cases(viewer: LoadedViewer, list: ListPath, body: AskBody) -> StepTaken:
    """The reform office asks whoever explained."""
    said = CaseRemark(_cases(body.cases), body.text)
    return _taken(await ask_back(viewer, _asked(list, body), said))


@router.post("/{list:path}/decide", summary="Accept or reject explanations", responses=STEPPED)
async def decide_cases(viewer: LoadedViewer, list: ListPath, body: DecideBody) -> StepTaken:
    """The reason says whom accepted cases relieve: the officer alone, or the unit too, whose
    dossier then leaves the list. 409 if somebody else has decided since `seen`."""
    judged = DecisionAsked(_cases(body.accepted), _cases(body.rejected), body.reason, body.text)
    return _taken(await decide(viewer, _asked(list, body), judged))


@router.post("/{list:path}/submit", summary="Close the review", responses=STEPPED)
async def submit_list(viewer: LoadedViewer, list: ListPath, body: StepBody) -> StepTaken:
    """The list is made of the frozen one and the decisions; nothing more is explained or decided
    unless it is sent back."""
    return _taken(await submit(viewer, _asked(list, body)))


@router.post("/{list:path}/return", summary="Send back to the review", responses=STEPPED)
async def return_list(viewer: LoadedViewer, list: ListPath, body: ReturnBody) -> StepTaken:
    """A leader, or somebody of the reform office who has not reviewed, sends it back with a
    reason."""
    return _taken(await send_back(viewer, _asked(list, body), body.text))


@router.post("/{list:path}/approve", summary="Approve a late list", responses=STEPPED)
async def approve_list(viewer: LoadedViewer, list: ListPath, body: StepBody) -> StepTaken:
    """A leader, or somebody of the reform office; nobody who has explained or reviewed in it."""
    return _taken(await approve(viewer, _asked(list, body)))


@router.post("/{list:path}/publish", summary="Publish a late list", responses=STEPPED)
async def publish_list(viewer: LoadedViewer, list: ListPath, body: PublishBody) -> StepTaken:
    """Documents are made with number, date and signer, and become public with the record that
    names them. Large lists take longer than an answer: 202, then send the same again."""
    envelope = EnvelopeAsked(
        body.document_no, body.dated, body.place, tuple(body.signer_title), body.signer
    )
    return _taken(await publish(viewer, _asked(list, body), envelope))


@router.post("/{list:path}/correct", summary="Begin a correction", responses=STEPPED)
async def correct_list(viewer: LoadedViewer, list: ListPath, body: CorrectBody) -> StepTaken:
    """Freezes the month anew, as a next edition that cites the published one; the way to
    publication is the same."""
    return _taken(await correct(viewer, _asked(list, body), body.text))


@router.post(
    "/{list:path}/sign",
    summary="Attach the signed document",
    responses={**STEPPED, **responses(413)},
    openapi_extra=_BYTES,
)
async def sign_list(
    viewer: LoadedViewer,
    request: Request,
    list: ListPath,
    request_id: Annotated[
        str, Query(alias="request", min_length=1, max_length=100, description="yours, unique")
    ],
    of: Annotated[
        str, Query(min_length=1, max_length=100, description="name of the published PDF")
    ],
    seen: Annotated[int, Query(ge=0, lt=2**53, description="`number` as you saw it")] = 0,
) -> StepTaken:
    """The published PDF with a signature: it begins with the published bytes, and what follows is
    the signature alone."""
    content = await _body(viewer, request)
    return _taken(await sign(viewer, StepAsked(list, request_id, seen), of, content))


@router.post("/{list:path}/reduce", summary="Take the names off", responses=STEPPED)
async def reduce_list(viewer: LoadedViewer, list: ListPath, body: StepBody) -> StepTaken:
    """Before or when names have had their time: rows, names and documents with them are erased;
    what stays proves that there was a list, and tells nothing of anybody."""
    return _taken(await reduce(viewer, _asked(list, body)))


async def _body(viewer: Viewer, request: Request) -> bytes:
    """All of it; how much it may be, the rule of the route says."""
    uploads, person = viewer.live.publishing.uploads, viewer.principal.person
    try:
        with uploads.opened(person, MOST_IN_HAND) as body:
            return await body.read(request.stream())
    except Full as error:
        detail = "Too many files are on the way: send it again in a moment."
        raise LateListError(429, "often", detail, retry_after=5) from error


def _asked(list_: str, body: StepBody) -> StepAsked:
    return StepAsked(list_, body.request, body.seen)


def _cases(found: Iterable[CaseBody]) -> tuple[Case, ...]:
    return tuple(Case(each.dossier, each.unit, each.officer) for each in found)


def _files(found: Iterable[UploadedFile]) -> tuple[SealedFile, ...]:
    return tuple(
        SealedFile(Attachment(sha256=each.sha256, media=each.media, size=each.size), each.seal)
        for each in found
    )


def _taken(found: WrittenRecord) -> StepTaken:
    record = found.record
    return StepTaken(
        list=record.list, edition=record.edition, number=record.number, hash=found.hash,
        at=record.at, again=found.again,
    )  # fmt: skip
