"""Alerts, from ClickHouse: the last transition of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.links import page_of
from api.paging import Cursor, Limit, decode_cursor, page_of_list
from api.problems import responses
from api.routes.dossiers import labelled
from api.statements import Where, ms
from api.viewer import LoadedViewer
from dossiers.wire.alerts import AlertKind, AlertStatus

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])


class Alert(BaseModel):
    """``status``: the last transition. ``due_at``: the instant that caused it.

    Backlogs and silent sources are about a unit, an officer or a source and have no dossier; only
    backlogs have counts. `GET /api/v1/alerts/{alert_id}/actions` has what was done about one.
    """

    alert_id: str = Field(examples=["0c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e11"])
    sequence: int = Field(description="rises with every transition", examples=[1])
    kind: AlertKind = Field(examples=["overdue"])
    level: int = Field(
        description="due_soon: working hours left; escalation: 1 to 3; else 0", examples=[0]
    )
    status: AlertStatus = Field(examples=["raised"])
    dossier_id: str = Field(examples=["H29.168-261119-0412"])
    unit: str = Field(examples=["H29.168"])
    officer: str = Field(examples=["cb-0412"])
    officer_label: str = Field(examples=["N.T.H."])
    step: str = Field(examples=["thẩm định"])
    procedure: str = Field(examples=["1.004194"])
    due_at: int = Field(description="epoch ms", examples=[1795406400000])
    detected_at: int = Field(description="data time, epoch ms", examples=[1795406400400])
    overdue: int = Field(description="of a backlog: overdue dossiers", examples=[0])
    open: int = Field(description="of a backlog: open dossiers", examples=[0])
    source: str = Field(description="source_silent: which", examples=[""])
    taken_by: str = Field(description="who has acknowledged it, else empty", examples=[""])
    taken_until: int = Field(description="until when, epoch ms; 0 if nobody has", examples=[0])
    offered_to: str = Field(description="to whom it is to be handed over", examples=[""])
    page: str = Field(description="where it is dealt with", examples=["/overdue/H29.168"])


class Alerts(BaseModel):
    """One page of alerts, the newest first."""

    alerts: list[Alert]
    next: str | None = Field(description="cursor of the next page, null on the last")


_SEEN = "(a.unit IN {units:Array(String)} OR {own:String} IN (a.officer, a.taken_by, a.offered_to))"


def _page(row: Mapping[str, Any]) -> str:
    return "/data/sources" if row["kind"] == "source_silent" else page_of(row["unit"])


def _sql(where: Where) -> str:
    return f"""
SELECT alert_id, sequence, kind, level, transition AS status, dossier_id, unit, officer, step,
  procedure, {ms("a.due_at")}, {ms("a.detected_at")}, overdue, open,
  source, taken_by, taken_until, offered_to
FROM alerts_current AS a WHERE {where}
ORDER BY detected_at DESC, alert_id LIMIT {{limit:UInt32}}
"""  # noqa: S608 (the conditions are those of the route below; values are bound)


@router.get("", summary="List alerts", responses=responses(422, 503))
async def alerts(
    viewer: LoadedViewer,
    *,
    unit: Annotated[str | None, Query(description="id of the unit that held it")] = None,
    kind: Annotated[AlertKind | None, Query(description="only alerts of this kind")] = None,
    status: Annotated[AlertStatus | None, Query(description="only alerts in this status")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Alerts:
    """Alerts with their last transition, the newest first; each with a link to its unit's page."""
    where = Where(
        "a.timeline = {timeline:String}", timeline=viewer.live.config.timeline, limit=limit + 1
    )
    where.equal("a.unit", "unit", unit)
    where.equal("a.kind", "kind", kind)
    where.equal("a.transition", "transition", status)
    if viewer.within is not None and not viewer.reach.whole:
        # An alert without an officer has "" there, which must be nobody's own.
        own = viewer.reach.officer or "\x00"
        where.add(_SEEN, units=sorted(viewer.within.units), own=own)
    if cursor is not None:
        at, id_ = decode_cursor(cursor)
        where.add("(-detected_at, alert_id) > (-{at:Int64}, {id:String})", at=at, id=id_)
    rows = await viewer.live.query.rows(_sql(where), where.parameters)
    page, after = page_of_list(rows, limit, lambda row: (row["detected_at"], row["alert_id"]))
    return Alerts(
        alerts=[
            Alert.model_validate({**labelled(row, viewer), "page": _page(row)}) for row in page
        ],
        next=after,
    )
