"""Whether the process is alive, and whether its figures may be believed."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict, Field

from api.access.rules import MONITORS
from api.viewer import AnyViewer

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    __qualname__ = "Live"  # its name in the API
    model_config = ConfigDict(title="Live")

    status: str = Field(examples=["ok"])


class Ready(BaseModel):
    """``reasons`` is empty exactly when ``ready``."""

    ready: bool = Field(examples=[True])
    reasons: list[str] = Field(examples=[[]])
    watermark: int | None = Field(description="data time, epoch ms", examples=[1795408000000])
    tick_age_ms: int | None = Field(
        description="real ms since the watermark advanced", examples=[400]
    )


@router.get("/health/live", summary="Tell that the process lives")
async def live() -> Alive:
    """The process answers. Does not look at Kafka or ClickHouse."""
    return Alive(status="ok")


@router.get(
    "/health/ready",
    summary="Tell whether the picture may be believed",
    responses={503: {"model": Ready, "description": "Not ready, with the reasons"}},
)
async def ready(viewer: AnyViewer, response: Response) -> Ready:
    """Whether the live view is loaded, Kafka and ClickHouse answer; with reasons if not. Only who
    operates the installation reads them in full."""
    reasons = list(viewer.live.config.ready())
    if viewer.live.reader.error:
        reasons.append(f"Kafka: {viewer.live.reader.error}")
    if viewer.live.hub.error:
        reasons.append(f"feed: {viewer.live.hub.error}")
    if not viewer.view.loaded:
        reasons.append("the live view is still loading")
    if viewer.live.keeper.error:
        reasons.append(f"ClickHouse: {viewer.live.keeper.error}")
    if not viewer.principal.roles & MONITORS:  # addresses of servers are nobody else's business
        reasons = [reason.partition(":")[0] for reason in reasons]
    if reasons:
        response.status_code = 503
    return Ready(
        ready=not reasons,
        reasons=reasons,
        watermark=viewer.view.watermark,
        tick_age_ms=viewer.view.tick_age_ms(),
    )


@router.get(
    "/metrics",
    summary="Show metrics for Prometheus",
    response_class=Response,
    responses={
        200: {
            "description": "Prometheus text format",
            "content": {"text/plain": {"example": "dunghen_feed_clients 3.0"}},
        }
    },
)
async def metrics(request: Request) -> Response:
    """Watermark and its age, the feed's clients and messages, dead letters, lag, dossiers."""
    return Response(generate_latest(request.app.state.registry), media_type=CONTENT_TYPE_LATEST)
