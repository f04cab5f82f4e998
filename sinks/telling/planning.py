"""From what comes to what is to be sent: the planner, its memory, and one step of both."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from broker.clients import AnyKafka
from broker.reading import read_all
from dossiers.alerting.grouping import Planner
from dossiers.alerting.people import Duties
from dossiers.alerting.sendings import AlertGroup, Digest, Withheld
from dossiers.publication.reminders import CasesOf, Reminder
from dossiers.reference.context import Context
from dossiers.wire.alerts import Alert
from dossiers.wire.notices import NoticeWay, Parcel
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.reference import Reference
from dossiers.wire.roster import RosterEntry
from dossiers.wire.topics import ALERTS
from sinks.telling.inputs import Fed
from sinks.telling.list_reminders import ListReminders
from sinks.telling.memory import Memory, Remembered, packed, remembered
from sinks.telling.references import NotifierReferences

_read_alert = decoder(Alert)

_KINDS: Mapping[type, Literal["group", "digest", "list"]] = {
    AlertGroup: "group",
    Digest: "digest",
    Reminder: "list",
}
WaysOf = Callable[[str, RosterEntry | None], Sequence[tuple[NoticeWay, str]]]


class PlannedStep(NamedTuple):
    """What one step has given: parcels to send, and what was withheld."""

    parcels: list[Parcel]
    withheld: list[Withheld]


class Planning:
    """``ways_of``: by which ways (and for a target its name) a receiver is told, by what the roster
    says. ``cases_of``: see ListReminders; None: nobody is reminded of late lists. For one thread;
    ``step`` blocks while Kafka keeps it."""

    def __init__(
        self,
        memory: Memory,
        found: Remembered,
        ways_of: WaysOf,
        clock: Callable[[], float] = time.time,
        cases_of: CasesOf | None = None,
    ) -> None:
        self.lists = None if cases_of is None else ListReminders(found.parts, cases_of)
        self._memory = memory
        self._ways_of = ways_of
        self._clock = clock
        self._references = NotifierReferences()
        self._roster: dict[str, RosterEntry] = {}
        self.offsets = dict(found.offsets or {})
        self.fresh = found.offsets is None
        self.context = Context(Reference())
        self.duties = Duties(self.context)
        self._planner = Planner(self.context, (), found.parts.items())
        self._foreign = found.foreign
        self._held: list[Fed] = []
        self._taken = False  # since the last change of the memory
        self._heard = 0

    @property
    def now(self) -> int:
        """Data time (ms) up to which there is nothing left to plan; 0 before the first step."""
        return max(self._planner.now, self._heard)

    @property
    def open(self) -> int:
        """Alerts that have not ended."""
        return self._planner.open

    def is_open(self, alert_id: str) -> bool:
        """Whether an alert is still true."""
        return self._planner.knows(alert_id)

    def take(self, fed: Fed, *, later: bool = False) -> None:
        """What came. Nothing is decided before ``step``. ``later``: its alerts wait for that, too,
        as long as it is not known by which reference data and roster they are to be judged."""
        for key, value in fed.reference:
            self._references.take(key, value)
        for officer, entry in fed.roster.items():
            self._know(officer, entry)
        self._refer(fed.now or self.now)
        if self.lists is not None:
            self.lists.take(fed.publications)
        if fed.offsets:
            self._held.append(fed)
        if not later:
            self._take_held()

    def _take_held(self) -> None:
        for fed in self._held:
            for alert in fed.alerts:
                self._planner.take(alert)
            self.offsets.update(fed.offsets)
            self._taken = True
        self._held.clear()

    def begin(self, alerts: Sequence[Alert], now: int, *, told: bool) -> None:
        """Begin on a timeline at data time ``now`` (ms) with what is open; what was taken meanwhile
        comes after it. ``told``: it is of a time before anybody was told, and stands in digests
        only. What a former timeline has left is forgotten. Raises MemoryLost."""
        self._refer(now)
        self._planner.advance(now)
        for alert in alerts:
            self._planner.take(alert)
        if told:
            self._planner.begin_here()
            self._planner.advance(now)  # what is withheld of it is no news
        self._memory.change(self._planner.changes(), offsets=self.offsets, gone=self._foreign)
        self.fresh = False

    def step(self, now: int) -> PlannedStep:
        """Plan up to data time ``now`` (ms), and keep what follows. Raises MemoryLost."""
        self._refer(now)
        self._take_held()
        reminders = self._reminders(now)
        if not self._taken and now < self._planner.next_at and not reminders:
            self._heard = now
            return PlannedStep([], [])
        out = self._planner.advance(now)
        made_at = int(self._clock() * 1000)
        parcels: list[Parcel] = []
        withheld = list(out.withheld)
        messages: list[AlertGroup | Digest] = [*out.digests, *out.groups]
        for each in messages:
            wrapped = self._wrapped(each, made_at)
            parcels += wrapped
            withheld += () if wrapped else _without_way(each)
        parcels += [parcel for each in reminders for parcel in self._wrapped(each, made_at)]
        self._memory.change(self._changes(), parcels, offsets=self.offsets)
        self._taken, self._heard = False, now
        return PlannedStep(parcels, withheld)

    def _reminders(self, now: int) -> Sequence[Reminder]:
        return () if self.lists is None else self.lists.due(self.context, self.duties, now)

    def _changes(self) -> list[tuple[str, bytes | None]]:
        found = self._planner.changes()
        return found if self.lists is None else [*found, *self.lists.changes()]

    def _wrapped(self, each: AlertGroup | Digest | Reminder, made_at: int) -> list[Parcel]:
        content = packed(msgspec.msgpack.encode(each))
        return [
            Parcel(
                key=each.key, receiver=each.receiver, way=way, target=target,
                kind=_KINDS[type(each)],
                made_at=made_at, content=content,
            )
            for way, target in self._ways_of(each.receiver, self._roster.get(each.receiver))
        ]  # fmt: skip

    def _know(self, officer: str, entry: RosterEntry | None) -> None:
        if entry is None:
            self._roster.pop(officer, None)
        else:
            self._roster[officer] = entry
        self._planner.know(officer, entry)

    def _refer(self, now: int) -> None:
        found = self._references.at(now)
        if found is not None and found is not self.context:
            self.context = found
            self.duties = Duties(found)
            self._planner.refer(found)


def _without_way(each: AlertGroup | Digest) -> Iterator[Withheld]:
    """What nobody gets, because its receiver has left no way open, or none is set."""
    for line in each.lines:
        yield Withheld(
            at=each.at, receiver=each.receiver, alert_id=line.alert.alert_id,
            sequence=line.sequence, why="no_way",
        )  # fmt: skip


def beginning(kafka: AnyKafka, timeline: str) -> tuple[Remembered, list[Alert], dict[int, int]]:
    """What is remembered; without that, what is open; and the offsets of topic alerts from which on
    to go on. Raises BrokerAway."""
    found = remembered(kafka, timeline)
    if found.offsets is not None:
        return found, [], dict(found.offsets)
    return found, *alerts_up_to_now(kafka, timeline)


def alerts_up_to_now(kafka: AnyKafka, timeline: str) -> tuple[list[Alert], dict[int, int]]:
    """The last record of every alert that has not ended, and the offsets after the ends. Raises
    BrokerAway."""
    newest: dict[str, Alert] = {}
    offsets: dict[int, int] = {}
    for message in read_all(kafka, ALERTS):
        offsets[message.partition() or 0] = (message.offset() or 0) + 1
        alert = read_or_none(_read_alert, message.value())
        if alert is None or alert.timeline != timeline:
            continue
        known = newest.get(alert.alert_id)
        if alert.transition in ("resolved", "retracted"):
            newest.pop(alert.alert_id, None)
        elif known is None or alert.sequence > known.sequence:
            newest[alert.alert_id] = alert
    return list(newest.values()), offsets
