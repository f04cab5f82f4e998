"""What one-stop systems and others post: the national portal's payloads, and plain events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, ConfigDict, Field

from api.access.limits import stated_size
from api.bodies import BODIES, Full
from api.ports import Ingest, IngestError, Receipt, Sender
from api.problems import problem, responses
from api.routes import ingest_schemas as schemas
from api.routes.ingest_examples import DOSSIERS, EVENTS, PROGRESS, SYNC_ERRORS
from api.viewer import AnyViewer, Viewer

router = APIRouter(prefix="/api/v1", tags=["ingest"])
_key = APIKeyHeader(
    name="X-API-Key",
    auto_error=False,
    description="the sender's own key; `dunghen keys add NAME` makes one",
)
Key = Annotated[str | None, Depends(_key)]  # describes it; api.access has looked at it by now


class RefusedView(BaseModel):
    """A record that was not taken. The reason names the field, never what it holds."""

    __qualname__ = "Refused"  # its name in the API
    model_config = ConfigDict(title="Refused", populate_by_name=True)

    index: int = Field(description="place in the payload, from 0", examples=[3])
    dossier: str = Field(
        alias="MaHoSo",
        description="what is kept of it: a hash if it may be personal",
        examples=["000.00.19.H29-261001-0001"],
    )
    reason: str = Field(examples=["NgayTiepNhan is no date; write yyyyMMddHHmmss"])


class Unread(BaseModel):
    """A field that was skipped; the rest of its record was taken."""

    model_config = ConfigDict(populate_by_name=True)

    index: int = Field(description="place in the payload, from 0", examples=[0])
    dossier: str = Field(
        alias="MaHoSo",
        description="what is kept of it: a hash if it may be personal",
        examples=["000.00.19.H29-261001-0001"],
    )
    field: str = Field(examples=["TrangThaiHoSo"])


class Answer(BaseModel):
    """The portal's envelope: "0" if every record was taken, "1" if some or all were refused."""

    error_code: str = Field(examples=["0"])
    message: str = Field(examples=["10 records taken."])
    accepted: int = Field(description="records that are safe", examples=[10])
    stored: Literal["kafka", "spool"] = Field(
        description="where they are: in Kafka, on all replicas, or on this machine's disk, from "
        "where they go to Kafka in order once it is back",
        examples=["kafka"],
    )
    refused: list[RefusedView] = Field(examples=[[]])
    unread: list[Unread] = Field(examples=[[]])


_SPOOLED: dict[int | str, dict[str, Any]] = {
    202: {"model": Answer, "description": "Taken; it waits on disk here until Kafka is back"}
}
_NONE_TAKEN: dict[int | str, dict[str, Any]] = {
    422: {"model": Answer, "description": "No record was taken; each has its reason"}
}
_CODES = (400, 401, 403, 408, 409, 413, 429, 503)
_PATHS = {
    "/portal/DongBoHoSoMC": ("DongBoHoSoMC", "Send dossiers as to the national portal", DOSSIERS),
    "/portal/CapNhatTienDoHoSoMC": (
        "CapNhatTienDoHoSoMC", "Send progress as to the national portal", PROGRESS,
    ),
    "/portal": (None, "Send either; the payload's service says which", DOSSIERS),
}  # fmt: skip


