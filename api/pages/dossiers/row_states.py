"""How a dossier of a list stands, in words: how much working time is left, or how late it is."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.dossiers.amounts import Written
from api.pages.parts.marks import Shape, Tone
from api.queries import Row
from dossiers.reference.context import Context


@dataclass(frozen=True)
class RowState:
    """``text``: as written; ``length``: working ms left (open) or late (less than 0), None where
    there is none."""

    text: str
    tone: Tone = "neutral"
    shape: Shape = ""
    length: int | None = None


def due_of(row: Row, now: int, say: Written) -> str:
    """The due time at ``now`` (ms); while the clock stands it has no meaning, but since when that
    is has."""
    if row["standing"] == "waiting" and row["stopped_at"] is not None:
        return say.words("state_since", at=say.near(row["stopped_at"], now))
    return say.near(row["due_at"], now)


def state_of(row: Row, now: int, context: Context, say: Written) -> RowState:
    """Of a row of ``api.insight.listing`` at ``now`` (ms)."""
    words, standing, due = say.words, row["standing"], row["due_at"]
    calendar = context.calendar_named(row["calendar"])
    if standing == "overdue" and due is not None:
        until = row["stopped_at"] or now
        late = max(0, calendar.between(due, max(due, until)))
        return RowState(words("state_overdue", amount=say.amount(late)), "late", "overdue", -late)
    if standing == "late" and due is not None and row["finished_at"] is not None:
        late = max(0, calendar.between(due, row["finished_at"]))
        text = words("state_late", amount=say.amount(late)) if late else words("state_just_late")
        return RowState(text, "late", "overdue", -late)
    if standing == "waiting" and due is not None:
        left = max(0, calendar.between(row["stopped_at"] or now, due))
        return RowState(words("state_waiting", amount=say.amount(left)), "neutral", "waiting", left)
    if standing == "within" and due is not None:
        left = max(0, calendar.between(now, due))
        tone: Tone = "soon" if row["due_soon"] else "neutral"
        shape: Shape = "soon" if row["due_soon"] else ""
        return RowState(words("state_left", amount=say.amount(left)), tone, shape, left)
    if standing in ("early", "on_time"):
        return RowState(words(f"verdict_{standing}"), "fresh", "done")
    return RowState(words(f"verdict_{standing}"))
