"""What senders name and the reference data lacks, so that somebody can add it."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, HTTPException
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from api.ports import UnlistedName
from api.problems import responses
from api.viewer import AnyViewer
from dossiers.reference.unlisted import shown_name

router = APIRouter(prefix="/api/v1/reference", tags=["reference data"])


class Name(BaseModel):
    """One name or code that senders use. It stands here for 30 days after it was sent last, or
    until the reference data has it."""

    kind: Literal["unit", "officer", "step", "procedure"] = Field(examples=["unit"])
    text: str = Field(description="as it was sent first", examples=["Phòng Quản lý đô thị"])
    shown: str = Field(
        description="what screens show in its place; a code is shown as it is",
        examples=["chưa có trong danh mục (48213)"],
    )
    records: int = Field(description="that named it", examples=[37])
    first: int = Field(description="when it was sent first, epoch ms", examples=[1795406400000])
    last: int = Field(description="when it was sent last, epoch ms", examples=[1795408000000])


class NamesToAdd(BaseModel):
    """At most 2,000 names and as many codes, those that most records name first."""

    __qualname__ = "MissingNames"  # its name in the API
    model_config = ConfigDict(title="MissingNames")

    names: list[Name]
    codes: list[Name]


def _shown(found: UnlistedName) -> Name:
    shown = shown_name(found.hash) if found.hash else found.text
    return Name(
        kind=found.kind,  # type: ignore[arg-type]
        text=found.text,
        shown=shown,
        records=found.records,
        first=found.first,
        last=found.last,
    )


@router.get(
    "/missing",
    summary="List names that the reference data lacks",
    responses=responses(409, 503),
)
async def missing(viewer: AnyViewer) -> NamesToAdd:
    """Names and codes of units, officers, steps and procedures that came through the entrances of a
    live timeline and stand in no reference data. This is the only place where such names stand in
    clear: everywhere else is what `shown` says. Add them, and the dossiers follow."""
    if viewer.live.ingest is None:
        raise HTTPException(409, "This is no live timeline: nothing is posted here.")
    try:
        found = await run_in_threadpool(viewer.live.ingest.missing)
    except OSError:
        raise HTTPException(503, "The list cannot be read; see the log.") from None
    return NamesToAdd(
        names=[_shown(each) for each in found if each.hash],
        codes=[_shown(each) for each in found if not each.hash],
    )
