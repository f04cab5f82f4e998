"""What a reader may do about an alert, asked once for each alert of a page."""

from __future__ import annotations

from dataclasses import dataclass, field

from api.desk.rights import offered
from api.viewer import Viewer
from dossiers.wire.actions import Action
from dossiers.wire.alerts import Alert


@dataclass(frozen=True)
class Offers:
    """As one reader has them."""

    viewer: Viewer
    _known: dict[str, tuple[Action, ...]] = field(default_factory=dict)

    def of(self, alert: Alert) -> tuple[Action, ...]:
        """For which actions there is a button."""
        found = self._known.get(alert.alert_id)
        if found is None:
            found = self._known[alert.alert_id] = offered(self.viewer, alert)
        return found

    def may_take(self, alert: Alert) -> bool:
        """Whether the reader may acknowledge it now."""
        return "acknowledge" in self.of(alert)
