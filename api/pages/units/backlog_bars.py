"""What is open around the due line, as bars."""

from __future__ import annotations

from api.insight.backlog_classes import OVERDUE, BacklogClasses, backlog
from api.pages.parts.charts import Bars, ChartBar, shares
from api.pages.parts.marks import Tone
from api.pages.units.subject import UnitSubject


async def backlog_bars(subject: UnitSubject) -> tuple[Bars, BacklogClasses]:
    """One bar a class of working hours; they add up to what is open. Raises StoreAway."""
    found = await backlog(subject.of, subject.viewer)
    shown = {
        name: counted
        for name, counted in found.classes.items()
        if counted.number or name not in ("none",)
    }
    lengths = shares([counted.number for counted in shown.values()])
    words = subject.words
    soon = subject.viewer.view.reference.rules.due_soon_hours
    bars = tuple(
        ChartBar(
            label=words(f"units_backlog_{name}", hours=soon),
            share=length,
            value=words.number(counted.number),
            tone=_tone(name) if counted.number else "neutral",
            hatched=name == "waiting",
            href=subject.href(counted.filter) if counted.number else "",
            line=name == "soon",
        )
        for (name, counted), length in zip(shown.items(), lengths, strict=True)
    )
    return Bars(words("units_backlog"), bars), found


def _tone(name: str) -> Tone:
    if name in OVERDUE:
        return "late"
    return "soon" if name == "soon" else "neutral"
