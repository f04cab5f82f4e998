"""Dossiers, from ClickHouse: lists, and one with its whole timeline. No citizen's data is there."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field

from api.explanations import Explanation, explainer_of
from api.links import page_of
from api.paging import Cursor, Limit, decode_cursor, page_of_list
from api.problems import responses
from api.queries import NEVER_TAKEN, find_dossier, find_dossiers, place_of
from api.statements import ms
from api.viewer import LoadedViewer, Viewer
from dossiers.wire.alerts import AlertStatus

router = APIRouter(prefix="/api/v1/dossiers", tags=["dossiers"])

Standing = Literal[
    "pending", "within", "waiting", "overdue", "early", "on_time", "late", "no_due",
    "refused", "withdrawn", "unreceived",
]  # fmt: skip
_TIME = "epoch ms"


class Dossier(BaseModel):
    """A dossier as it stood at ``as_of``, the last time something about it changed. Times in ms."""

    id: str = Field(examples=["H29.168-261119-0412"])
    standing: Standing = Field(examples=["overdue"])
    unit: str = Field(description="id of the unit that holds it", examples=["H29.168"])
    officer: str = Field(description="id of the officer it counts for", examples=["cb-0412"])
    officer_label: str = Field(examples=["N.T.H."])
    step: str = Field(examples=["thẩm định"])
    procedure: str = Field(examples=["1.004194"])
    submitted_at: int | None = Field(description=_TIME, examples=[None])
    received_at: int | None = Field(description=_TIME, examples=[1795060800000])
    due_at: int | None = Field(description=_TIME, examples=[1795406400000])
    first_due_at: int | None = Field(
        description="due time before extensions and corrections, epoch ms",
        examples=[1795406400000],
    )
    finished_at: int | None = Field(description=_TIME, examples=[None])
    breached_at: int | None = Field(
        description="the due time that passed unfinished, epoch ms", examples=[1795406400000]
    )
    flags: list[str] = Field(description="what is odd about its data", examples=[["rewritten"]])
    as_of: int = Field(description=_TIME, examples=[1795406401000])


class Dossiers(BaseModel):
    """One page of dossiers, the earliest due time first, those without one last."""

    dossiers: list[Dossier]
    next: str | None = Field(description="cursor of the next page, null on the last")


class Event(BaseModel):
    """One fact of the timeline, as its source sent it. Times in ms."""

    event_id: str = Field(examples=["portal-88121"])
    kind: str = Field(examples=["received"])
    occurred_at: int = Field(description=_TIME, examples=[1795060800000])
    received_at: int = Field(
        description="when the source learned of it, epoch ms", examples=[1795060802000]
    )
    source: str = Field(examples=["portal"])
    unit: str = Field(examples=["H29.168"])
    officer_label: str = Field(examples=["N.T.H."])
    step: str = Field(examples=["tiếp nhận"])
    due_at: int | None = Field(description=_TIME, examples=[1795406400000])
    status: int | None = Field(description="status code of the national portal", examples=[2])
    reason: str = Field(examples=[""])
    target: str = Field(description="event that this one takes back", examples=[""])


class NamedEvent(Event):
    """With the officer's id, if it was asked for."""

    officer: str = Field(description='id, "" if nobody is named', examples=["cb-0412"])


class Transition(BaseModel):
    """One transition of an alert of the dossier, or an action on it. Times in ms."""

    alert_id: str = Field(examples=["0c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e11"])
    sequence: int = Field(examples=[1])
    kind: str = Field(examples=["overdue"])
    level: int = Field(
        description="due_soon: working hours left; escalation: 1 to 3; else 0", examples=[0]
    )
    transition: AlertStatus = Field(examples=["raised"])
    action: str = Field(description="what somebody did; empty: nobody did it", examples=[""])
    actor: str = Field(description="who did", examples=[""])
    due_at: int = Field(description=_TIME, examples=[1795406400000])
    detected_at: int = Field(description="data time, epoch ms", examples=[1795406400400])


