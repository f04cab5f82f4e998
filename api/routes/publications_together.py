"""Several months' late lists together."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.late_list.together import together_of
from api.paging import Cursor, decode_cursor, encode_cursor
from api.problems import responses
from api.viewer import LoadedViewer

router = APIRouter(prefix="/api/v1/publications", tags=["late lists"])
_MONTH = "^[0-9]{4}-[0-9]{2}$"


class LateOnce(BaseModel):
    """A dossier that stands in one of the lists at least, as the last of them has it."""

    dossier: str = Field(examples=["H29.168-261015-0012"])
    unit: str = Field(description="for which it counts", examples=["H29.168"])
    finished: bool = Field(examples=[True])


class TogetherShown(BaseModel):
    """Several months' lists, as decided now, as far as you see them. ``late``: each dossier once;
    ``added``: as the sum of the months; ``repeated``: in more than one list; ``done``, ``open``: by
    the last list. ``erased``: lists whose rows are no more, of which nothing is counted."""

    lists: list[str] = Field(examples=[["2026-09", "2026-10"]])
    erased: list[str] = Field(examples=[[]])
    late: int = Field(examples=[702])
    added: int = Field(examples=[731])
    repeated: int = Field(examples=[29])
    done: int = Field(examples=[640])
    open: int = Field(examples=[62])
    dossiers: list[LateOnce]
    next: str | None = Field(description="`cursor` of the next page", examples=[None])


@router.get("/together", summary="Count several months' lists together", responses=responses(503))
async def together(
    viewer: LoadedViewer,
    since: Annotated[str, Query(pattern=_MONTH, max_length=7, description="first month")],
    until: Annotated[str, Query(pattern=_MONTH, max_length=7, description="last month")],
    limit: Annotated[int, Query(ge=1, le=200, description="most dossiers of one page")] = 50,
    cursor: Cursor = None,
) -> TogetherShown:
    """Late dossiers of the lists of these months, each once however many lists have it, and these
    dossiers. You see what of the lists is yours."""
    count = await together_of(viewer, since, until)
    found, first = count.counted, max(decode_cursor(cursor)[0], 0) if cursor else 0
    end = first + limit
    return TogetherShown(
        lists=list(count.lists),
        erased=list(count.erased),
        late=found.late,
        added=count.added,
        repeated=found.repeated,
        done=found.done,
        open=found.open,
        dossiers=[
            LateOnce(dossier=row.dossier, unit=row.unit, finished=row.finished_at is not None)
            for row in found.rows[first:end]
        ],
        next=encode_cursor(end, "") if end < len(found.rows) else None,
    )
