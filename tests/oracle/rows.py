"""Histories written out by hand, and their stories."""

from __future__ import annotations

from typing import Any

import msgspec

from dossiers.reference.context import Context
from dossiers.wire.events import AnyDossierEvent, Snapshot
from dossiers.wire.facts import Content, Limit, Supplement
from dossiers.wire.reference import Reference
from oracle.story import Story, tell
from tests.dossiers.days import at, story

NOV = "2026-11-"


FIVE = Reference(limit=Limit(5, "working_days"))


DAYS = Reference(limit=Limit(8, "days"))


def told(
    events: list[AnyDossierEvent], reference: Reference = FIVE, now: str = "2026-11-30T08:00"
) -> Story:
    return tell(events, at(now), Context(reference))


def day(text: str) -> int:
    """ "16 10:00" of November 2026."""
    number, clock = text.split()
    return at(f"{NOV}{int(number):02}T{clock}")


def plain(*steps: tuple[Any, str, dict[str, Any]], **recorded: str) -> list[AnyDossierEvent]:
    """``recorded``: when number N was recorded, as e1="20 08:00"; else when it is dated."""
    found = story(*((kind, f"{NOV}{int(w.split()[0]):02}T{w.split()[1]}", more)
                    for kind, w, more in steps))  # fmt: skip
    for name, when in recorded.items():
        n = int(name[1:])
        found[n] = msgspec.structs.replace(found[n], received_at=day(when))
    return found


def due(text: str) -> dict[str, Any]:
    return {"due_at": day(text)}


def shown(*steps: tuple[str, Content], **recorded: str) -> list[AnyDossierEvent]:
    events: list[AnyDossierEvent] = []
    for number, (when, content) in enumerate(steps):
        events.append(
            Snapshot(
                event_id=f"e{number}", dossier_id="d", occurred_at=day(when),
                received_at=day(recorded.get(f"e{number}", when)), source="p", source_seq=number,
                unit="u", content=content,
            )
        )  # fmt: skip
    return events


BASE = Content(status=4, accepted_at=day("2 08:30"))


def supplement(id_: str, asked: str, answered: str = "", after: str = "") -> Supplement:
    def when(text: str) -> int | None:
        return day(text) if text else None

    return Supplement(id_, when(asked), when(answered), None, when(after))
