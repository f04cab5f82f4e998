"""Walls by name: their settings are read, made, changed and removed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.problems import Problem, problem, responses
from api.sign_in_flow import UsesSignIn
from api.viewer import AnyViewer, LoadedViewer
from api.walls.book import version_of
from api.walls.desk import WallError
from dossiers.wire.walls import NamedWall, OfficerNames

router = APIRouter(prefix="/api/v1/walls", tags=["wall"])

UnitId = Annotated[str, Field(min_length=1, max_length=100, examples=["H29.19"])]
Name = Annotated[str, Path(description="small letters, digits and hyphens", max_length=40)]
Match = Annotated[
    str | None,
    Header(alias="If-Match", max_length=100, description="the ETag of what is replaced"),
]
NoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", max_length=10, description="`*` to make a new wall")
]
_CHANGED: dict[int | str, dict[str, Any]] = {
    **responses(404, 422, 503),
    409: {"model": Problem, "description": "There are too many walls, or nobody may change them"},
    412: {"model": Problem, "description": "It was changed meanwhile, or the name is in use"},
    428: {"model": Problem, "description": "Say what is replaced: If-Match or If-None-Match: *"},
}
_CLAIMED: dict[int | str, dict[str, Any]] = {
    **responses(404, 422, 503),
    409: {"model": Problem, "description": "This process only shows walls; it hands out no key"},
}


class WallPart(BaseModel):
    """One part of a rotation."""

    model_config = ConfigDict(extra="forbid")
    units: list[UnitId] = Field(min_length=1, max_length=50)
    seconds: int = Field(default=60, ge=10, le=3_600, examples=[60])
    title: str = Field(default="", max_length=120, examples=["Sở Xây dựng"])


class WallBody(BaseModel):
    """How a wall looks; no figure depends on it."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(default="", max_length=120, examples=["Trung tâm điều hành"])
    units: list[UnitId] = Field(
        default=[], max_length=50, description="those below included; empty: all that may be seen"
    )
    views: list[WallPart] = Field(
        default=[], max_length=12, description="parts of these by turns; empty: all at once"
    )
    target: float | None = Field(
        default=None, ge=0, le=100, description="percent on time; null: the rule's", examples=[98.0]
    )
    language: Literal["vi", "en"] = Field(default="vi", examples=["vi"])
    theme: Literal["dark", "light"] = Field(default="dark", examples=["dark"])
    officer_names: OfficerNames = Field(default="initials", examples=["initials"])
    distance: float | None = Field(default=None, ge=0.3, le=60, description="m", examples=[6.0])
    height: float | None = Field(
        default=None, ge=0.1, le=30, description="of the picture, m", examples=[0.68]
    )
    panel_seconds: int = Field(default=25, ge=5, le=600, examples=[25])


class Wall(WallBody):
    """``version``: the ETag that a change must name."""

    name: str = Field(examples=["hall-3"])
    version: str = Field(examples=["9f86d081884c7d65"])
    changed_at: int = Field(description="epoch ms, real time", examples=[1795408000000])
    changed_by: str = Field(examples=["admin"])


class HandedCode(BaseModel):
    """Page /walls hands it out; it counts once, for 15 minutes."""

    code: str = Field(min_length=1, max_length=100, examples=["7QK4M-X2HPA"])


class HandedKey(BaseModel):
    """Shown only now."""

    key: str = Field(examples=["dhk_…"])


class Walls(BaseModel):
    """Those that the caller may change."""

    walls: list[Wall]


@router.get("", summary="List walls", responses=responses(503))
async def walls(viewer: LoadedViewer) -> Walls:
    """The walls that you may change, by name: all of them for an administrator, those of own units
    for a supervisor."""
    return Walls(walls=[_shown(*each) for each in viewer.live.wall_desk.seen_by(viewer.access)])


@router.get("/{name}", summary="Show a wall's settings", responses=responses(404, 503))
async def wall(viewer: LoadedViewer, name: Name, response: Response) -> Wall:
    """One wall, with its version as ETag."""
    shown = _shown(name, viewer.live.wall_desk.find(viewer.access, name))
    response.headers["ETag"] = f'"{shown.version}"'
    return shown


@router.put("/{name}", summary="Make or change a wall", responses=_CHANGED)
async def put_wall(
    viewer: LoadedViewer,
    name: Name,
    body: WallBody,
    response: Response,
    match: Match = None,
    none_match: NoneMatch = None,
) -> Wall:
    """Walls that show it follow within seconds, without a reload. Say what is replaced: `If-Match`
    with its ETag, or `If-None-Match: *` for a new one."""
    wanted = msgspec.convert({**body.model_dump(), "changed_at": 0}, NamedWall)
    version = _replaced(match, none_match)
    shown = _shown(name, await viewer.live.wall_desk.put(viewer.access, name, wanted, version))
    response.headers["ETag"] = f'"{shown.version}"'
    return shown


@router.delete("/{name}", summary="Remove a wall", responses=_CHANGED)
async def remove_wall(viewer: LoadedViewer, name: Name, match: Match = None) -> Wall:
    """Displays of it say that it was removed. `If-Match` names the version that is meant; the
    answer has what is no more."""
    version = _replaced(match, None)
    return _shown(name, await viewer.live.handing.removed(viewer.access, name, version))


@router.post("/{name}/claim", summary="Change a code for a key", responses=_CLAIMED)
async def claim(viewer: AnyViewer, flow: UsesSignIn, name: Name, body: HandedCode) -> HandedKey:
    """What a display does with the code that it was handed: it gets the key that opens this wall,
    and the code counts no more."""
    key, text = await viewer.live.handing.claim(name, body.code)
    target = f"wall:{key.name}:{key.id}"
    flow.audit.record(viewer.principal, "key_added", target, f"{router.prefix}/{{name}}/claim", 200)
    return HandedKey(key=text)


def _replaced(match: str | None, none_match: str | None) -> str:
    """The version that is to be replaced, "" for a new wall. Raises WallError."""
    version = (match or "").strip().removeprefix("W/").strip('"')
    if (version and version != "*") or none_match == "*":
        return "" if none_match == "*" else version
    raise WallError(
        428, "wall_unsaid", "Send If-Match with the ETag of what you saw, or If-None-Match: *."
    )


def _shown(name: str, settings: NamedWall) -> Wall:
    fields = msgspec.to_builtins(settings)
    usual = {**WallBody().model_dump(), "changed_by": ""}  # the topic has no defaults
    return Wall(**{**usual, **fields}, name=name, version=version_of(settings))


async def not_changed(request: Request, error: WallError) -> JSONResponse:
    """A wall that is not changed, as a problem."""
    answer = problem(request, error.status, str(error))
    if error.status == 503:
        answer.headers["Retry-After"] = "5"
    return answer