class DossierDetail(Dossier):
    """With its events in the order in which they are folded, and what was announced about it."""

    page: str = Field(description="overdue list of its unit", examples=["/overdue/H29.168"])
    events: list[NamedEvent | Event] = Field(description="in the order of the fold")
    alerts: list[Transition]
    explanation: Explanation


_EVENTS = f"""
SELECT event_id, kind, source, unit, if(e.responsible != '', e.responsible, e.officer) AS officer,
  step, status, reason, target, {ms("e.occurred_at")}, {ms("e.received_at")}, {ms("e.due_at")}
FROM dossier_events AS e FINAL
WHERE e.dossier_id = {{id:String}} AND e.timeline = {{timeline:String}}
  AND (e.`partition`, e.`offset`) NOT IN {NEVER_TAKEN}
ORDER BY e.occurred_at, e.source, e.source_seq, e.event_id, e.madonvi
LIMIT 5000
"""  # noqa: S608
_ALERTS = f"""
SELECT alert_id, sequence, kind, level, transition, action, actor, {ms("a.due_at")},
  {ms("a.detected_at")}
FROM alerts AS a FINAL
WHERE a.dossier_id = {{id:String}} AND a.timeline = {{timeline:String}}
ORDER BY a.detected_at, a.kind, a.sequence
LIMIT 1000
"""  # noqa: S608


def labelled(row: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
    """A row of ClickHouse with the officer's label."""
    return {**row, "officer_label": viewer.labels.officer(row["officer"])}


@router.get("", summary="List dossiers", responses=responses(422, 503))
async def dossiers(
    viewer: LoadedViewer,
    *,
    unit: Annotated[str | None, Query(description="units below it included")] = None,
    officer: Annotated[str | None, Query(description="id of the officer")] = None,
    standing: Annotated[list[Standing] | None, Query(description="one or several")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Dossiers:
    """Dossiers of a unit or officer, in a standing, by due time. From ClickHouse: about a second
    behind the live figures."""
    rows = await find_dossiers(
        viewer.live.query,
        viewer.live.config.timeline,
        unit=unit,
        officer=officer,
        standings=standing or (),
        within=viewer.scopes(),
        after=None if cursor is None else decode_cursor(cursor),
        limit=limit + 1,
    )
    page, after = page_of_list(rows, limit, place_of)
    return Dossiers(
        dossiers=[Dossier.model_validate(labelled(row, viewer)) for row in page],
        next=after,
    )


@router.get("/{dossier:path}", summary="Show one dossier", responses=responses(404, 503))
async def dossier(
    viewer: LoadedViewer,
    dossier: str,
    officer_ids: Annotated[bool, Query(description="officers by id beside their labels")] = False,
) -> DossierDetail:
    """One dossier with its timeline: every event, who held it, and every alert about it."""
    common = {"id": dossier, "timeline": viewer.live.config.timeline}
    found, events, alerts = await asyncio.gather(
        find_dossier(viewer.live.query, viewer.live.config.timeline, dossier, viewer.scopes()),
        viewer.live.query.rows(_EVENTS, common),
        viewer.live.query.rows(_ALERTS, common),
    )
    if found is None:
        raise HTTPException(404, f"There is no dossier {dossier}.")
    row = labelled(found, viewer)
    return DossierDetail.model_validate(
        {
            **row,
            "page": page_of(row["unit"]),
            "explanation": await _explain(viewer, row, officer_ids),
            "events": [
                (NamedEvent if officer_ids else Event).model_validate(labelled(event, viewer))
                for event in events
            ],
            "alerts": alerts,
        }
    )


async def _explain(viewer: Viewer, row: dict[str, Any], ids: bool) -> Explanation:
    """As of the watermark, or of the dossier's own last change if that is later. In a thread:
    a long story takes milliseconds, and the feed must not wait for it."""
    explainer, watermark = explainer_of(viewer), viewer.view.watermark
    return await asyncio.to_thread(
        explainer.explain, row["id"], row["facts"], row["as_of"], watermark, ids
    )
