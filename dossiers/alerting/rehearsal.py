"""What would have been sent to whom: alerts of the past, planned anew under some reference data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

import msgspec

from dossiers.alerting.grouping import Planner
from dossiers.alerting.people import ADMIN
from dossiers.alerting.sendings import Digest, Sendings
from dossiers.alerting.taking import OPEN
from dossiers.reference.context import Context
from dossiers.reference.policies import Policies
from dossiers.time.calendar import Calendar
from dossiers.wire.alerts import Alert
from dossiers.wire.roster import RosterEntry

LATE = ("overdue", "escalation")


class ReceiverLoad(msgspec.Struct, frozen=True, kw_only=True):
    """What one receiver would have got. ``median``, ``most``: messages a working day. ``over``:
    working days with more than the budget. ``alerts``: told at once; ``digests``: of the messages.
    """

    receiver: str
    messages: int
    digests: int
    alerts: int
    median: float
    most: int
    over: int


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """``days``: working days in the span. ``alerts``: raised in it, without kinds that the policy
    does not raise. ``median``, ``ninth_decile``: messages of a receiver and working day, days
    without any included. ``withheld``: by reason. ``unmentioned``: dossiers that were overdue for
    a working day or longer and of which nobody heard."""

    days: int
    alerts: int
    messages: int
    digests: int
    urgent: int
    median: float
    ninth_decile: float
    receivers: tuple[ReceiverLoad, ...]
    withheld: dict[str, int]
    unmentioned: tuple[str, ...]


class Rehearsal:
    """One planner over the past. ``take`` records in order, from some time before ``start`` (ms),
    so that what was open then is known; ``result`` counts what lies from ``start`` up to ``end``.
    """

    def __init__(
        self, context: Context, roster: Iterable[RosterEntry], start: int, end: int
    ) -> None:
        self._context = context
        self._planner = Planner(context, roster)
        self._policies = Policies(context.reference)
        self._start, self._end = start, end
        self._raised: set[str] = set()
        self._days: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._digests: Counter[str] = Counter()
        self._lines: Counter[str] = Counter()
        self._withheld: Counter[str] = Counter()
        self._urgent = 0
        self._late: dict[str, int] = {}  # by dossier, since when it is overdue
        self._lasted: set[str] = set()  # dossiers that were late for a working day
        self._heard: set[str] = set()

    def take(self, alert: Alert) -> None:
        """The next record, in the order in which they were detected."""
        settings = self._policies.of(alert.unit, alert.procedure)
        if not settings.raises(alert.kind):
            return
        self._to(alert.detected_at)
        if alert.kind == "overdue":
            self._note_late(alert)
        if self._start <= alert.detected_at < self._end and alert.transition == "raised":
            self._raised.add(alert.alert_id)
        self._planner.take(alert)

    def result(self) -> Rehearsed:
        """When all records up to the end were taken."""
        self._to(self._end)
        for dossier, since in self._late.items():
            self._judge_late(dossier, since, self._end)
        days = self._working_days()
        loads = tuple(self._loads(days))
        figures = sorted(self._days[r][day] for r in self._days for day in days) or [0]
        return Rehearsed(
            days=len(days),
            alerts=len(self._raised),
            messages=sum(load.messages for load in loads),
            digests=self._digests.total(),
            urgent=self._urgent,
            median=float(median(figures)),
            ninth_decile=float(figures[(len(figures) - 1) * 9 // 10]),
            receivers=loads,
            withheld=dict(sorted(self._withheld.items())),
            unmentioned=tuple(sorted(self._lasted - self._heard)),
        )

    def _to(self, at: int) -> None:
        """From one thing to be done to the next."""
        planner = self._planner
        if not planner.now:
            planner.advance(at)
            return
        self._count(planner.advance(planner.now))
        while planner.next_at < at:
            self._count(planner.advance(planner.next_at))
        self._count(planner.advance(at))

    def _count(self, sendings: Sendings) -> None:
        for digest in sendings.digests:
            self._count_message(digest, digest.receiver, digest.at)
            for line in (*digest.late, *digest.due_today, *digest.other):
                self._heard.add(line.alert.dossier_id)
        for group in sendings.groups:
            self._count_message(group, group.receiver, group.at)
            for line in group.lines:
                self._heard.add(line.alert.dossier_id)
            if self._start <= group.at < self._end:
                self._urgent += group.urgent
                self._lines[group.receiver] += len(group.lines)
        for each in sendings.withheld:
            if self._start <= each.at < self._end:
                self._withheld[each.why] += 1

    def _count_message(self, message: object, receiver: str, at: int) -> None:
        if self._start <= at < self._end:
            self._days[receiver][self._calendar.day_of(at)] += 1
            self._digests[receiver] += isinstance(message, Digest)

    def _note_late(self, alert: Alert) -> None:
        if alert.transition in OPEN:
            self._late.setdefault(alert.dossier_id, alert.detected_at)
        elif (since := self._late.pop(alert.dossier_id, None)) is not None:
            self._judge_late(alert.dossier_id, since, alert.detected_at)

    def _judge_late(self, dossier: str, since: int, until: int) -> None:
        if self._calendar.between(since, until) >= self._calendar.day_length:
            self._lasted.add(dossier)

    @property
    def _calendar(self) -> Calendar:
        return self._context.calendar

    def _working_days(self) -> list[int]:
        first, last = (self._calendar.day_of(at) for at in (self._start, self._end - 1))
        return [day for day in range(first, last + 1) if self._calendar.works_on(day)]

    def _loads(self, days: Sequence[int]) -> Iterator[ReceiverLoad]:
        """Whoever got most comes first."""
        home = {officer.id: officer.unit for officer in self._context.reference.officers}
        for receiver in sorted(self._days, key=lambda r: (-self._days[r].total(), r)):
            unit = home.get(receiver, "")
            budget = self._policies.of(unit, "").budget
            counted = [self._days[receiver][day] for day in days]
            yield ReceiverLoad(
                receiver=receiver,
                messages=self._days[receiver].total(),
                digests=self._digests[receiver],
                alerts=self._lines[receiver],
                median=float(median(counted)) if counted else 0.0,
                most=max(counted, default=0),
                over=sum(number > budget for number in counted),
            )


def supervising(context: Context, receiver: str) -> bool:
    """Whether a receiver has a duty, or heads a unit: whom a budget is meant for first."""
    if receiver == ADMIN:
        return False
    return any(each.officer == receiver for each in context.reference.duties)
