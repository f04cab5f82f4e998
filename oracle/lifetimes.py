"""Which events the state of a dossier is made of, by the log: the oracle's own view.

Without tombstones: all of its events, the first of each id of a madonvi. With them a dossier has
lifetimes: the first tick after its retention ends one, and what is taken afterwards begins another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec.structs import replace

from dossiers.reference.context import Context
from dossiers.wire.archived import unarchived
from dossiers.wire.events import AnyDossierEvent, Reassigned, Restored, Snapshot
from dossiers.wire.facts import SnapshotFact
from dossiers.wire.kept_events import event_of
from oracle.owners import Whose
from oracle.statements import place_of

Lifetime = dict[tuple[str, str], AnyDossierEvent]  # by madonvi and event id
Counting = Callable[[int, int | None], Context]
Heard = tuple[AnyDossierEvent, int]  # an event, and the partition's now (ms) when it came


class Origin(NamedTuple):
    """Beside an event: how many activations its partition had heard of, and whether the worker put
    it aside as not its sender's to send."""

    known: int = 0
    refused: bool = False


@dataclass
class Lifetimes:
    """``living``: events of the dossiers that have a state. ``ever``: of every dossier, also those
    of ended lifetimes. ``newest``: of every dossier, those of its last life. ``duplicates``: events
    that changed nothing because their id was known, or that repeated a snapshot. ``refused``:
    events whose senders had no right to act on their dossier. ``disputed``: of these, and of those
    that had it, the ones which the worker judged otherwise, each in a sentence. ``owners``: of the
    dossiers that have a state, or have left; see ``oracle.owners.Whose``."""

    living: dict[str, list[AnyDossierEvent]] = field(default_factory=dict)
    ever: dict[str, list[AnyDossierEvent]] = field(default_factory=dict)
    newest: dict[str, list[AnyDossierEvent]] = field(default_factory=dict)
    duplicates: int = 0
    refused: int = 0
    disputed: list[str] = field(default_factory=list)
    owners: dict[str, Whose] = field(default_factory=dict)


def lifetimes_of(
    heard: Iterable[Heard],
    now: int,
    retention: int | None,
    is_closed: Callable[[Sequence[AnyDossierEvent]], bool],
    counting: Counting,
    origins: Sequence[Origin] | None = None,
) -> Lifetimes:
    """``heard``: accepted events in the order of the log, and those that the worker found to be
    none of their senders' business, as ``origins`` tells of each. ``now`` (ms): at its end.

    ``retention`` (ms): None keeps every dossier. ``is_closed``: whether these events close one.
    ``counting``: the reference data at an instant (ms) after so many activations, None: all.
    """
    result = Lifetimes()
    by_dossier: dict[str, list[tuple[AnyDossierEvent, int, Origin | None]]] = defaultdict(list)
    for number, (event, at) in enumerate(heard):
        origin = origins[number] if origins is not None else None
        by_dossier[event.dossier_id].append((event, at, origin))
    for dossier_id, story in by_dossier.items():
        life: Lifetime = {}
        last: Lifetime = {}
        ever: Lifetime = {}
        whose = Whose()
        brought = [each for event, *_ in story for each in _unpacked(event)]
        stamped = any(each.madonvi or isinstance(each, Reassigned) for each in brought)
        told = story[0][1]  # now when the life was last added to
        for event, at, origin in story:
            if _has_ended(life, told, at, retention, is_closed):
                whose.leaves(list(life.values()), counting(_over(life, retention), None))
                last, life = life, {}
            told = at
            if _identity(event) in life:
                result.duplicates += 1
                _compare(result, event, origin, refused=False)
                continue
            if stamped:
                context = counting(at, None if origin is None else origin.known)
                so_far = list(life.values())
                refused = not whose.takes(event, so_far, context)
                _compare(result, event, origin, refused=refused)
                if refused:
                    result.refused += 1
                    continue
                whose.took(event, _unpacked(event), so_far, context)
            for each in _unpacked(event):
                if each is event and isinstance(each, Snapshot):
                    result.duplicates += _repeats(each, life)
                life.setdefault(_identity(each), each)
                ever.setdefault(_identity(each), each)
        result.ever[dossier_id] = list(ever.values())
        result.newest[dossier_id] = list((life or last).values())
        if _has_ended(life, told, now, retention, is_closed):
            whose.leaves(list(life.values()), counting(_over(life, retention), None))
        elif life:
            result.living[dossier_id] = list(life.values())
        result.owners[dossier_id] = whose
    return result


def _compare(
    result: Lifetimes, event: AnyDossierEvent, origin: Origin | None, *, refused: bool
) -> None:
    if origin is not None and origin.refused != refused:
        said = "put aside as not theirs" if origin.refused else "taken"
        result.disputed.append(
            f"{event.dossier_id}: event {event.event_id} of madonvi {event.madonvi or '(none)'} "
            f"was {said}, recounted the other way"
        )


def _over(life: Lifetime, retention: int | None) -> int:
    """When (ms) the time of a closed dossier is over."""
    return max(event.occurred_at for event in life.values()) + (retention or 0) + 1


def _has_ended(
    life: Lifetime,
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


def _repeats(event: Snapshot, life: Lifetime) -> bool:
    """Whether a snapshot says what the one before it says, in the order in which they were made."""
    others = [each for each in life.values() if isinstance(each, Snapshot)]
    before = [each for each in others if place_of(each) < place_of(event)]
    return bool(before) and _said(max(before, key=place_of)) == _said(event)


def _said(event: Snapshot) -> tuple[object, ...]:
    return (
        event.content, event.source, event.unit, event.officer, event.responsible, event.step,
        event.madonvi,
    )  # fmt: skip


def _unpacked(event: AnyDossierEvent) -> list[AnyDossierEvent]:
    """What comes with an event: of a dossier that comes back, all that the archive holds, each time
    at which a snapshot was sent for itself."""
    if not isinstance(event, Restored):
        return [event]
    found: list[AnyDossierEvent] = []
    for fact in map(unarchived, event.facts):
        found.append(event_of(event.dossier_id, fact))
        for again in fact.repeats if isinstance(fact, SnapshotFact) else ():
            found.append(
                replace(
                    found[-1], occurred_at=again.occurred_at, received_at=again.received_at,
                    source_seq=again.source_seq, event_id=again.event_id,
                )
            )  # fmt: skip
    return [*sorted(found, key=place_of), event]
