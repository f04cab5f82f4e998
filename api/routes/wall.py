"""The wall's state and the sink's progress, for those who ask instead of listening to the feed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from api.access.reach import key_reach
from api.feed.displays import NotShown
from api.feed.hub import Hub
from api.problems import responses
from api.viewer import AnyViewer, Viewer

router = APIRouter(prefix="/api/v1", tags=["wall"])


class WallState(BaseModel):
    """What the feed's snapshot carries, at sequence number ``seq`` of ``epoch``."""

    epoch: str = Field(description="random for each API process", examples=["9f86d081884c7d65"])
    seq: int = Field(description="number of the last delta", examples=[4711])
    state: dict[str, Any] = Field(
        description="figures, units, what to act on, trend, data and options; see docs/feed.md",
        examples=[{"mode": "live", "watermark": 1795408000000, "figures": {}, "units": {}}],
    )


class SinkStatus(BaseModel):
    """``lag``: records between the sink's position and the end of the topic last seen."""

    topic: str = Field(examples=["tallies"])
    table: str = Field(examples=["tallies"])
    rows: int = Field(description="inserted since the process started", examples=[120000])
    skipped: int = Field(description="records that no table can hold", examples=[0])
    lag: int | None = Field(examples=[12])
    held: int = Field(description="records in hand, not inserted yet", examples=[0])
    most: int = Field(description="records that may be in hand", examples=[20000])
    last_error: str = Field(examples=[""])


class SinkProgress(BaseModel):
    __qualname__ = "Sink"  # its name in the API
    model_config = ConfigDict(title="Sink")

    topics: list[SinkStatus]


@router.get("/state", summary="Show the wall's state", responses=responses(404))
async def state(viewer: AnyViewer) -> WallState:
    """The same state that the feed (websocket `/api/v1/feed`) sends first and then keeps up. With
    the key of a named wall it is what that shows now."""
    hub = _hub_of(viewer)
    return WallState(epoch=hub.epoch, seq=hub.sequence, state=hub.snapshot_state())


def _hub_of(viewer: Viewer) -> Hub:
    live, name = viewer.live, viewer.principal.wall
    if not name:
        return live.channels.of(viewer.reach)
    try:
        display = live.displays.show(key_reach(viewer.principal), name)
    except NotShown as error:
        raise HTTPException(404, f"The wall {name} shows nothing to this key.") from error
    return live.channels.of(display.reach, display.wall.officer_names)


@router.get("/sink", summary="Show how far ClickHouse is", responses=responses(503))
async def sink(viewer: AnyViewer) -> SinkProgress:
    """How far each topic has been written to ClickHouse, if the sink runs in this process."""
    if viewer.live.config.sink is None:
        raise HTTPException(
            503, "The sink runs in a process of its own; ask `dunghen status` or its metrics."
        )
    return SinkProgress.model_validate(
        {"topics": list(viewer.live.config.sink())}, from_attributes=True
    )