def _described(schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    content = {"schema": schema, "example": example}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def _portal(path: str, service: str | None, summary: str, example: dict[str, Any]) -> None:
    async def take(request: Request, response: Response, viewer: AnyViewer, key: Key) -> Any:
        async with _opened(request, viewer) as (ingest, sender, body):
            return _answer(await ingest.portal(sender, service, body), response, none_taken=200)

    take.__doc__ = (
        "Every record is compared with what is known of its dossier; the same one twice changes "
        "nothing. A payload is taken in part: each refused record has its reason. What is "
        "accepted stands in Kafka on all replicas or, while that is away, on the disk here; the "
        "answer says which. Personal data is dropped on arrival."
    )
    router.add_api_route(
        path, take, methods=["POST"], summary=summary, response_model=Answer,
        responses={**_SPOOLED, **responses(*_CODES)},
        openapi_extra=_described(schemas.PORTAL[service], example),
        operation_id=f"portal_{service or 'any'}",
    )  # fmt: skip


for _path, (_service, _summary, _example) in _PATHS.items():
    _portal(_path, _service, _summary, _example)


@router.post(
    "/events",
    summary="Send events",
    response_model=Answer,
    responses={**_SPOOLED, **_NONE_TAKEN, **responses(*_CODES)},
    openapi_extra=_described(schemas.EVENTS, EVENTS),
)
async def events(request: Request, response: Response, viewer: AnyViewer, key: Key) -> Any:
    """For senders that know what has happened. Times are UTC epoch milliseconds; `dunghen schema`
    prints every kind of event. An `event_id` that is known already changes nothing."""
    async with _opened(request, viewer) as (ingest, sender, body):
        return _answer(await ingest.events(sender, body), response, none_taken=422)


@router.post(
    "/sync-errors",
    summary="Report errors of ministries' systems",
    response_model=Answer,
    responses={**_NONE_TAKEN, **responses(*_CODES)},
    openapi_extra=_described(schemas.SYNC_ERRORS, SYNC_ERRORS),
)
async def sync_errors(request: Request, response: Response, viewer: AnyViewer, key: Key) -> Any:
    """For one-stop systems that exchange dossiers with a ministry's system: which system answered
    with which code, about which dossier and when. Codes only: an error with a text is refused. The
    same one twice counts once. While Kafka is away nothing waits here: send it again."""
    async with _opened(request, viewer) as (ingest, sender, body):
        return _answer(await ingest.sync_errors(sender, body), response, none_taken=422)


@asynccontextmanager
async def _opened(request: Request, viewer: Viewer) -> AsyncIterator[tuple[Ingest, Sender, bytes]]:
    """Who sends, and what. All bodies in hand at a time are bounded together."""
    ingest = viewer.live.ingest
    if ingest is None:
        raise IngestError(
            409, "This is no live timeline: records sent here would mix two presents."
        )
    sender = Sender(viewer.principal.subject, viewer.principal.units)
    too_large = IngestError(
        413, f"The payload is larger than {ingest.max_body} bytes: send fewer records."
    )
    if encoding := request.headers.get("content-encoding", ""):
        ingest.check_encoding(encoding)
    if stated_size(request.headers) > ingest.max_body:
        raise too_large
    try:
        with viewer.live.bodies.opened(sender.name, BODIES * ingest.max_body) as body:
            yield ingest, sender, await body.read(_chunks(request, ingest.max_body, too_large))
    except Full as full:
        whose = " of this key while others send" if full.fair else ""
        raise IngestError(
            429, f"Too many payloads at a time{whose}: send again after Retry-After seconds.", 1
        ) from None


async def _chunks(request: Request, most: int, too_large: IngestError) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise too_large
        yield chunk


def _answer(taken: Receipt, response: Response, none_taken: int) -> dict[str, Any]:
    """``none_taken``: the status if every record was refused. Portals' senders look into the
    envelope whatever the status is, and send all of it again at any other than 200."""
    many = len(taken.refused)
    message = f"{taken.accepted} records taken."
    if many:
        message = f"{taken.accepted} records taken, {many} refused: see the reasons."
        if not taken.accepted:
            response.status_code = none_taken
    if taken.stored == "spool" and taken.accepted:
        response.status_code = 202  # safe, and not yet where it belongs
        message += " They wait on disk until Kafka is back."
    return {
        "error_code": "1" if many else "0",
        "message": message,
        "accepted": taken.accepted,
        "stored": taken.stored,
        "refused": [
            {"index": r.index, "MaHoSo": r.dossier, "reason": r.reason} for r in taken.refused
        ],
        "unread": [{"index": u.index, "MaHoSo": u.dossier, "field": u.name} for u in taken.unread],
    }


def not_taken(request: Request, error: IngestError) -> JSONResponse:
    """A problem that has the portal's two fields as well."""
    answer = problem(
        request, error.status, str(error),
        more={"error_code": str(error.status), "message": str(error)},
    )  # fmt: skip
    if error.retry_after:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer
