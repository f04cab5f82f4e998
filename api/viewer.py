"""Who asks in one request, and what that lets them see."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Request

from api.access.principal import Principal
from api.access.reach import ACCESS, EVERYTHING, Access, Reach, Within, reach_of
from api.access.rules import DESKS
from api.asked import AskedLook, asked_of
from api.core import Live
from api.inbox.sight import Sight, recipient_of
from api.labels import Labels
from api.live.view import Picture


@dataclass(frozen=True)
class Viewer:
    """One caller of one request. ``reach`` is what the route's rule lets ``principal`` see;
    ``asked``: how they want pages to look."""

    live: Live
    principal: Principal
    reach: Reach
    asked: AskedLook = field(default_factory=AskedLook)

    @cached_property
    def together(self) -> dict[Any, Any]:
        """What this request asks ClickHouse together (api.insight.answers), while it gathers."""
        return {}

    @property
    def access(self) -> Access:
        """The same without what it is asked of."""
        return Access(self.principal, self.reach)

    @cached_property
    def within(self) -> Within | None:
        """What of the reference data lies in the reach; None: all of it, with officers' names as
        the setting says."""
        return None if self.reach == EVERYTHING else self.live.within(self.reach)

    @cached_property
    def view(self) -> Picture:
        """The live view, or the part of it that may be seen: made when it is first looked at."""
        return self.live.view_of(self.reach)

    @cached_property
    def labels(self) -> Labels:
        """How names appear to this caller."""
        in_full: Set[str] | None = frozenset()
        if self.reach.all_named:
            in_full = None
        elif self.within is not None:
            in_full = self.within.named
        return Labels(self.live.names(), self.live.config.officer_names, in_full)

    @cached_property
    def sight(self) -> Sight:
        """Which alerts are in this caller's inbox, whatever the route."""
        who = recipient_of(self.principal, DESKS)
        return self.live.sight_of(who, reach_of(self.principal, DESKS))

    def scopes(self) -> list[str] | None:
        """A dossier may be seen if it has one of these scopes; None: every dossier may."""
        return self.live.scopes_of(self.reach)

    def sees_scope(self, scope: str) -> bool:
        """Whether the figures of a scope may be seen."""
        if self.reach.whole or self.within is None:
            return True
        kind, _, id_ = scope.partition(":")
        return id_ in {"unit": self.within.counted, "officer": self.within.officers}.get(kind, ())


async def viewer_of(request: Request) -> Viewer:
    """Who sent ``request``; ``api.access.gate`` has found out.

    A coroutine, so that it runs on the loop, as what changes the view does: not in a thread."""
    access: Access = request.scope[ACCESS]
    prefix = request.app.state.sign_in_flow.authenticator.cookie("")
    return Viewer(request.app.state.live, access.principal, access.reach, asked_of(request, prefix))


class NotReady(Exception):
    """There are no figures yet: the topics were not read to their end since the process began."""


async def loaded_viewer_of(request: Request) -> Viewer:
    """As ``viewer_of``, for what shows figures or needs the reference data. Raises NotReady: zeros
    and default calendars would look like facts."""
    viewer = await viewer_of(request)
    if not viewer.live.view.loaded:
        raise NotReady(
            "The figures are not available yet: Kafka is away or still being read. What is posted "
            "is taken all the same; ask again after Retry-After seconds."
        )
    return viewer


AnyViewer = Annotated[Viewer, Depends(viewer_of)]
LoadedViewer = Annotated[Viewer, Depends(loaded_viewer_of)]
