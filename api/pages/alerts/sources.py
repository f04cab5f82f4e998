"""Sources that say nothing, as a line above the list."""

from __future__ import annotations

from api.pages.alerts.asking import AlertFilter
from api.pages.alerts.wording import AlertWords
from api.pages.navigation import opens
from api.pages.parts.marks import Link
from api.pages.parts.states import Notice

_NAMED = 3
_SOURCES = "/data/sources"


def silent_sources(held: int, say: AlertWords) -> Notice | None:
    """Everybody is told of a silent source: what they see may be old. ``held``: how many items of
    the reader are kept back. None while all sources speak."""
    words = say.words
    silent = sorted(say.viewer.live.book.silent_sources(), key=lambda a: (a.due_at, a.source))
    if not silent:
        return None
    named = ", ".join(
        words("inbox_silent_one", source=say.source(each.source), at=say.clock(each.due_at))
        for each in silent[:_NAMED]
    )
    more = words("inbox_silent_more", n=len(silent) - _NAMED) if len(silent) > _NAMED else ""
    if held:
        text = words("inbox_silent_held", sources=named + more, n=words.number(held))
        link = Link(words("inbox_silent_show", n=words.number(held)), AlertFilter("held").url())
        return Notice(text, "silent", link)
    link_ = Link(words("inbox_silent_link"), _SOURCES)
    return Notice(
        words("inbox_silent", sources=named + more),
        "silent",
        link_ if opens(say.viewer.principal, _SOURCES) else None,
    )
