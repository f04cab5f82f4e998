"""Sources that say nothing, as a line above the list."""

from __future__ import annotations

from api.inbox.urgency import OPEN
from api.pages.alerts.wording import AlertWords
from api.pages.navigation import opens
from api.pages.parts.marks import Link
from api.pages.parts.states import Notice

_NAMED = 3


def silent_sources(say: AlertWords) -> Notice | None:
    """Everybody is told of a silent source: what they see may be old. None while all speak."""
    book, words = say.viewer.live.book, say.words
    silent = [
        alert
        for thread in book.threads_of_sources()
        for alert in thread.alerts.values()
        if alert.kind == "source_silent" and alert.transition in OPEN
    ]
    if not silent:
        return None
    silent.sort(key=lambda alert: (alert.due_at, alert.source))
    named = ", ".join(
        words("inbox_silent_one", source=say.source(each.source), at=say.clock(each.due_at))
        for each in silent[:_NAMED]
    )
    more = words("inbox_silent_more", n=len(silent) - _NAMED) if len(silent) > _NAMED else ""
    link = None
    if opens(say.viewer.principal, "/data/sources"):
        link = Link(words("inbox_silent_link"), "/data/sources")
    return Notice(words("inbox_silent", sources=named + more), "silent", link)
