"""The audit trail: who looked at whom and who changed what. Written later, never waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from api.access.principal import Principal
from dossiers.records import Audited, AuditKind

_LONGEST = 200


class Trail(Protocol):
    """Where entries go. Must not block and must not raise."""

    def write(self, entry: Audited) -> None: ...


class NoTrail:
    def write(self, entry: Audited) -> None:
        """Nobody keeps it."""


class Notes:
    """Makes entries of one time line. ``clock``: s since 1970, real time."""

    def __init__(
        self, timeline: str, trail: Trail | None, clock: Callable[[], float] = time.time
    ) -> None:
        self._timeline = timeline
        self._trail = trail or NoTrail()
        self._clock = clock

    def note(self, who: Principal, kind: AuditKind, target: str, route: str, status: int) -> None:
        """``target``: whose or which; ``status``: what was answered (HTTP)."""
        self._trail.write(
            Audited(
                timeline=self._timeline,
                at=int(self._clock() * 1000),
                kind=kind,
                subject=who.subject,
                means=who.means,
                roles=tuple(sorted(who.roles)),
                target=target[:_LONGEST],
                route=route,
                status=status,
            )
        )
