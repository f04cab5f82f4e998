"""What stands in topic ``settings`` under ``wall:NAME``: how a wall by that name looks.

No figure depends on it: it picks what is shown, and how. A tombstone removes the wall.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MOST_BYTES = 16_384  # of a record; what is longer is junk
OfficerNames = Literal["off", "initials", "full"]
LEAST_TO_MOST_OPEN: tuple[OfficerNames, ...] = ("off", "initials", "full")

_UnitId = Annotated[str, Meta(min_length=1, max_length=100)]
_Units = Annotated[tuple[_UnitId, ...], Meta(max_length=50)]


class WallView(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One part of a rotation: ``units`` (ids, those below included) for ``seconds``, under
    ``title`` ("": the wall's own)."""

    units: Annotated[_Units, Meta(min_length=1)]
    seconds: Annotated[int, Meta(ge=10, le=3_600)] = 60
    title: Annotated[str, Meta(max_length=120)] = ""


class NamedWall(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """``units``: whose dossiers the wall shows, those of units below included; empty: all that its
    key or reader may see. ``views``: parts of these by turns; empty: all at once.

    ``title``: "" is that of the reference data. ``target``: percent on time that the wall holds the
    rate against, None: the rule's. ``officer_names``: never more open than the installation's.
    ``distance``, ``height`` (m): of the eye from the picture and of the picture, None: as on a
    desk. ``panel_seconds``: how long each side panel stays. ``changed_at``: ms, real time;
    ``changed_by``: who, as in the audit trail.
    """

    title: Annotated[str, Meta(max_length=120)] = ""
    units: _Units = ()
    views: Annotated[tuple[WallView, ...], Meta(max_length=12)] = ()
    target: Annotated[float, Meta(ge=0, le=100)] | None = None
    language: Literal["vi", "en"] = "vi"
    theme: Literal["dark", "light"] = "dark"
    officer_names: OfficerNames = "initials"
    distance: Annotated[float, Meta(ge=0.3, le=60)] | None = None
    height: Annotated[float, Meta(ge=0.1, le=30)] | None = None
    panel_seconds: Annotated[int, Meta(ge=5, le=600)] = 25
    changed_at: int
    changed_by: Annotated[str, Meta(max_length=200)] = ""


def narrower(one: OfficerNames, other: OfficerNames) -> OfficerNames:
    """The less open of two ways to show officers' names."""
    return min(one, other, key=LEAST_TO_MOST_OPEN.index)
