"""Alerts, from ClickHouse: the last transition of each."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.links import page_of
from api.paging import Cursor, Limit, decode_cursor, page_of_list
from api.problems import responses
from api.queries import ms
from api.routes.dossiers import labelled
from api.viewer import LoadedViewer
from dossiers.wire.records import AlertKind

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])

Status = Literal["raised", "resolved", "retracted"]


class Alert(BaseModel):
    """``status``: the last transition. ``due_at``: the instant that caused it.

    ``unit_backlog`` is about a unit and has no dossier; the others have no counts.
    """

    alert_id: str = Field(examples=["0c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e11"])
    sequence: int = Field(description="rises with every transition", examples=[1])
    kind: AlertKind = Field(examples=["overdue"])
    level: int = Field(description="due_soon: working hours left; else 0", examples=[0])
    status: Status = Field(examples=["raised"])
    dossier_id: str = Field(examples=["H29.168-261119-0412"])
    unit: str = Field(examples=["H29.168"])
    officer: str = Field(examples=["cb-0412"])
    officer_label: str = Field(examples=["N.T.H."])
    step: str = Field(examples=["thẩm định"])
    procedure: str = Field(examples=["1.004194"])
    due_at: int = Field(description="epoch ms", examples=[1795406400000])
    detected_at: int = Field(description="data time, epoch ms", examples=[1795406400400])
    overdue: int = Field(description="unit_backlog: overdue dossiers of the unit", examples=[0])
    open: int = Field(description="unit_backlog: open dossiers of the unit", examples=[0])
    page: str = Field(description="overdue list of its unit", examples=["/overdue/H29.168"])


class Alerts(BaseModel):
    """One page of alerts, the newest first."""

    alerts: list[Alert]
    next: str | None = Field(description="cursor of the next page, null on the last")


def _sql(conditions: list[str]) -> str:
    return f"""
SELECT alert_id, sequence, kind, level, transition AS status, dossier_id, unit, officer, step,
  procedure, {ms("a.due_at")}, {ms("a.detected_at")}, overdue, open
FROM alerts_current AS a WHERE {" AND ".join(conditions)}
ORDER BY detected_at DESC, alert_id LIMIT {{limit:UInt32}}
"""  # noqa: S608 (the conditions are those of the route below; values are bound)


@router.get("", summary="List alerts", responses=responses(422, 503))
async def alerts(
    viewer: LoadedViewer,
    *,
    unit: Annotated[str | None, Query(description="id of the unit that held it")] = None,
    kind: Annotated[AlertKind | None, Query(description="only alerts of this kind")] = None,
    status: Annotated[Status | None, Query(description="only alerts in this status")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Alerts:
    """Alerts with their last transition, the newest first; each with a link to its unit's page."""
    conditions = ["a.timeline = {timeline:String}"]
    parameters: dict[str, Any] = {"timeline": viewer.live.config.timeline, "limit": limit + 1}
    wanted = {"unit": unit, "kind": kind, "transition": status}
    for column, value in wanted.items():
        if value is not None:
            conditions.append(f"a.{column} = {{{column}:String}}")
            parameters[column] = value
    if viewer.within is not None and not viewer.reach.whole:
        conditions.append("(a.unit IN {units:Array(String)} OR a.officer = {own:String})")
        parameters["units"] = sorted(viewer.within.units)
        # An alert without an officer has "" there, which must be nobody's own.
        parameters["own"] = viewer.reach.officer or "\x00"
    if cursor is not None:
        conditions.append("(-detected_at, alert_id) > (-{at:Int64}, {id:String})")
        parameters["at"], parameters["id"] = decode_cursor(cursor)
    rows = await viewer.live.query.rows(_sql(conditions), parameters)
    page, after = page_of_list(rows, limit, lambda row: (row["detected_at"], row["alert_id"]))
    return Alerts(
        alerts=[
            Alert.model_validate({**labelled(row, viewer), "page": page_of(row["unit"])})
            for row in page
        ],
        next=after,
    )
