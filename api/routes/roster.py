"""Plans of absence and ways to be told: read and changed by oneself and by whoever is above."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.problems import Problem, problem, responses
from api.roster.desk import RosterError
from api.viewer import LoadedViewer, Viewer
from dossiers.alerting.plans import covers
from dossiers.wire.roster import Leave, RosterEntry

router = APIRouter(prefix="/api/v1/roster", tags=["alerts"])
OfficerId = Annotated[str, Path(description="id of an officer")]
Instant = Annotated[int, Field(ge=946_684_800_000, le=3_124_224_000_000, description="epoch ms")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["18:00"])]
_CHANGED: dict[int | str, dict[str, Any]] = {
    **responses(404, 422, 503),
    409: {"model": Problem, "description": "The plan was changed meanwhile; nothing was written"},
}


class LeaveBody(BaseModel):
    """From ``begins_at`` up to and without ``ends_at``, in data time."""

    model_config = ConfigDict(extra="forbid")
    begins_at: Instant = Field(examples=[1796023800000])
    ends_at: Instant = Field(examples=[1796058000000])
    deputy: str = Field(
        default="", max_length=100, description="id of an officer; empty: the superior stands in"
    )


class RosterBody(BaseModel):
    """All of a plan. ``revision``: of the plan that is replaced, 0 for the first."""

    model_config = ConfigDict(extra="forbid")
    revision: int = Field(ge=0, le=10**9, examples=[3])
    ways: list[Literal["mail", "webhook", "app"]] = Field(
        default=["mail", "app"], max_length=3, description="in addition to the inbox"
    )
    quiet: tuple[Clock, Clock] | None = Field(
        default=None, description="nothing is sent between these; null: as the policy says"
    )
    leaves: list[LeaveBody] = Field(default=[], max_length=20)


class LeaveGap(BaseModel):
    """A part of a leave for which the plan names nobody who is there. ``stands_in``: the superior
    who is told then; empty: nobody is on duty, and what is to be told waits."""

    begins_at: int = Field(description="epoch ms", examples=[1796023800000])
    ends_at: int = Field(description="epoch ms", examples=[1796058000000])
    stands_in: str = Field(examples=["CB00001"])


class RosterShown(RosterBody):
    """A plan as it stands, and what it leaves open."""

    officer: str = Field(examples=["CB00004"])
    written_by: str = Field(description="officer, or who else changed it", examples=["CB00001"])
    written_at: int = Field(description="epoch ms, real time", examples=[1796000000000])
    gaps: list[LeaveGap]


@router.get("/{officer:path}", summary="Show a plan", responses=responses(404, 503))
async def plan(viewer: LoadedViewer, officer: OfficerId) -> RosterShown:
    """When an officer is away, who stands in, and how they want to be told. Only for themselves
    and those above them."""
    if not viewer.live.roster_desk.allowed(viewer.access, officer):
        raise RosterError(404, "not_yours", "A plan is one's own, or that of one's people.")
    return _shown(viewer, viewer.live.roster.of(officer))


@router.put("/{officer:path}", summary="Replace a plan", responses=_CHANGED)
async def put_plan(viewer: LoadedViewer, officer: OfficerId, body: RosterBody) -> RosterShown:
    """Counts at once. 409 if the plan is another by now than the one with this ``revision``."""
    leaves = tuple(Leave(**each.model_dump()) for each in body.leaves)
    made = await viewer.live.roster_desk.change(
        viewer.access,
        officer,
        body.revision,
        lambda entry: msgspec.structs.replace(
            entry,
            ways=tuple(dict.fromkeys(body.ways)),
            quiet=body.quiet,
            leaves=tuple(sorted(leaves, key=lambda each: each.begins_at)),
        ),
    )
    return _shown(viewer, made)


def _shown(viewer: Viewer, entry: RosterEntry) -> RosterShown:
    desk = viewer.live.roster_desk
    found = (
        cover
        for leave in entry.leaves
        if leave.ends_at > desk.now
        for cover in covers(entry.officer, leave, desk.duties, viewer.live.roster.entries)
    )
    return RosterShown(
        officer=entry.officer,
        revision=entry.revision,
        ways=list(entry.ways),
        quiet=entry.quiet,
        leaves=[LeaveBody(**msgspec.structs.asdict(each)) for each in entry.leaves],
        written_by=entry.written_by,
        written_at=entry.written_at,
        gaps=[
            LeaveGap(begins_at=c.begins_at, ends_at=c.ends_at, stands_in=c.stand.person)
            for c in found
            if not c.whole
        ],
    )


async def plan_not_changed(request: Request, error: RosterError) -> JSONResponse:
    """A plan that is not changed, as a problem."""
    answer = problem(request, error.status, str(error))
    if error.status == 503:
        answer.headers["Retry-After"] = "5"
    return answer
