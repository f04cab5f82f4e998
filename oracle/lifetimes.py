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
from dossiers.wire.events import AnyDossierEvent, Described, Reassigned, Restored, Snapshot
from dossiers.wire.facts import SnapshotFact
from dossiers.wire.kept_events import event_of
from oracle.owners import Whose
from oracle.statements import place_of

Lifetime = dict[tuple[str, str], AnyDossierEvent]  # by madonvi and event id
Counting = Callable[[int, int | None], Context]
IsClosed = Callable[[Sequence[AnyDossierEvent]], bool]
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
    events whose senders had no right to act on their dossier. ``disputed``: what the worker
    judged otherwise, of all that was refused or taken, each in a sentence. ``owners``: of the
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
    is_closed: IsClosed,
    counting: Counting,
    origins: Sequence[Origin] | None = None,
) -> Lifetimes:
    """``heard``: accepted events in the order of the log, and those that the worker found to be
    none of their senders' business, as ``origins`` tells of each. ``now`` (ms): at its end.

    ``retention`` (ms): None keeps every dossier. ``is_closed``: whether these events close one.
    ``counting``: the reference data at an instant (ms) after so many activations, None: all.
    """
    by_dossier: dict[str, list[_Arrival]] = defaultdict(list)
    for number, (event, at) in enumerate(heard):
        origin = origins[number] if origins is not None else None
        by_dossier[event.dossier_id].append(_Arrival(event, at, origin))
    result = Lifetimes()
    for arrivals in by_dossier.values():
        dossier = _Dossier(arrivals, result, _Rules(retention, is_closed, counting))
        for arrival in arrivals:
            dossier.hear(arrival)
        if not all(isinstance(arrival.event, Described) for arrival in arrivals):
            dossier.conclude(now)
    return result


class _Arrival(NamedTuple):
    """An event, the partition's now (ms) when it came, and what the worker made of it."""

    event: AnyDossierEvent
    at: int
    origin: Origin | None


class _Rules(NamedTuple):
    """As the arguments of ``lifetimes_of``."""

    retention: int | None
    is_closed: IsClosed
    counting: Counting


class _Dossier:
    """One dossier's way through its lifetimes; ``result`` is told of it."""

    def __init__(self, arrivals: Sequence[_Arrival], result: Lifetimes, rules: _Rules) -> None:
        self._result = result
        self._rules = rules
        brought = [each for arrival in arrivals for each in _unpacked(arrival.event)]
        # If nobody ever says for whom it was sent, there is nothing to judge.
        self._stamped = any(each.madonvi or isinstance(each, Reassigned) for each in brought)
        self._id = arrivals[0].event.dossier_id
        self._life: Lifetime = {}  # the present one
        self._last: Lifetime = {}  # the one before it
        self._ever: Lifetime = {}  # all of them together
        self._told = arrivals[0].at  # now (ms) when the life was last added to
        self._whose = Whose()

    def hear(self, arrival: _Arrival) -> None:
        """The next event of the log."""
        if self._has_ended(arrival.at):
            self._leave()
            self._last, self._life = self._life, {}
        if isinstance(arrival.event, Described):
            self._described(arrival)
            return
        self._told = arrival.at
        if _identity(arrival.event) in self._life:
            self._result.duplicates += 1
            _compare(self._result, arrival, refused=False)
        elif not self._stamped or self._may_act(arrival):
            self._take(arrival.event)

    def conclude(self, now: int) -> None:
        """The log is over, at ``now`` (ms)."""
        self._result.ever[self._id] = list(self._ever.values())
        self._result.newest[self._id] = list((self._life or self._last).values())
        if self._has_ended(now):
            self._leave()
        elif self._life:
            self._result.living[self._id] = list(self._life.values())
        self._result.owners[self._id] = self._whose

    def _may_act(self, arrival: _Arrival) -> bool:
        """Whether its sender has the right to; the dossier is then theirs, if it was nobody's."""
        event, origin = arrival.event, arrival.origin
        context = self._rules.counting(arrival.at, None if origin is None else origin.known)
        so_far = list(self._life.values())
        refused = not self._whose.takes(event, so_far, context)
        _compare(self._result, arrival, refused=refused)
        if refused:
            self._result.refused += 1
        else:
            self._whose.took(event, _unpacked(event), so_far, context)
        return not refused

    def _described(self, arrival: _Arrival) -> None:
        """Traits need the right to act on the dossier, and change nothing of it."""
        origin, handed = arrival.origin, self._whose.handed
        context = self._rules.counting(arrival.at, None if origin is None else origin.known)
        refused = not self._whose.takes(arrival.event, list(self._life.values()), context)
        self._whose.handed = handed
        _compare(self._result, arrival, refused=refused)
        self._result.refused += refused

    def _take(self, event: AnyDossierEvent) -> None:
        for each in _unpacked(event):
            if each is event and isinstance(each, Snapshot):
                self._result.duplicates += _repeats(each, self._life)
            self._life.setdefault(_identity(each), each)
            self._ever.setdefault(_identity(each), each)

    def _has_ended(self, now: int) -> bool:
        """Only a tick ends a life: one that came after the last event and is past the retention."""
        retention = self._rules.retention
        if retention is None or not self._life or now <= self._told:
            return False
        return now > self._newest_event() + retention and self._rules.is_closed(
            list(self._life.values())
        )

    def _leave(self) -> None:
        """It leaves the stream by the reference data of the instant when its time was over."""
        over = self._newest_event() + (self._rules.retention or 0) + 1
        self._whose.leaves(list(self._life.values()), self._rules.counting(over, None))

    def _newest_event(self) -> int:
        return max(event.occurred_at for event in self._life.values())


def _compare(result: Lifetimes, arrival: _Arrival, *, refused: bool) -> None:
    """Note it if the worker judged otherwise."""
    event, origin = arrival.event, arrival.origin
    if origin is not None and origin.refused != refused:
        said = "put aside as not theirs" if origin.refused else "taken"
        result.disputed.append(
            f"{event.dossier_id}: event {event.event_id} of madonvi {event.madonvi or '(none)'} "
            f"was {said}, recounted the other way"
        )


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
