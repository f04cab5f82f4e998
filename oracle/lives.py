"""Which events the state of a dossier is made of, told from the log: the oracle's own view.

Without tombstones: all of its events, the first of each id of a madonvi. With them a dossier has
lives: the first tick after its retention ends one, and what is taken afterwards begins another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dossiers.context import Context
from dossiers.events import AnyDossierEvent, Reassigned, Restored, Snapshot
from dossiers.facts import Fact
from dossiers.kept_events import event_of as event_of  # noqa: PLC0414 (also read from here)
from dossiers.order import fact_of
from dossiers.snapshots import place, singled
from oracle.owners import Whose

Life = dict[tuple[str, str], AnyDossierEvent]  # by madonvi and event id
Counting = Callable[[int, int | None], Context]
Heard = tuple[AnyDossierEvent, int]  # an event, and the partition's now (ms) when it came


class Origin(NamedTuple):
    """Beside an event: how many activations its partition had heard of, and whether the worker put
    it aside as not its sender's to send."""

    known: int = 0
    refused: bool = False


@dataclass
class Lives:
    """``living``: events of the dossiers that have a state. ``ever``: of every dossier, also those
    of ended lives. ``newest``: of every dossier, those of its last life. ``duplicates``: events
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


def lives(
    heard: Iterable[Heard],
    now: int,
    retention: int | None,
    is_closed: Callable[[Sequence[AnyDossierEvent]], bool],
    counting: Counting,
    origins: Sequence[Origin] | None = None,
) -> Lives:
    """``heard``: accepted events in the order of the log, and those that the worker found to be
    none of their senders' business, as ``origins`` tells of each. ``now`` (ms): at its end.

    ``retention`` (ms): None keeps every dossier. ``is_closed``: whether these events close one.
    ``counting``: the reference data at an instant (ms) after so many activations, None: all.
    """
    result = Lives()
    by_dossier: dict[str, list[tuple[AnyDossierEvent, int, Origin | None]]] = defaultdict(list)
    for number, (event, at) in enumerate(heard):
        origin = origins[number] if origins is not None else None
        by_dossier[event.dossier_id].append((event, at, origin))
    for dossier_id, story in by_dossier.items():
        life: Life = {}
        last: Life = {}
        ever: Life = {}
        whose = Whose()
        brought = [each for event, *_ in story for each in _unpacked(event)]
        stamped = any(each.madonvi or isinstance(each, Reassigned) for each in brought)
        # Of dossiers with snapshots: one that repeats the one before it is a duplicate, too.
        kept: list[Fact] | None = None
        if any(isinstance(each, Snapshot) for each in brought):
            kept = []
        told = story[0][1]  # now when the life was last added to
        for event, at, origin in story:
            if _has_ended(life, told, at, retention, is_closed):
                whose.leaves(list(life.values()), counting(_over(life, retention), None))
                last, life = life, {}
                kept = None if kept is None else []
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
                if kept is not None and _identity(each) not in life:
                    kept, is_new = place(kept, fact_of(each))
                    result.duplicates += not is_new and each is event
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
    result: Lives, event: AnyDossierEvent, origin: Origin | None, *, refused: bool
) -> None:
    if origin is not None and origin.refused != refused:
        said = "put aside as not theirs" if origin.refused else "taken"
        result.disputed.append(
            f"{event.dossier_id}: event {event.event_id} of madonvi {event.madonvi or '(none)'} "
            f"was {said}, recounted the other way"
        )


def _over(life: Life, retention: int | None) -> int:
    """When (ms) the time of a closed dossier is over."""
    return max(event.occurred_at for event in life.values()) + (retention or 0) + 1


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
