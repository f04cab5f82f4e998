"""What happened to a dossier, one thing at a time, as the recount reads it from the raw events.

A plain event is one such thing. What a portal's snapshots say becomes the same (oracle.portal).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dossiers.wire.events import AnyDossierEvent
from dossiers.wire.facts import Limit

Place = tuple[int, str, int, str, str]  # instant (ms), source, its number, event id, madonvi
ENDS = frozenset({"finished", "withdrawn", "refused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """``what``: the kind of an event; ``shown`` for a snapshot as such. ``at``, ``recorded``: when
    it is dated, and when it became known (ms). ``place``, ``rank``: where it stands among others;
    ``rank`` parts what one snapshot says. ``said_in``: the place of the event that said it.

    ``due``, ``reason``: a new due time. ``stop``: of the reason ``supplement`` the stop that it
    answers. ``with_end``: said together with the first news of the end. ``instead``: said in place
    of what had been said before, which counts: a changed end or reception. ``begin``, ``step_due``,
    ``carried``: began_at, step_due_at and carried of progress.
    """

    what: str
    at: int
    recorded: int
    place: Place
    said_in: Place
    rank: int = 0
    unit: str = ""
    officer: str = ""
    officer_name: str = ""
    responsible: str = ""
    step: str = ""
    until: bool = False
    begin: int | None = None
    step_due: int | None = None
    carried: int | None = None
    procedure: str = ""
    limit: Limit | None = None
    status: int = 0
    due: int | None = None
    reason: str = ""
    stop: tuple[int, int] | None = None
    with_end: bool = False
    instead: bool = False

    @property
    def order(self) -> tuple[Place, int]:
        """By which statements are sorted into the order in which things happened."""
        return self.place, self.rank

    @property
    def news(self) -> tuple[Place, int]:
        """When it was told, if that is not when it happened."""
        at, source, _, *rest = self.said_in
        return (at, source, self.place[2], *rest), self.rank  # type: ignore[return-value]


def kind_of(event: AnyDossierEvent) -> str:
    """The event's kind, as on the wire."""
    return str(event.__struct_config__.tag)


def recorded_of(event: AnyDossierEvent) -> int:
    """Nothing is recorded before it is dated; what is backfilled was recorded when it is dated."""
    return event.occurred_at if event.backfill else max(event.occurred_at, event.received_at)


def place_of(event: AnyDossierEvent) -> Place:
    """Where an event stands among all of its dossier, by when it happened."""
    return (
        event.occurred_at, event.source, event.source_seq, event.event_id, event.madonvi,
    )  # fmt: skip


def plain(event: AnyDossierEvent) -> Statement:
    """An event that speaks for itself."""
    due = getattr(event, "due_at", None)
    return Statement(
        what=kind_of(event),
        at=event.occurred_at,
        recorded=recorded_of(event),
        place=place_of(event),
        said_in=place_of(event),
        unit=event.unit,
        officer=event.officer,
        officer_name=getattr(event, "officer_name", ""),
        responsible=event.responsible,
        step=event.step,
        until=getattr(event, "until", False),
        begin=getattr(event, "began_at", None),
        step_due=getattr(event, "step_due_at", None),
        carried=getattr(event, "carried", None),
        procedure=getattr(event, "procedure", ""),
        limit=getattr(event, "limit", None),
        status=getattr(event, "status", 0),
        due=due,
        reason=getattr(event, "reason", ""),
    )


def kept(events: Iterable[AnyDossierEvent]) -> list[AnyDossierEvent]:
    """In order, without what its own sender took back."""
    events = list(events)
    gone = {(e.madonvi, e.target) for e in events if kind_of(e) == "voided"}  # type: ignore[union-attr]
    return sorted((e for e in events if (e.madonvi, e.event_id) not in gone), key=place_of)
