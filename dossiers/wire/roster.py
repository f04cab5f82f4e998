"""Topic roster: who is away, who stands in, and how somebody wants to be told."""

from __future__ import annotations

from typing import Literal

import msgspec

Way = Literal["mail", "webhook", "app"]


class Leave(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``begins_at`` up to and without ``ends_at`` (ms). ``deputy``: an officer's id, "" if nobody
    stands in: then the superior does."""

    begins_at: int
    ends_at: int
    deputy: str = ""


class RosterEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One officer's own wishes and absences, the newest record of key ``officer``.

    ``ways``: by which to be told, in addition to the inbox, which everybody has. ``quiet``: clock
    times between which nothing is sent, None: those of the policy. ``leaves``: in order, not
    overlapping. ``revision``: rises by one with each change; who writes names the one they saw.
    ``written_by``, ``written_at`` (ms): the last change.
    """

    officer: str
    revision: int = 0
    ways: tuple[Way, ...] = ("mail", "app")
    quiet: tuple[str, str] | None = None
    leaves: tuple[Leave, ...] = ()
    written_by: str = ""
    written_at: int = 0
