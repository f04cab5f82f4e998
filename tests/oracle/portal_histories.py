"""Random histories as a portal sends them: walks of a dossier's status, snapshot by snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from hypothesis import strategies as st

from dossiers.wire.events import AnyDossierEvent, Progressed, Snapshot
from dossiers.wire.facts import Content, Supplement
from tests.dossiers.snapshot_stories import any_snapshots
from tests.oracle.contexts import DAY, QUARTER, START
from tests.oracle.histories import common, instants


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
        named = common("p", moment, draw)
        events.append(Progressed(**named, officer_name="Lê An", until=True))
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
