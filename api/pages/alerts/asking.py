"""What of an inbox an address asks for."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from fastapi import Depends, Query

from api.inbox.items import State
from api.pages.alerts.groups import GroupName
from dossiers.wire.alerts import AlertKind

LIST = "/alerts"
Order = Literal["urgency", "newest", "longest"]
_MOST = 10**6


@dataclass(frozen=True)
class AlertFilter:
    """``cause``: the instant (ms) that many alerts share, 0 for any. ``group``: only what stands in
    this one. ``first``: number of the first row of a page."""

    state: State = "waiting"
    kind: AlertKind | Literal[""] = ""
    unit: str = ""
    q: str = ""
    sort: Order = "urgency"
    cause: int = 0
    group: GroupName | Literal[""] = ""
    first: int = 1

    def url(self, alert_id: str = "", **changes: Any) -> str:
        """The list, or one alert beside it; what is as usual is not said. A change of the filter
        begins with the first row."""
        asked = replace(self, **({"first": 1} | changes if changes else {}))
        path = f"{LIST}/{quote(alert_id, safe='')}" if alert_id else LIST
        said = {
            field.name: value
            for field in fields(asked)
            if (value := getattr(asked, field.name)) != field.default
        }
        return f"{path}?{urlencode(said)}" if said else path

    @property
    def narrowed(self) -> bool:
        """Whether anything but the state is asked for."""
        return bool(self.kind or self.unit or self.q or self.cause or self.group)


def alert_filter(
    *,
    state: Annotated[State, Query(description="waiting, taken, snoozed or done today")] = "waiting",
    kind: Annotated[AlertKind | Literal[""], Query(description="shown by this kind")] = "",
    unit: Annotated[str, Query(max_length=100, description="id of the unit")] = "",
    q: Annotated[str, Query(max_length=100, description="in id, name or procedure")] = "",
    sort: Annotated[Order, Query(description="urgency, newest or longest late")] = "urgency",
    cause: Annotated[int, Query(ge=0, lt=10**13, description="instant of the cause, ms")] = 0,
    group: Annotated[GroupName | Literal[""], Query(description="only of this group")] = "",
    first: Annotated[int, Query(ge=1, le=_MOST, description="number of the first row")] = 1,
) -> AlertFilter:
    """From the parameters of an address."""
    return AlertFilter(state, kind, unit, q.strip(), sort, cause, group, first)


AskedAlerts = Annotated[AlertFilter, Depends(alert_filter)]
