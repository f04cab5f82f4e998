"""What a reader may do about an alert, asked once for each alert of a page."""

from __future__ import annotations

from dataclasses import dataclass

from api.viewer import Viewer
from dossiers.wire.actions import Action
from dossiers.wire.alerts import Alert


@dataclass(frozen=True)
class Offers:
    """As one reader has them: nobody acts here yet."""

    viewer: Viewer

    def of(self, _alert: Alert) -> tuple[Action, ...]:
        """Which buttons to show."""
        return ()

    def may_take(self, alert: Alert) -> bool:
        """Whether the reader may acknowledge it now."""
        return "acknowledge" in self.of(alert)
