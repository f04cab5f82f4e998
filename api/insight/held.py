"""Working hours of late dossiers, holding by holding: what the sink worked out, brought to now.

An open dossier's row is as of its last change. What has passed since is the present holder's, if
its clock runs; the lateness is then split anew over what each took beyond the slack. Amounts are
working ms.
"""

from __future__ import annotations

from typing import Any

from api.insight.boundaries import calendars
from api.insight.conditions import TABLE, Standpoint
from dossiers.reference.context import UNKNOWN

# ``more``: working ms since the row was made, of a dossier whose clock runs. ``taken``: all that
# its holdings took beyond the slack, with that. As in dossiers.reports.attribution, at one instant.
_ELAPSED = "transform(d.calendar, {calendars:Array(String)}, {elapsed:Array(Int64)}, {own:Int64})"
_LATE_ONES = (
    "SELECT d.dossier_id AS id, d.grows AS grows, length(d.held_raw) AS holdings, "  # noqa: S608
    f"toInt64(if(d.grows, greatest(0, {_ELAPSED} - d.worked), 0)) AS more, "
    "d.late_work + more AS late, greatest(d.held_raw[-1], 0) AS last, "
    "d.before_work + arraySum(r -> greatest(r, 0), d.held_raw) - last "
    "+ greatest(d.held_raw[-1] + more, 0) AS taken, d.held_units AS units, "
    "d.held_officers AS officers, d.held_steps AS steps, d.held_used AS used, "
    "d.held_limits AS limits, d.held_raw AS raws, d.held_charges AS charges, "
    "d.held_inherited AS inherited, arrayEnumerate(d.held_charges) AS numbers "
    f"FROM {TABLE} WHERE "
)
# Plain columns first, so that what is said of each holding is said once.
_HOLDINGS = (
    "SELECT id, step, officer, number = holdings AS is_last, if(is_last, more, 0) AS since, "
    "charge > 0 OR grows AND is_last AS is_charged, inherited_one, "
    "if(limit_one < 0, 0, greatest(0, used_one + since - limit_one)) AS over, "
    "if(more = 0, charge, if(taken = 0, 0, "
    "toInt64(round(greatest(raw + since, 0) * least(1, late / taken))))) AS charge_now FROM ("
)
_EACH = (
    ") ARRAY JOIN units AS unit, officers AS officer, steps AS step, limits AS limit_one, "
    "used AS used_one, raws AS raw, charges AS charge, inherited AS inherited_one, "
    "numbers AS number WHERE "
)
WHO = f"if(officer = '{UNKNOWN}', '', officer)"


def holdings(late: str, condition: str) -> str:
    """A subquery: one row a holding of the late dossiers of ``late`` (conditions over TABLE), of
    those holdings for which ``condition`` (over unit, officer and step) is true. Binds ``bound``.

    Columns: id, step, officer, is_charged, inherited_one, over and charge_now (working ms)."""
    return f"{_HOLDINGS}{_LATE_ONES}{late}{_EACH}{condition}"


def bound(at: Standpoint) -> dict[str, Any]:
    """What ``holdings`` binds."""
    elapsed = {name: calendar.elapsed(at.now) for name, calendar in calendars(at.context)}
    own = elapsed.pop("")
    # An empty array has no type of its own.
    names = list(elapsed) or ["\x00"]
    return {"calendars": names, "elapsed": [elapsed.get(name, 0) for name in names], "own": own}
