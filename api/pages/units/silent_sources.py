"""Which sources say nothing: their figures may be older than the page."""

from __future__ import annotations

from api.pages.navigation import opens
from api.pages.parts.marks import Link
from api.pages.parts.states import Notice
from api.pages.units.subject import UnitSubject
from api.wall_state import sources_of
from dossiers.time.hours import MINUTE


def silent_notice(subject: UnitSubject) -> Notice | None:
    """A line above the figures; None while every source speaks."""
    live, words = subject.viewer.live, subject.words
    view = subject.viewer.view
    sources = sources_of(view.reference, live.keeper.history, view.watermark or 0, live.config.mode)
    silent = [source for source in sources if not source["fresh"]]
    if not silent:
        return None
    named = ", ".join(
        words("units_silent_source", source=source["id"],
              age=words.amount(source["age_ms"] // MINUTE * MINUTE, subject.calendar))
        for source in silent[:3]
    )  # fmt: skip
    more = words("units_silent_more", n=len(silent) - 3) if len(silent) > 3 else ""
    return Notice(words("units_silent", sources=named + more), "silent", _link(subject))


def _link(subject: UnitSubject) -> Link | None:
    if not opens(subject.viewer.principal, "/data"):
        return None
    return Link(subject.words("units_silent_link"), "/data")
