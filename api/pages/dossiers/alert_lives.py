"""What was announced about a dossier: each alert with its life, from raised to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from api.desk.found import COLUMNS
from api.pages.dossiers.alert_wording import person_label
from api.pages.dossiers.amounts import Written
from api.pages.dossiers.story import DossierNames
from api.pages.parts.marks import Shape, Tone
from dossiers.wire.alerts import OPEN_STATUSES

ALERTS_SQL = f"""
SELECT {COLUMNS} FROM alerts AS a FINAL
WHERE a.dossier_id = {{id:String}} AND a.timeline = {{timeline:String}}
ORDER BY a.detected_at, a.kind, a.sequence
LIMIT 1000
"""  # noqa: S608

_MARKS: Mapping[str, tuple[Shape, Tone]] = {
    "due_soon": ("soon", "soon"),
    "overdue": ("overdue", "late"),
    "late_reception": ("reception", "late"),
    "step_overdue": ("step", "soon"),
    "date_rewritten": ("rewritten", "neutral"),
    "reopened": ("repeated", "neutral"),
    "backdated": ("rewritten", "neutral"),
    "escalation": ("escalation", "late"),
    "waiting_too_long": ("waiting", "neutral"),
    "repeat_supplement": ("repeated", "neutral"),
    "extension_without_reason": ("rewritten", "neutral"),
}


@dataclass(frozen=True)
class AlertView:
    """``at``: when it was raised last; ``what``; ``who`` held the dossier then; ``life``: what has
    become of it, each transition with its time. ``stands``: it has not ended."""

    shape: Shape
    tone: Tone
    at: str
    what: str
    who: str
    life: tuple[str, ...]
    stands: bool


def alerts_of(
    rows: Sequence[Mapping[str, Any]], say: Written, names: DossierNames
) -> tuple[AlertView, ...]:
    """From the transitions (rows of ALERTS_SQL), one each, the first raised first."""
    lives: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        lives.setdefault(row["alert_id"], []).append(row)
    return tuple(_alert(life, say, names) for life in lives.values())


def _alert(life: Sequence[Mapping[str, Any]], say: Written, names: DossierNames) -> AlertView:
    first, last = life[0], life[-1]
    shape, tone = _MARKS.get(first["kind"], ("", "neutral"))
    what = say.words(f"alert_{first['kind']}", hours=first["level"])
    if first["kind"] == "step_overdue" and first["step"]:
        what = say.words("alert_step_named", step=names.step(first["step"]))
    return AlertView(
        shape=shape,
        tone=tone,
        at=say.short(first["detected_at"]),
        what=what,
        who=names.any(first["officer"] or first["unit"]),
        life=tuple(_told(row, before, say, names) for before, row in pairwise(life)),
        stands=last["transition"] in OPEN_STATUSES,
    )


def _told(
    row: Mapping[str, Any], before: Mapping[str, Any], say: Written, names: DossierNames
) -> str:
    if not row["action"] and row["transition"] == before["transition"]:
        field = "unit" if row["unit"] != before["unit"] else "officer"
        return say.words("alert_moved", who=names.any(row[field]), at=say.short(row["detected_at"]))
    if not row["action"]:
        return say.words(f"alert_was_{row['transition']}", at=say.short(row["detected_at"]))
    return say.words(
        "alert_did",
        what=deed_of(row, say, names),
        name=person_label(row["actor"], names.labels, say.words),
        at=say.short(row["occurred_at"]),
    )


def deed_of(row: Mapping[str, Any], say: Written, names: DossierNames) -> str:
    """What somebody did, from a record that has an action."""
    return say.words(
        f"desk_was_{row['action']}",
        until=say.weekday(row["snoozed_until"]),
        to=names.labels.officer(row["offered_to"]),
    )
