"""What was said about a dossier's alerts, offered as the draft of an explanation."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from api.desk.found import COLUMNS, alert_of
from api.viewer import Viewer
from dossiers.publication.reasons import of_alert
from dossiers.wire.alerts import Alert
from dossiers.wire.publications import Case

_SQL = f"""
SELECT {COLUMNS} FROM alerts AS a FINAL
WHERE a.dossier_id = {{dossier:String}} AND a.timeline = {{timeline:String}}
  AND a.action = 'explain'
ORDER BY a.occurred_at DESC, a.sequence DESC LIMIT 20
"""  # noqa: S608


@dataclass(frozen=True)
class Draft:
    """``reason``: a code of lists. ``text``: "" if there is none any more. ``by``: who said it;
    ``at``: data time (ms)."""

    reason: str
    text: str
    by: str
    at: int


async def draft_of(viewer: Viewer, case: Case) -> Draft | None:
    """The last explanation of the officer who is charged; of anybody while the unit had it, for
    what is charged to a unit. None if nobody explained anything. Raises StoreAway."""
    records = await _explained(viewer, case.dossier)
    found = next((each for each in records if _is_of(each, case)), None)
    if found is None:
        return None
    acting = viewer.live.acting
    text = None
    if acting is not None and found.text:
        text = await asyncio.to_thread(acting.texts.read, found.text)
    return Draft(of_alert(found.reason), text or "", found.actor, found.occurred_at)


def _is_of(said: Alert, case: Case) -> bool:
    return said.actor == case.officer if case.officer else said.unit == case.unit


async def _explained(viewer: Viewer, dossier: str) -> list[Alert]:
    about = {"dossier": dossier, "timeline": viewer.live.config.timeline}
    return [alert_of(row) for row in await viewer.live.query.rows(_SQL, about)]
