"""Who was told of an alert, and who was not, and why."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from api.desk.asking import ALERT_ID, ActionError
from api.desk.found import newest
from api.desk.rights import sees
from api.problems import responses
from api.statements import ms
from api.viewer import LoadedViewer, Viewer

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])
MOST = 500
_SQL = f"""
SELECT d.sequence AS sequence, d.receiver AS receiver, d.channel AS channel, d.attempt AS attempt,
  d.outcome AS outcome, d.detail AS detail, {ms("d.at")}
FROM deliveries AS d FINAL
WHERE d.timeline = {{timeline:String}} AND d.alert_id = {{alert:String}}
ORDER BY d.at DESC, d.receiver, d.attempt DESC LIMIT {MOST}
"""  # noqa: S608 (all of it is written here)


class OneDelivery(BaseModel):
    """One try to tell somebody, or why nobody was told (``outcome`` withheld)."""

    sequence: int = Field(description="of the alert's record that was told", examples=[1])
    receiver: str = Field(
        description="an officer's id, or unit:ID of a mailbox; empty if there is nobody",
        examples=["cb-0412"],
    )
    receiver_label: str = Field(examples=["N.T.H."])
    channel: str = Field(
        description="mail, webhook, or the name of a target; empty if nothing was sent",
        examples=["mail"],
    )
    attempt: int = Field(examples=[1])
    outcome: str = Field(
        description="delivered, failed, gave_up, superseded (it had ended) or withheld",
        examples=["delivered"],
    )
    detail: str = Field(description="why, if it was not delivered", examples=["SMTP 451"])
    until: int = Field(
        description="until when it is withheld, epoch ms of data time; 0 if nobody can say",
        examples=[0],
    )
    at: int = Field(description="real time, epoch ms", examples=[1795406400000])


class DeliveryList(BaseModel):
    """The newest first."""

    deliveries: list[OneDelivery]
    cut: bool = Field(description="whether there are older ones", examples=[False])


@router.get(
    "/{alert_id}/deliveries",
    summary="Show who was told of an alert",
    responses=responses(404, 503),
)
async def deliveries(
    viewer: LoadedViewer,
    alert_id: Annotated[str, Path(pattern=ALERT_ID, description="its `alert_id`")],
) -> DeliveryList:
    """Every try and everything that was withheld, for whoever sees the alert."""
    live = viewer.live
    alert = await newest(live, alert_id)
    if alert is None or not sees(viewer, alert):
        raise ActionError("gone")
    asked = {"timeline": live.config.timeline, "alert": alert_id}
    rows = await live.query.rows(_SQL, asked)
    return DeliveryList(deliveries=[_told(row, viewer) for row in rows], cut=len(rows) >= MOST)


def _told(row: dict[str, Any], viewer: Viewer) -> OneDelivery:
    receiver = row["receiver"]
    labels = viewer.labels
    unit = receiver.removeprefix("unit:")
    label = labels.officer(receiver) if unit == receiver else labels.unit(unit)
    why, _, until = row["detail"].partition(" until ")
    return OneDelivery(
        **{**row, "detail": why}, receiver_label=label, until=int(until) if until.isdigit() else 0
    )
