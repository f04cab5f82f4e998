"""The open overdue alerts, the newest at hand for the wall."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Set

from dossiers.wire.alerts import Alert

MOST_BREACHES = 100_000  # half of those that are held at most
NEWEST = 50  # breaches that are kept sorted for the wall

Rank = Callable[[Alert], tuple[bool, int, str]]


class OpenBreaches:
    """By alert id. ``alerts``: those that are open at the start."""

    def __init__(self, alerts: Iterable[Alert] = ()) -> None:
        self._open = {alert.alert_id: alert for alert in alerts}
        self._ended: dict[str, int] = {}  # sequence of the end of an alert that was not open
        self._newest: list[Alert] | None = None

    def __len__(self) -> int:
        return len(self._open)

    def __contains__(self, alert_id: str) -> bool:
        return alert_id in self._open

    def take(self, alert: Alert, listed: Callable[[], Set[str]]) -> None:
        """Take a transition of an overdue alert. Uncommitted ones may be seen twice, and a raise
        after its end: the higher sequence number wins. ``listed``: see ``newest``."""
        if alert.transition in ("raised", "acknowledged"):
            if alert.sequence >= self._ended.get(alert.alert_id, 0):
                self._ended.pop(alert.alert_id, None)
                self._open[alert.alert_id] = alert
        elif self._open.pop(alert.alert_id, None) is None:
            self._ended[alert.alert_id] = alert.sequence
            if len(self._ended) > MOST_BREACHES:
                del self._ended[next(iter(self._ended))]
        if len(self._open) > 2 * MOST_BREACHES:  # the wall shows the newest only
            kept = heapq.nlargest(MOST_BREACHES, self._open.values(), key=_rank(listed()))
            self._open = {each.alert_id: each for each in kept}
        self._newest = None

    def newest(self, count: int, listed: Callable[[], Set[str]]) -> list[Alert]:
        """At most ``count`` (up to NEWEST), those of units in ``listed`` first; of these, the
        latest due time first."""
        if self._newest is None:
            self._newest = heapq.nlargest(NEWEST, self._open.values(), key=_rank(listed()))
        return self._newest[:count]

    def part(self, seen: Callable[[Alert], bool]) -> OpenBreaches:
        """Those of now that ``seen`` lets pass."""
        return OpenBreaches(filter(seen, self._open.values()))


def _rank(listed: Set[str]) -> Rank:
    return lambda alert: (alert.unit in listed, alert.due_at, alert.dossier_id)
