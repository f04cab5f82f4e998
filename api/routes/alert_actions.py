"""What people do about alerts: acknowledge, snooze, explain, apologise, hand over, ask."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.desk.acting import act, act_together
from api.desk.asking import (
    ALERT_ID,
    MOST_SEQUENCE,
    MOST_SNOOZE,
    MOST_TOGETHER,
    MOST_TYPED,
    ActionError,
    ActionRequest,
    Outcome,
    state_of,
)
from api.desk.found import thread_of_alert
from api.desk.reasons import REASONS
from api.desk.rights import sees
from api.problems import Problem, problem, responses
from api.viewer import LoadedViewer, Viewer
from dossiers.wire.actions import Action
from dossiers.wire.alerts import Alert

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])
AlertId = Annotated[str, Path(pattern=ALERT_ID, description="its `alert_id`")]
_EXAMPLE = "0c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e11"
Seen = Annotated[int, Field(ge=1, le=MOST_SEQUENCE, description="its sequence as you saw it")]
Reason = Annotated[
    str, Field(max_length=40, description=f"one of {', '.join(REASONS)}", examples=["waiting_unit"])
]


class ActionBody(BaseModel):
    """What to do about an alert. ``until_hours``: of a snooze, working hours. ``to``: of a
    hand-over, an officer's id. ``text`` may name nobody: no telephone number, no number of an
    identity paper, no mail address."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"action": "acknowledge", "sequence": 1}},
    )

    action: Action
    sequence: Seen
    reason: Reason = ""
    text: str = Field(default="", max_length=MOST_TYPED)
    until_hours: int = Field(default=0, ge=0, le=MOST_SNOOZE)
    to: str = Field(default="", max_length=200)


class NamedAlert(BaseModel):
    """One of several alerts."""

    model_config = ConfigDict(extra="forbid")

    alert_id: str = Field(pattern=ALERT_ID, examples=[_EXAMPLE])
    sequence: Seen


