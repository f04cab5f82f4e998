"""Whatever happens, in whatever order: nothing true is lost, nothing is told twice, and a planner
that was stored and put together again at any moment does as one that never stopped."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple, cast, get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dossiers.alerting.grouping import Planner
from dossiers.alerting.sendings import AlertGroup, Digest, Sendings, ToldLine
from dossiers.alerting.surroundings import Surroundings
from dossiers.reference.context import Context
from dossiers.time.hours import HOUR, MINUTE
from dossiers.wire.actions import Action
from dossiers.wire.alert_policy import AlertPolicy, SourceLimit
from dossiers.wire.alerts import Alert, AlertKind, AlertStatus
from dossiers.wire.roster import Leave, RosterEntry
from tests.dossiers.alerting.city import CITY, alert
from tests.dossiers.days import at

START = at("2026-11-05T15:00")  # a Thursday; Friday is off, and Saturday made up
END = at("2026-12-01T10:00")
CONTEXT = Context(
    msgspec.structs.replace(
        CITY.reference,
        alert_policies=(AlertPolicy(group_seconds=30, regroup_seconds=1800, storm=3),),
        sources=(SourceLimit(id="s1", name="One", minutes=60),),
    )
)
PEOPLE = ("ann", "head", "vice", "chief", "mayor")
KINDS: tuple[tuple[AlertKind, int], ...] = (
    ("overdue", 0), ("escalation", 1), ("escalation", 2), ("escalation", 3), ("late_reception", 0),
)  # fmt: skip
LATE = ("overdue", "escalation")


class Do(NamedTuple):
    """One thing that happens: ``what`` with dossier, kind and person, all as numbers, and so many
    minutes later."""

    what: str
    dossier: int
    kind: int
    person: int
    minutes: int


class Told:
    """Alerts as their topic has them, and what a planner gave for them."""

    def __init__(self, entries: list[RosterEntry]) -> None:
        self.entries = entries
        self.planner = Planner(CONTEXT, entries)
        self.stored: dict[str, bytes] = {}
        self.newest: dict[str, Alert] = {}
        self.given: list[Sendings] = []
        self.now = START
        self.advance(0)

    def do(self, step: Do) -> None:
        kind, level = KINDS[step.kind]
        if step.what in ("silent", "heard"):
            self._record("raised" if step.what == "silent" else "resolved", "source_silent", 0, "s")
        elif step.what in get_args(AlertStatus):
            self._record(cast("AlertStatus", step.what), kind, level, f"d{step.dossier}")
        else:
            action = cast("Action", step.what)
            self._act(action, PEOPLE[step.person], f"d{step.dossier}-{kind}-{level}")
        self.advance(step.minutes * MINUTE)

    def _record(self, transition: AlertStatus, kind: AlertKind, level: int, dossier: str) -> None:
        silence = kind == "source_silent"
        made = alert(
            kind, level=level, dossier=dossier, transition=transition, due_at=self.now,
            unit="" if silence else "div", officer="" if silence else "ann",
            source="s1" if silence or dossier == "d0" else "",
        )  # fmt: skip
        before = self.newest.get(made.alert_id)
        ended = before is None or before.transition in ("resolved", "retracted")
        if ended == (transition == "raised"):
            after = before.sequence + 1 if before is not None else 1
            self._take(msgspec.structs.replace(made, sequence=after))

    def _act(self, action: Action, person: str, alert_id: str) -> None:
        before = self.newest.get(alert_id)
        if before is None or before.transition in ("resolved", "retracted"):
            return
        acknowledged = action == "acknowledge" or before.transition == "acknowledged"
        self._take(
            msgspec.structs.replace(
                before, sequence=before.sequence + 1, action=action, actor=person,
                snoozed_until=self.now + 8 * HOUR if action == "snooze" else 0,
                transition="acknowledged" if acknowledged else "raised",
                taken_by=person if action == "acknowledge" else before.taken_by,
            )
        )  # fmt: skip

    def _take(self, made: Alert) -> None:
        self.newest[made.alert_id] = made
        self.planner.take(made)

    def advance(self, ms: int) -> None:
        end = self.now + ms
        while self.planner.next_at < end and self.planner.now:
            self._step(max(self.planner.next_at, self.planner.now))
        self._step(end)
        self.now = end

    def _step(self, now: int) -> None:
        self.given.append(self.planner.advance(now))
        for key, value in self.planner.changes():
            if value is None:
                self.stored.pop(key, None)
            else:
                self.stored[key] = value

    def restart(self) -> None:
        self.planner = Planner(CONTEXT, self.entries, self.stored.items())


steps = st.builds(
    Do,
    st.sampled_from(
        ("raised", "raised", "raised", "resolved", "retracted", "acknowledge", "snooze", "silent",
         "heard")
    ),
    st.integers(0, 4), st.integers(0, len(KINDS) - 1), st.integers(0, len(PEOPLE) - 1),
    st.sampled_from((0, 1, 31, 240, 900)),
)  # fmt: skip


@st.composite
def entries(draw: st.DrawFn) -> list[RosterEntry]:
    """Who is away over the end of the week, or longer, and who stands in."""
    found = []
    for officer in draw(st.lists(st.sampled_from(PEOPLE), unique=True)):
        begins = START + draw(st.integers(0, 48)) * HOUR
        leave = Leave(
            begins_at=begins,
            ends_at=begins + draw(st.integers(1, 240)) * HOUR,
            deputy=draw(st.sampled_from(("", *PEOPLE))),
        )
        found.append(RosterEntry(officer=officer, leaves=(leave,)))
    return found


stories = st.lists(steps, min_size=1, max_size=25)


@given(entries(), stories, st.sets(st.integers(0, 25)))
def test_one_that_was_stored_does_as_one_that_never_stopped(
    plan: list[RosterEntry], story: list[Do], stops: set[int]
) -> None:
    steady, stopped = Told(plan), Told(plan)
    for number, step in enumerate(story):
        if number in stops:
            stopped.restart()
        steady.do(step)
        stopped.do(step)
    stopped.restart()
    for each in (steady, stopped):
        each.advance(END - each.now)
    assert list(all_of(stopped)) == list(all_of(steady))


@given(entries(), stories)
def test_nothing_that_is_true_at_the_end_of_a_hold_is_lost(
    plan: list[RosterEntry], story: list[Do]
) -> None:
    """When everybody is back, no source is silent and no snooze goes on, whatever is true was told
    to each who is to know, or to somebody if they were away; unless they had acknowledged it."""
    told = Told(plan)
    for step in story:
        told.do(step)
    told.do(Do("heard", 0, 0, 0, 0))
    told.advance(END - told.now)
    heard: defaultdict[str, set[str]] = defaultdict(set)
    for each in told.given:
        messages: list[AlertGroup | Digest] = [*each.groups, *each.digests]
        for message in messages:
            for line in lines_of(message):
                heard[line.alert.alert_id].add(message.receiver)
                if line.alert.kind in LATE:  # of a dossier, a digest has the highest level
                    heard[line.alert.dossier_id].add(message.receiver)
    known = {
        (w.receiver, w.alert_id) for g in told.given for w in g.withheld if w.why == "acknowledged"
    }
    away = {entry.officer for entry in plan}
    around = Surroundings(CONTEXT)
    for id_, newest in told.newest.items():
        if newest.transition in ("raised", "acknowledged"):
            for receiver in around.told(newest, END):
                person = receiver.person
                found = heard[id_] | (heard[newest.dossier_id] if newest.kind in LATE else set())
                assert person in found or (person, id_) in known or (person in away and found)


@given(entries(), stories)
def test_nothing_is_told_twice(plan: list[RosterEntry], story: list[Do]) -> None:
    """To one receiver, a record of an alert goes out once; and every message has its own key."""
    told = Told(plan)
    for step in story:
        told.do(step)
    told.advance(END - told.now)
    groups = [group for each in told.given for group in each.groups]
    digests = [digest for each in told.given for digest in each.digests]
    lines = Counter((g.receiver, line.key, line.news) for g in groups for line in g.lines)
    assert [each for each, number in lines.items() if number > 1] == []
    keys = Counter([*(group.key for group in groups), *(digest.key for digest in digests)])
    assert [key for key, number in keys.items() if number > 1] == []
    fresh = {(g.receiver, line.key) for g in groups for line in g.lines}
    held = {(d.receiver, x.key) for d in digests for x in lines_of(d) if x.held}
    assert not fresh & held


def all_of(told: Told) -> Iterator[object]:
    """Everything that was given, one by one: when a planner is asked in vain does not matter."""
    for each in told.given:
        yield from (*each.digests, *each.groups, *each.withheld)


def lines_of(message: AlertGroup | Digest) -> tuple[ToldLine, ...]:
    if isinstance(message, AlertGroup):
        return message.lines
    return (*message.due_today, *message.late, *message.other)
