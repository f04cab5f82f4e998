"""The audit trail: who looked at whom and who changed what. Written later, never waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from api.access.principal import KeySuspended, NotAccepted, Principal
from dossiers.wire.audit import Audited, AuditKind

_LONGEST = 200
_AGAIN = 60.0  # s


class AuditTrail(Protocol):
    """Where entries go. Must not block and must not raise."""

    def write(self, entry: Audited) -> None:
        """Keep an entry."""


class NoAuditTrail:
    """Keeps nothing."""

    def write(self, entry: Audited) -> None:
        """Nobody keeps it."""


class AuditLog:
    """Makes entries of one timeline. ``clock``: s since 1970, real time."""

    def __init__(
        self, timeline: str, trail: AuditTrail | None, clock: Callable[[], float] = time.time
    ) -> None:
        self._timeline = timeline
        self._trail = trail or NoAuditTrail()
        self._clock = clock
        self._suspended: dict[str, float] = {}  # by id of the key: when one was noted last

    def record_suspended(self, error: NotAccepted, route: str, status: int) -> None:
        """Note that somebody came with a suspended key, which a sender does again and again: once a
        minute for each key. Other credentials that are not accepted say nothing of whose they
        are, and are not noted."""
        if not isinstance(error, KeySuspended):
            return
        now = self._clock()
        if now - self._suspended.get(error.who.handle, float("-inf")) >= _AGAIN:
            self._suspended[error.who.handle] = now
            self.record(error.who, "refused", "suspended key", route, status)

    def record(self, who: Principal, kind: AuditKind, target: str, route: str, status: int) -> None:
        """``target``: whose or which; ``status``: what was answered (HTTP)."""
        self._trail.write(
            Audited(
                timeline=self._timeline,
                at=int(self._clock() * 1000),
                kind=kind,
                subject=_plain(who.subject),
                means=who.means,
                roles=tuple(sorted(who.roles)),
                target=_plain(target),
                route=route[:_LONGEST],
                status=status,
            )
        )


def _plain(text: str) -> str:
    """As it may be printed, on a terminal too; a provider's subject may be long."""
    return "".join(each if each.isprintable() else "?" for each in text[:_LONGEST])