class TogetherBody(BaseModel):
    """Alerts that are acknowledged at once, for one reason."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["acknowledge"] = "acknowledge"
    alerts: list[NamedAlert] = Field(min_length=1, max_length=MOST_TOGETHER)
    reason: Annotated[Reason, Field(min_length=1)]


class AlertNow(BaseModel):
    """What is true of an alert now."""

    status: str = Field(examples=["acknowledged"])
    sequence: int = Field(examples=[2])
    taken_by: str = Field(description="who has acknowledged it", examples=["cb-0412"])
    taken_until: int = Field(description="epoch ms, 0 if nobody has", examples=[1795435200000])
    offered_to: str = Field(description="to whom it is to be handed over", examples=[""])


class DoneView(BaseModel):
    """``how``: done (it is in the log), stored (on disk; it goes into the log once Kafka is back),
    already (it was so)."""

    __qualname__ = "Done"
    model_config = ConfigDict(title="Done")

    alert_id: str = Field(examples=[_EXAMPLE])
    how: Literal["done", "stored", "already"] = Field(examples=["done"])
    event_id: str = Field(examples=["9c2c1f0e-7d0b-5d0e-9a5c-3c0d7a0a5e11"])
    at: int = Field(description="data time at which it counts, epoch ms", examples=[1795406400000])
    until: int = Field(description="of a snooze, epoch ms; else 0", examples=[0])


class NotDone(BaseModel):
    """One of several alerts that was not acknowledged, and why."""

    alert_id: str = Field(examples=[_EXAMPLE])
    code: str = Field(examples=["taken"])
    detail: str = Field(examples=["Somebody has acknowledged it: see `now`."])
    now: AlertNow | None = Field(default=None, description="if that is why")


class Together(BaseModel):
    """What became of each."""

    done: list[DoneView]
    refused: list[NotDone]


class OneAction(BaseModel):
    """``text``: null without one; ``erased``: there was one, and it was taken away."""

    sequence: int = Field(examples=[2])
    action: str = Field(examples=["explain"])
    actor: str = Field(examples=["cb-0412"])
    actor_label: str = Field(examples=["N.T.H."])
    at: int = Field(description="data time, epoch ms", examples=[1795406400000])
    reason: str = Field(examples=["waiting_unit"])
    text: str | None = Field(examples=["Chờ Sở Xây dựng trả lời."])
    erased: bool = Field(examples=[False])


class ActionList(BaseModel):
    """An alert as it is, and what was done about it, the newest first."""

    now: AlertNow
    actions: list[OneAction]


_MOVED: dict[int | str, dict[str, Any]] = {
    409: {"model": Problem, "description": "Not any more; the member `now` says what is true"}
}


@router.post(
    "/actions",
    summary="Acknowledge several alerts",
    responses={**responses(422, 429, 503), **_MOVED},
)
async def acknowledge_several(viewer: LoadedViewer, body: TogetherBody) -> Together:
    """Each by itself: what cannot be acknowledged any more is told and hinders no other."""
    asked = ActionRequest("acknowledge", 0, reason=body.reason)
    items = [(each.alert_id, each.sequence) for each in body.alerts]
    answers = await act_together(viewer, items, asked)
    refused = [
        NotDone(alert_id=id_, code=each.code, detail=str(each), now=_now_of(each.now))
        for (id_, _), each in zip(items, answers, strict=True)
        if isinstance(each, ActionError)
    ]
    return Together(
        done=[_done(each) for each in answers if isinstance(each, Outcome)], refused=refused
    )


@router.post(
    "/{alert_id}/actions",
    summary="Act on an alert",
    responses={
        **responses(404, 422, 429, 503),
        **_MOVED,
        202: {"model": DoneView, "description": "Kept on disk; sent once Kafka is back"},
    },
)
async def act_on(
    viewer: LoadedViewer, alert_id: AlertId, body: ActionBody, response: Response
) -> DoneView:
    """Officers act on the alerts of their own dossiers, supervisors on those of their units,
    leaders on what was escalated to them; the reform office asks for explanations, administrators
    act on silent sources. A repetition of the same action by the same person changes nothing."""
    outcome = await act(
        viewer,
        alert_id,
        ActionRequest(
            body.action, body.sequence, body.reason, body.text, body.until_hours, body.to
        ),
    )
    if outcome.how == "stored":
        response.status_code = 202
    return _done(outcome)


@router.get(
    "/{alert_id}/actions",
    summary="Show what was done about an alert",
    responses=responses(404, 503),
)
async def actions(viewer: LoadedViewer, alert_id: AlertId) -> ActionList:
    """With the texts, for whoever sees the alert."""
    records = await thread_of_alert(viewer.live, alert_id)
    if not records or not sees(viewer, records[0]):
        raise ActionError("gone")
    told = await asyncio.to_thread(lambda: [_told(each, viewer) for each in records if each.action])
    return ActionList(now=AlertNow(**state_of(records[0])), actions=told)


def _done(outcome: Outcome) -> DoneView:
    return DoneView(
        alert_id=outcome.alert.alert_id,
        how=outcome.how,
        event_id=outcome.event_id,
        at=outcome.at,
        until=outcome.until,
    )


def _now_of(alert: Alert | None) -> AlertNow | None:
    return None if alert is None else AlertNow(**state_of(alert))


def _told(alert: Alert, viewer: Viewer) -> OneAction:
    acting = viewer.live.acting
    text = acting.texts.read(alert.text) if acting is not None and alert.text else None
    return OneAction(
        sequence=alert.sequence,
        action=alert.action,
        actor=alert.actor,
        actor_label=viewer.labels.officer(alert.actor),
        at=alert.occurred_at,
        reason=alert.reason,
        text=text,
        erased=bool(alert.text) and text is None,
    )


async def not_acted(request: Request, error: ActionError) -> JSONResponse:
    """An action that was not done, as a problem."""
    more: dict[str, Any] = {"code": error.code}
    if error.now is not None:
        more["now"] = state_of(error.now)
    answer = problem(request, error.status, str(error), more=more)
    if error.retry_after:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer
