"""Is the process alive, and may its picture be believed?"""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict, Field

from api.access.rules import MONITORS
from api.services import Uses

router = APIRouter(tags=["health"])


class Liveness(BaseModel):
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
async def live() -> Liveness:
    """The process answers. Does not look at Kafka or ClickHouse."""
    return Liveness(status="ok")


@router.get(
    "/health/ready",
    summary="Tell whether the picture may be believed",
    responses={503: {"model": Ready, "description": "Not ready, with the reasons"}},
)
async def ready(services: Uses, response: Response) -> Ready:
    """Whether the live view is loaded, Kafka and ClickHouse answer; with reasons if not. Only who
    operates the installation reads them in full."""
    reasons = list(services.config.ready())
    if services.reader.error:
        reasons.append(f"Kafka: {services.reader.error}")
    if services.hub.error:
        reasons.append(f"feed: {services.hub.error}")
    if not services.view.loaded:
        reasons.append("the live view is still loading")
    if services.keeper.error:
        reasons.append(f"ClickHouse: {services.keeper.error}")
    if not services.principal.roles & MONITORS:  # addresses of servers are nobody else's business
        reasons = [reason.partition(":")[0] for reason in reasons]
    if reasons:
        response.status_code = 503
    return Ready(
        ready=not reasons,
        reasons=reasons,
        watermark=services.view.watermark,
        tick_age_ms=services.view.tick_age_ms(),
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
async def metrics(services: Uses) -> Response:
    """Watermark and its age, the feed's clients and messages, dead letters, lag, dossiers."""
    return Response(generate_latest(services.metrics), media_type=CONTENT_TYPE_LATEST)
