"""Working hours of late dossiers, holding by holding: what the sink worked out, brought to now.

An open dossier's row is as of its last change. What has passed since is the present holder's, if
its clock runs; the lateness is then split anew over what each took beyond the slack. Amounts are
working ms.
"""

from __future__ import annotations

from typing import Any

from api.insight.boundaries import calendars
from api.insight.conditions import Standpoint

# ``more``: working ms since the row was made, of a dossier whose clock runs. ``raws``: what each
# holding took beyond the slack. As in dossiers.reports.attribution, at one instant.
_ELAPSED = "transform(d.calendar, {calendars:Array(String)}, {elapsed:Array(Int64)}, {own:Int64})"
_MORE = f"if(d.grows, greatest(0, {_ELAPSED} - d.worked), 0)"
_IS_LAST = "n = length(d.held_raw)"
_USED = f"arrayMap((u, n) -> u + if({_IS_LAST}, more, 0), d.held_used, arrayEnumerate(d.held_used))"
_RAWS = f"arrayMap((r, n) -> r + if({_IS_LAST}, more, 0), d.held_raw, arrayEnumerate(d.held_raw))"
_TAKEN = "d.before_work + arraySum(r -> greatest(r, 0), raws)"
_CHARGES = (
    "if(more = 0, d.held_charges, arrayMap(r -> if(taken = 0, 0, "
    "toInt64(round(greatest(r, 0) * least(1, (d.late_work + more) / taken)))), raws))"
)
_OVERS = "arrayMap((u, l) -> if(l < 0, 0, greatest(0, u - l)), used, d.held_limits)"

WITH = (
    f"WITH toInt64({_MORE}) AS more, {_USED} AS used, {_RAWS} AS raws, {_TAKEN} AS taken, "
    f"{_CHARGES} AS charges, {_OVERS} AS overs "
)
JOIN = (
    "ARRAY JOIN d.held_units AS held_unit, d.held_officers AS held_officer, "
    "d.held_steps AS held_step, d.held_limits AS limit_one, overs AS over_one, "
    "charges AS charge_one, d.held_charges AS stored_one, d.held_inherited AS inherited_one, "
    "arrayEnumerate(d.held_charges) AS number"
)


def bound(at: Standpoint) -> dict[str, Any]:
    """What WITH binds."""
    elapsed = {name: calendar.elapsed(at.now) for name, calendar in calendars(at.context)}
    own = elapsed.pop("")
    # An empty array has no type of its own.
    names = list(elapsed) or ["\x00"]
    return {"calendars": names, "elapsed": [elapsed.get(name, 0) for name in names], "own": own}
