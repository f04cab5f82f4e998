"""An alert that the live view holds no more, from ClickHouse: a mail may lead to it long after."""

from __future__ import annotations

from api.inbox.book import thread_of
from api.inbox.items import InboxItem
from api.pages.alerts.history import last_record
from api.viewer import Viewer


async def past_item(viewer: Viewer, alert_id: str) -> InboxItem | None:
    """As ended; None if there was no such alert, or it is not the reader's. Raises StoreAway."""
    live = viewer.live
    alert = await last_record(live.query, live.config.timeline, alert_id)
    if alert is None or not viewer.sight.sees(alert):
        return None
    return InboxItem(
        thread_of(alert), alert, (alert,), "done", alert.detected_at, alert.detected_at
    )
