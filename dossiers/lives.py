"""Which events the state of a dossier is made of, told from the log: the oracle's own view.

Without tombstones: all of its events, the first of each id of a madonvi. With them a dossier has
lives: the first tick after its retention ends one, and what is taken afterwards begins another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from dossiers.events import (
    DOSSIER_EVENTS,
    AnyDossierEvent,
    Content,
    DueSet,
    Finished,
    Progressed,
    Received,
    Restored,
    Resumed,
    Snapshot,
    Submitted,
    Suspended,
    Voided,
)
from dossiers.facts import Fact
from dossiers.order import fact_of
from dossiers.snapshots import place, singled

Life = dict[tuple[str, str], AnyDossierEvent]  # by madonvi and event id
Heard = tuple[AnyDossierEvent, int]  # an event, and the partition's now (ms) when it came
_KINDS = {str(kind.__struct_config__.tag): kind for kind in DOSSIER_EVENTS}


@dataclass
class Lives:
    """``living``: events of the dossiers that have a state. ``ever``: of every dossier, also those
    of ended lives. ``newest``: of every dossier, those of its last life. ``duplicates``: events
    that changed nothing because their id was known, or that repeated a snapshot."""

    living: dict[str, list[AnyDossierEvent]] = field(default_factory=dict)
    ever: dict[str, list[AnyDossierEvent]] = field(default_factory=dict)
    newest: dict[str, list[AnyDossierEvent]] = field(default_factory=dict)
    duplicates: int = 0


def lives(
    heard: Iterable[Heard],
    now: int,
    retention: int | None,
    is_closed: Callable[[Sequence[AnyDossierEvent]], bool],
) -> Lives:
    """``heard``: accepted events in the order of the log. ``now`` (ms): at its end.

    ``retention`` (ms): None keeps every dossier. ``is_closed``: whether these events close one.
    """
    result = Lives()
    by_dossier: dict[str, list[Heard]] = defaultdict(list)
    for event, at in heard:
        by_dossier[event.dossier_id].append((event, at))
    for dossier_id, story in by_dossier.items():
        life: Life = {}
        ever: Life = {}
        # Of dossiers with snapshots: one that repeats the one before it is a duplicate, too.
        kept: list[Fact] | None = None
        if any(isinstance(each, Snapshot) for event, _ in story for each in _unpacked(event)):
            kept = []
        told = story[0][1]  # now when the life was last added to
        for event, at in story:
            if _has_ended(life, told, at, retention, is_closed):
                life = {}
                kept = None if kept is None else []
            told = at
            if _identity(event) in life:
                result.duplicates += 1
                continue
            for each in _unpacked(event):
                if kept is not None and _identity(each) not in life:
                    kept, is_new = place(kept, fact_of(each))
                    result.duplicates += not is_new and each is event
                life.setdefault(_identity(each), each)
                ever.setdefault(_identity(each), each)
        result.ever[dossier_id] = list(ever.values())
        result.newest[dossier_id] = list(life.values())
        if not _has_ended(life, told, now, retention, is_closed):
            result.living[dossier_id] = list(life.values())
    return result


def _has_ended(
    life: Life,
    told: int,
    now: int,
    retention: int | None,
    is_closed: Callable[[Sequence[AnyDossierEvent]], bool],
) -> bool:
    """Only a tick ends a life: one that came after the last event and is past the retention."""
    if retention is None or not life or now <= told:
        return False
    if now <= max(event.occurred_at for event in life.values()) + retention:
        return False
    return is_closed(list(life.values()))


def _identity(event: AnyDossierEvent) -> tuple[str, str]:
    return event.madonvi, event.event_id


def _unpacked(event: AnyDossierEvent) -> list[AnyDossierEvent]:
    if not isinstance(event, Restored):
        return [event]
    return [*(event_of(event.dossier_id, fact) for fact in singled(event.facts)), event]


def event_of(dossier_id: str, fact: Fact) -> AnyDossierEvent:
    """The event that a dossier keeps as ``fact``."""
    common = {name: getattr(fact, name) for name in _COMMON}
    kind = _KINDS[fact.kind]
    own: dict[str, object] = {}
    if kind is Received:
        own = {"procedure": fact.text, "due_at": fact.due_at, "limit": fact.limit}
    elif kind is Progressed:
        own = {"carried": fact.carried, "officer_name": fact.text, "until": bool(fact.status)}
    elif kind is Submitted:
        own = {"procedure": fact.text}
    elif kind is Resumed:
        own = {"due_at": fact.due_at}
    elif kind is DueSet:
        own = {"due_at": fact.due_at, "reason": fact.text}
    elif kind is Voided:
        own = {"target": fact.text}
    elif kind in (Suspended, Finished):
        own = {"status": fact.status}
    elif kind is Snapshot:
        own = {"content": fact.shown.content if fact.shown is not None else Content()}
    elif kind is Restored:
        own = {"facts": ()}
    event: AnyDossierEvent = kind(dossier_id=dossier_id, **common, **own)  # type: ignore[arg-type]
    return event


_COMMON = (
    "event_id", "occurred_at", "received_at", "source", "source_seq", "unit", "officer",
    "responsible", "step", "madonvi",
)  # fmt: skip
