"""Hypothesis strategies: histories as offices and portals make them, with all that goes wrong.

Instants fall on quarters of hours, day and night and at weekends, often on the same one, and now
and then a millisecond beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.wire.events import (
    AnyDossierEvent,
    Content,
    DueSet,
    Finished,
    Limit,
    Progressed,
    Received,
    Refused,
    Reopened,
    Resumed,
    Snapshot,
    Submitted,
    Supplement,
    Suspended,
    Voided,
    Withdrawn,
)
from dossiers.wire.reference import (
    OFFICE_WEEK,
    CalendarSpec,
    Officer,
    Procedure,
    Reference,
    Rules,
    RuleVersion,
    Step,
    Unit,
    Week,
)
from tests.dossiers.snapshot_stories import any_snapshots

DAY = 86_400_000
QUARTER = DAY // 96
START = 1_793_491_200_000  # Sunday 1 November 2026, 07:00 in Hanoi
SPAN = 24  # days
NOW = START + 26 * DAY

_STEPS = (Step(id="s1", name="Tiếp nhận", hours=4), Step(id="s2", hours=16, aliases=("duyệt",)))
_BASE = Reference(
    limit=Limit(3, "working_days"),
    units=(
        Unit(id="city", name="City"),
        Unit(id="u1", name="Sở Một", parent="city"),
        Unit(id="u2", name="Two", parent="city", calendar="saturday"),
        Unit(id="u3", name="Desk", parent="city", calendar="always"),
    ),
    officers=(Officer(id="o1", name="Lê An", unit="u1"),),
    procedures=(
        Procedure(id="same", name="Same day", same_day=True),
        Procedure(id="steps", name="In steps", steps=_STEPS, limit=Limit(40, "hours")),
        Procedure(id="days", name="In days", limit=Limit(6, "days")),
        Procedure(id="months", name="A month", limit=Limit(1, "months")),
    ),
    calendars=(
        CalendarSpec(
            name="saturday",
            hours=msgspec.structs.replace(OFFICE_WEEK, sat=("07:30-11:30",)),
            local_holidays=("2026-11-11",),
        ),
        CalendarSpec(name="always", hours=Week(**dict.fromkeys(
            ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("00:00-24:00",)))),
    ),
)  # fmt: skip


def _of(**changed: Any) -> Context:
    return Context(msgspec.structs.replace(_BASE, **changed))


CONTEXTS = {
    "shift": _of(),
    "restart": _of(rules=Rules(stop_mode="restart", stops_status_8=False)),
    "date": _of(rules=Rules(on_time_by="date", extensions_allowed=0)),
    "unlimited": _of(limit=None),
    "always": _of(calendar=CalendarSpec(kind="24x7"), limit=Limit(50, "hours")),
    "measured": _of(rules=Rules(stop_measure="working_time", portal_midnight="literal")),
    "versions": _of(
        rule_versions=(
            RuleVersion(since="2026-11-05", name="2", rules=Rules(stop_mode="restart",
                        on_time_by="date"), limits={"days": Limit(2, "days")}),
            RuleVersion(since="2026-11-10", name="3",
                        rules=Rules(calendar_days_end="closing_time", stops_status_8=False)),
        )
    ),
}  # fmt: skip

instants = st.builds(
    lambda quarter, beside: START + quarter * QUARTER + beside,
    st.integers(0, SPAN * 96),
    st.sampled_from([0, 0, 0, 0, 1, -1]),
)
_lags = st.sampled_from([0, 0, 0, QUARTER, DAY, 4 * DAY, 12 * DAY, -DAY])


@st.composite
def plain_histories(draw: st.DrawFn, most: int = 10) -> list[AnyDossierEvent]:
    """Events of dossier d, ids unique, in no particular order."""
    number = draw(st.integers(1, most))
    found = [draw(_plain_event(index)) for index in range(number)]
    if draw(st.integers(0, 3)):  # mostly there is a reception, early
        at = START + draw(st.integers(0, 5 * 96)) * QUARTER
        found.append(draw(_received("first", at)))
    return draw(st.permutations(found))


def _common(id_: str, at: int, draw: st.DrawFn) -> dict[str, Any]:
    return {
        "event_id": id_,
        "dossier_id": "d",
        "occurred_at": at,
        "received_at": max(0, at + draw(_lags)),
        "source": draw(st.sampled_from(["a", "a", "b"])),
        "source_seq": draw(st.integers(0, 2)),
        "unit": draw(st.sampled_from(["", "", "u1", "u2", "u3"])),
        "officer": draw(st.sampled_from(["", "", "o1", "o2"])),
        "step": draw(st.sampled_from(["", "", "s1", "s2", "DUYỆT", "tiếp nhận", "s3"])),
        "responsible": draw(st.sampled_from(["", "", "", "r1"])),
        "backfill": draw(st.sampled_from([False, False, False, True])),
    }


@st.composite
def _received(draw: st.DrawFn, id_: str, at: int) -> Received:
    limit = st.builds(Limit, st.integers(0, 12), st.sampled_from(
        ["hours", "hours", "working_days", "days", "months"]))  # fmt: skip
    return Received(
        **_common(id_, at, draw),
        procedure=draw(st.sampled_from(["", "steps", "steps", "same", "days", "months"])),
        due_at=draw(st.none() | st.none() | instants),
        limit=draw(st.none() | st.none() | limit),
    )


@st.composite
def _plain_event(draw: st.DrawFn, index: int) -> AnyDossierEvent:
    at = draw(instants)
    kind: Any = draw(st.sampled_from(_KINDS))
    if kind is Received:
        return draw(_received(f"e{index}", at))
    more: dict[str, Any] = {}
    if kind is Resumed:
        more = {"due_at": draw(st.none() | st.none() | instants)}
    elif kind is DueSet:
        more = {"due_at": draw(instants), "reason": draw(_reasons)}
    elif kind is Suspended:
        more = {"status": draw(st.sampled_from([5, 6, 8]))}
    elif kind is Finished:
        more = {"status": draw(st.sampled_from([9, 10]))}
    elif kind is Voided:
        more = {"target": f"e{draw(st.integers(0, 9))}"}
    elif kind is Submitted:
        more = {"procedure": draw(st.sampled_from(["", "steps"]))}
    elif kind is Progressed:
        named = draw(st.sampled_from(["", "", "Lê An", "Ai Đó"]))
        more = {"officer_name": named, "until": draw(st.sampled_from([False, False, True]))}
    event: AnyDossierEvent = kind(**_common(f"e{index}", at, draw), **more)
    return event


_reasons: st.SearchStrategy[Any] = st.sampled_from(["extension", "extension", "correction"])
_KINDS = (
    Submitted, Received, Progressed, Progressed, Suspended, Suspended, Suspended, Resumed, Resumed,
    Resumed, Finished, Finished, DueSet, DueSet, DueSet, Withdrawn, Refused, Voided, Reopened,
)  # fmt: skip


@dataclass
class Portal:
    """A portal in the course of a walk: what it shows next."""

    draw: st.DrawFn
    at: int
    content: Content
    units: tuple[str, ...] = ("Sở Một", "u2")
    number: int = 0

    def wait(self, most: int = 4 * 96) -> None:
        self.at += self.draw(st.integers(1, most)) * QUARTER

    def past(self, most: int = 6 * 96) -> int:
        return (
            self.at
            - self.draw(st.sampled_from([0, 0, 1])) * self.draw(st.integers(1, most)) * QUARTER
        )

    def show(self, **changed: Any) -> Snapshot:
        self.content = msgspec.structs.replace(self.content, **changed)
        self.number += 1
        lag = self.draw(st.sampled_from([0, 0, 0, 1, QUARTER, DAY, 5 * DAY]))
        return Snapshot(
            event_id=f"e{self.number}", dossier_id="d", occurred_at=self.at,
            received_at=self.at + lag, source="portal:H29", source_seq=0,
            unit=self.draw(st.sampled_from([self.units[0]] * 4 + [self.units[1]])),
            content=self.content, backfill=self.draw(st.sampled_from([False, False, False, True])),
        )  # fmt: skip


@st.composite
def portal_histories(draw: st.DrawFn, most: int = 8, start: int = START) -> list[AnyDossierEvent]:
    """Snapshots as a portal sends them: walks of the status, with what offices do to them."""
    at = start + draw(st.integers(0, 6 * 96)) * QUARTER
    procedure = draw(st.sampled_from(["", "steps", "same", "days", "months"]))
    portal = Portal(draw, at, Content(procedure=procedure, channel=draw(st.sampled_from([1, 2]))))
    events: list[AnyDossierEvent] = []
    if draw(st.integers(0, 2)) == 0:
        events.append(portal.show(status=1, submitted_at=draw(st.none() | st.just(portal.at))))
        portal.wait()
    accepted = draw(st.sampled_from([portal.at, portal.at, portal.past(96), None]))
    due = draw(st.none() | st.just(_midnight(portal.at, draw)) | st.just(_later(portal, draw)))
    events.append(portal.show(status=draw(st.sampled_from([2, 4])), accepted_at=accepted,
                              due_at=due))  # fmt: skip
    for _ in range(draw(st.integers(0, most))):
        portal.wait()
        events.append(draw(st.sampled_from(_TURNS))(portal, draw))
    if draw(st.integers(0, 3)) == 0:
        moment = draw(instants) + start - START
        common = _common("p", moment, draw)
        events.append(Progressed(**common, officer_name="Lê An", until=True))
    return draw(st.permutations(events))


def _later(portal: Portal, draw: st.DrawFn) -> int:
    return portal.at + draw(st.integers(-96, 12 * 96)) * QUARTER


def _midnight(at: int, draw: st.DrawFn) -> int:
    local = 7 * DAY // 24
    return (at + local) // DAY * DAY - local + draw(st.integers(0, 12)) * DAY


def _repeat(portal: Portal, draw: st.DrawFn) -> Snapshot:
    return portal.show()


def _runs(portal: Portal, draw: st.DrawFn) -> Snapshot:
    return portal.show(status=4)


def _stops(portal: Portal, draw: st.DrawFn) -> Snapshot:
    return portal.show(status=draw(st.sampled_from([5, 6, 8])))


def _asks(portal: Portal, draw: st.DrawFn) -> Snapshot:
    known = portal.content.supplements
    asked = draw(st.sampled_from([portal.past(), portal.past(), None]))
    new = Supplement(f"s{len(known)}", asked, None, None, draw(st.none() | _due_of(portal, draw)))
    status = draw(st.sampled_from([5, 5, 5, 9, portal.content.status]))
    return portal.show(status=status, supplements=(*known, new))


def _due_of(portal: Portal, draw: st.DrawFn) -> st.SearchStrategy[int | None]:
    return st.just(_later(portal, draw)) | st.just(_midnight(portal.at, draw))


def _answers(portal: Portal, draw: st.DrawFn) -> Snapshot:
    open_ = [s for s in portal.content.supplements if s.answered_at is None]
    status = draw(st.sampled_from([4, 4, 4, portal.content.status]))
    more: dict[str, Any] = {}
    if draw(st.integers(0, 2)) == 0:
        more["due_at"] = _later(portal, draw)
    if not open_:
        return portal.show(status=status, **more)
    asked = open_[0].requested_at
    answered = max(portal.past(), asked or 0)
    after = draw(st.none() | st.just(open_[0].due_after) | _due_of(portal, draw))
    done = msgspec.structs.replace(open_[0], answered_at=answered, due_after=after)
    supplements = tuple(done if s.id == done.id else s for s in portal.content.supplements)
    return portal.show(status=status, supplements=supplements, **more)


def _answered_before(portal: Portal, draw: st.DrawFn) -> Snapshot:
    """A request nobody had heard of, with its answer."""
    answered = portal.past()
    asked = answered - draw(st.integers(1, 4 * 96)) * QUARTER
    known = portal.content.supplements
    new = Supplement(f"s{len(known)}", asked, answered, None,
                     draw(st.none() | _due_of(portal, draw)))  # fmt: skip
    return portal.show(supplements=(*known, new))


def _tells_due_of_answer(portal: Portal, draw: st.DrawFn) -> Snapshot:
    supplements = tuple(
        msgspec.structs.replace(s, due_after=s.due_after or _later(portal, draw))
        for s in portal.content.supplements
    )
    return portal.show(supplements=supplements)


def _changes_due(portal: Portal, draw: st.DrawFn) -> Snapshot:
    return portal.show(due_at=_later(portal, draw))


def _changes_reception(portal: Portal, draw: st.DrawFn) -> Snapshot:
    if draw(st.booleans()):
        return portal.show(accepted_at=portal.past())
    return portal.show(procedure=draw(st.sampled_from(["steps", "days", "same"])))


def _ends(portal: Portal, draw: st.DrawFn) -> Snapshot:
    status = draw(st.sampled_from([9, 9, 9, 10, 7, 3]))
    dated = draw(st.sampled_from([portal.past(), portal.past(12 * 96), None]))
    name = draw(st.sampled_from(["finished_at", "finished_at", "returned_at"]))
    more: dict[str, Any] = {name: dated}
    if status == 3:
        more = {"refused_at": dated}
    if draw(st.integers(0, 4)) == 0:
        more["due_at"] = _later(portal, draw)
    return portal.show(status=status, **more)


def _returns(portal: Portal, draw: st.DrawFn) -> Snapshot:
    if portal.content.status != 9:
        return portal.show()
    return portal.show(status=10, returned_at=draw(st.sampled_from([portal.at, None])))


@st.composite
def odd_snapshots(draw: st.DrawFn) -> list[AnyDossierEvent]:
    """Snapshots that need not make sense, but for what lies ahead of them: no portal knows that."""
    return [
        msgspec.structs.replace(event, content=_so_far(event.content, event.occurred_at))
        if isinstance(event, Snapshot)
        else event
        for event in draw(any_snapshots())
    ]


def _so_far(content: Content, now: int) -> Content:
    def past(at: int | None) -> int | None:
        return at if at is None or at <= now else None

    dates = ("submitted_at", "accepted_at", "finished_at", "returned_at", "refused_at")
    supplements = tuple(
        msgspec.structs.replace(
            each, requested_at=past(each.requested_at), answered_at=past(each.answered_at)
        )
        for each in content.supplements
    )
    known = {name: past(getattr(content, name)) for name in dates}
    return msgspec.structs.replace(content, supplements=supplements, **known)


_TURNS: list[Any] = [
    _repeat, _runs, _stops, _asks, _asks, _answers, _answers, _answers, _answered_before,
    _tells_due_of_answer, _changes_due, _changes_reception, _ends, _ends, _returns,
]  # fmt: skip
