"""Records that could not be taken: which, why, and what is decided on them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from api.data_quality.letters import LETTERS
from api.paging import Cursor, Limit, decode_cursor, page_of_list
from api.ports import DeadLetterDesk, DeadLetterError
from api.problems import Problem, responses
from api.statements import Where
from api.viewer import AnyViewer, LoadedViewer, Viewer

router = APIRouter(prefix="/api/v1/dead-letters", tags=["dead letters"])

State = Literal["open", "replayed", "dropped"]
LARGEST = 2**53  # JSON's integers are exact up to here
_DECIDED: dict[int | str, dict[str, Any]] = {
    **responses(404, 422, 503),
    409: {"model": Problem, "description": "It was decided on already, or cannot be replayed"},
}


class DeadLetter(BaseModel):
    """``number``: its place in topic dead-letters. ``topic``, ``partition``, ``offset``: where the
    record is, offset -1 if it never reached Kafka. ``why``: of a dropped one, the reason given."""

    number: int = Field(examples=[17])
    state: State = Field(examples=["open"])
    why: str = Field(description="why it was dropped, else empty", examples=[""])
    reason: str = Field(description="a short code", examples=["from_the_future"])
    detail: str = Field(examples=["occurred_at is more than a day after now; check the clock"])
    source: str = Field(examples=["portal"])
    topic: str = Field(examples=["dossier-events"])
    partition: int = Field(examples=[3])
    offset: int = Field(examples=[81234])
    key: str = Field(description="id of the dossier", examples=["H29.168-261119-0412"])
    detected_at: int = Field(description="data time, epoch ms", examples=[1795406400400])


class WithPayload(DeadLetter):
    """``payload`` is cut at 4 kB and holds known fields only, nothing about citizens."""

    payload: str = Field(examples=['{"kind": "progressed", "event_id": "a1"}'])


class DeadLetterCounts(BaseModel):
    """As the live view has counted them: at once, while the list follows within a second."""

    __qualname__ = "Counts"  # its name in the API
    model_config = ConfigDict(title="Counts")

    open: int = Field(examples=[3])
    replayed: int = Field(examples=[12])
    dropped: int = Field(examples=[1])


class OpenBySender(BaseModel):
    """How many open ones of one reason came from one source."""

    __qualname__ = "Sender"  # its name in the API
    model_config = ConfigDict(title="Sender")

    source: str = Field(examples=["portal"])
    reason: str = Field(examples=["too_many_facts"])
    open: int = Field(examples=[5650])


class DeadLetters(BaseModel):
    """One page of dead letters, the newest first."""

    counts: DeadLetterCounts
    senders: list[OpenBySender] = Field(description="who caused most of the open ones, at most 20")
    dead_letters: list[DeadLetter]
    next: str | None = Field(description="cursor of the next page, null on the last")


class SettledLetter(BaseModel):
    """``facts``: archived ones that went before the record."""

    __qualname__ = "Decided"  # its name in the API
    model_config = ConfigDict(title="Decided")

    number: int = Field(examples=[17])
    state: State = Field(examples=["replayed"])
    dossier_id: str = Field(examples=["H29.168-261119-0412"])
    facts: int = Field(examples=[0])


class Why(BaseModel):
    """``reason`` stays beside the dead letter for ever; write nothing personal into it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"reason": "a test of the sender's"}}
    )

    reason: str = Field(min_length=1, max_length=500, pattern=r"\S")


_SENDERS = f"""SELECT source, reason, count() AS open {LETTERS} WHERE state = 'open'
GROUP BY source, reason ORDER BY open DESC, source, reason LIMIT 20"""
Number = Annotated[int, Path(ge=0, le=LARGEST, description="its number in the list")]


@router.get("", summary="List dead letters", responses=responses(422, 503))
async def dead_letters(
    viewer: LoadedViewer,
    *,
    state: Annotated[State | None, Query(description="only those in this state")] = None,
    reason: Annotated[
        str | None, Query(description="only those with this reason", max_length=100)
    ] = None,
    source: Annotated[
        str | None, Query(description="only those of this sender", max_length=200)
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> DeadLetters:
    """Records that could not be taken, with the reason and what was decided, the newest first."""
    query, timeline = viewer.live.query, viewer.live.config.timeline
    where = Where("1", timeline=timeline, limit=limit + 1)
    where.equal("state", "state", state)
    where.equal("reason", "reason", reason)
    where.equal("source", "source", None if source is None else _sought(source, viewer))
    if cursor is not None:
        where.add("number < {before:Int64}", before=decode_cursor(cursor)[0])
    sql = f"""SELECT * EXCEPT payload {LETTERS} WHERE {where}
ORDER BY number DESC LIMIT {{limit:UInt32}}"""
    rows = await query.rows(sql, where.parameters)
    senders = await query.rows(_SENDERS, {"timeline": timeline})
    page, after = page_of_list(rows, limit, lambda row: (row["number"], ""))
    letters = viewer.view.letters
    return DeadLetters(
        counts=DeadLetterCounts(open=letters.open, **letters.decided),
        senders=[OpenBySender.model_validate(row) for row in senders],
        dead_letters=[DeadLetter.model_validate(row) for row in page],
        next=after,
    )


@router.get("/{number}", summary="Show a dead letter", responses=responses(404, 422, 503))
async def dead_letter(viewer: AnyViewer, number: Number) -> WithPayload:
    """One record that could not be taken, with what is kept of its payload."""
    sql = f"SELECT * {LETTERS} WHERE number = {{number:UInt64}}"
    rows = await viewer.live.query.rows(
        sql, {"timeline": viewer.live.config.timeline, "number": number}
    )
    if not rows:
        raise HTTPException(404, f"There is no dead letter {number}.")
    return WithPayload.model_validate(rows[0])


@router.post("/{number}/replay", summary="Replay a dead letter", responses=_DECIDED)
async def replay(
    viewer: AnyViewer,
    number: Number,
    owner: Annotated[
        str,
        Query(
            description="of a dead letter `not_yours`: the madonvi to which the dossier belongs "
            "from here on, because the first claim was wrong",
            max_length=100,
        ),
    ] = "",
    take_back: Annotated[
        bool,
        Query(description="with `owner`: what the wrong claimant sent of it does not count"),
    ] = False,
) -> SettledLetter:
    """Send the record again, if it can be taken by now: after a fix, or because its time has come.
    Late news of a dossier that has left the stream (`archived`) brings that dossier back first."""
    desk = _desk(viewer)
    dossier, facts = await run_in_threadpool(desk.replay, number, owner, take_back=take_back)
    return SettledLetter(number=number, state="replayed", dossier_id=dossier, facts=facts)


@router.post("/{number}/drop", summary="Drop a dead letter", responses=_DECIDED)
async def drop(viewer: AnyViewer, number: Number, why: Why) -> SettledLetter:
    """Settle a dead letter without taking the record. Nothing is deleted: the decision and its
    reason stand in topic dead-letters beside it."""
    desk = _desk(viewer)
    dossier = await run_in_threadpool(desk.drop, number, why.reason)
    return SettledLetter(number=number, state="dropped", dossier_id=dossier, facts=0)


def _sought(source: str, viewer: Viewer) -> str:
    """A source as it is called here: "portal:" and the madonvi, which may be hashed."""
    kind, colon, madonvi = source.partition(":")
    return f"{kind}:{viewer.live.config.sought(madonvi)}" if colon else source


def _desk(viewer: Viewer) -> DeadLetterDesk:
    if viewer.live.desk is None:
        raise DeadLetterError(409, "This process only shows dead letters.")
    return viewer.live.desk
