"""Hypothesis strategies: a dossier's life as events, and as the snapshots a portal shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from dossiers.wire.events import (
    AnyDossierEvent,
    DueSet,
    Finished,
    Progressed,
    Received,
    Refused,
    Resumed,
    Snapshot,
    Submitted,
    Suspended,
    Withdrawn,
)
from dossiers.wire.facts import Content, Supplement
from tests.dossiers.stories import DAY, START

HOUR = DAY // 24
SOURCE = "portal:H29"


def snapshot(at: int, content: Content, **more: Any) -> Snapshot:
    """A snapshot of dossier d0 that was sent at ``at``."""
    id_ = f"{hash(content) & 0xFFFFFFFF:08x}-{at}"
    fields: dict[str, Any] = {"unit": "u1", "source": SOURCE, "event_id": id_, **more}
    return Snapshot(
        dossier_id="d0", occurred_at=at, received_at=at, content=content, **fields
    )  # fmt: skip


@st.composite
def any_snapshots(draw: st.DrawFn, most: int = 7) -> list[AnyDossierEvent]:
    """Snapshots that need not make sense, and progress between them; a few contents come again."""
    moment = st.integers(0, 40).map(lambda n: START + n * 6 * HOUR)
    maybe = st.none() | moment
    contents = draw(st.lists(_content(maybe), min_size=1, max_size=4))
    times = draw(st.lists(st.integers(0, 12 * 24 * 4), min_size=1, max_size=most, unique=True))
    events: list[AnyDossierEvent] = [
        snapshot(START + n * (DAY // 96), draw(st.sampled_from(contents))) for n in times
    ]
    for index in range(draw(st.integers(0, 2))):
        at = START + draw(st.integers(0, 12 * 24)) * HOUR
        name = draw(st.sampled_from(["", "Lê An", "Ai Đó"]))
        events.append(
            Progressed(
                event_id=f"p{index}", dossier_id="d0", occurred_at=at, received_at=at,
                source=SOURCE, officer_name=name,
            )
        )  # fmt: skip
    return draw(st.permutations(events))


def _content(maybe: st.SearchStrategy[int | None]) -> st.SearchStrategy[Content]:
    supplements = st.lists(
        st.builds(Supplement, st.sampled_from("ab"), maybe, maybe, maybe, maybe),
        max_size=2,
        unique_by=lambda s: s.id,
    ).map(tuple)
    return st.builds(
        Content,
        procedure=st.sampled_from(["", "p1"]),
        status=st.none() | st.integers(1, 10),
        channel=st.integers(1, 3),
        submitted_at=maybe,
        accepted_at=maybe,
        due_at=maybe,
        finished_at=maybe,
        returned_at=maybe,
        refused_at=maybe,
        supplements=supplements,
    )


@dataclass
class Life:
    """What happened, and what a portal showed right after each of it."""

    events: list[AnyDossierEvent]
    snapshots: list[Snapshot]


class _Portal:
    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.at = START + draw(st.integers(0, 96)) * (DAY // 96)
        self.content = Content(procedure="p1", channel=draw(st.sampled_from([1, 2, 3])))
        self.life = Life([], [])

    def go_on(self, kind: type[Any], shown: dict[str, Any], **fields: Any) -> None:
        number = len(self.life.events)
        self.life.events.append(
            kind(
                event_id=f"e{number}", dossier_id="d0", occurred_at=self.at, received_at=self.at,
                source=SOURCE, source_seq=number, unit="u1", **fields,
            )
        )  # fmt: skip
        content = {f: getattr(self.content, f) for f in Content.__struct_fields__}
        self.content = Content(**{**content, **shown})
        self.life.snapshots.append(snapshot(self.at, self.content))

    def wait(self) -> None:
        self.at += self.draw(st.integers(1, 4 * 96)) * (DAY // 96)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """A life as a well-behaved one-stop system tells it."""
    portal = _Portal(draw)
    online = portal.content.channel == 2
    if online:
        portal.go_on(Submitted, {"status": 1, "submitted_at": portal.at}, procedure="p1")
        portal.wait()
    if draw(st.integers(0, 9)) == 0 and online:
        portal.go_on(Refused, {"status": 3, "refused_at": portal.at})
        return portal.life
    due = portal.at + draw(st.integers(4, 60)) * 6 * HOUR + 60_000
    shown = {"status": 2, "accepted_at": portal.at, "due_at": due}
    portal.go_on(Received, shown, procedure="p1", due_at=due)
    for number in range(draw(st.integers(0, 3))):
        portal.wait()
        due = _turn(portal, draw, number, due)
    portal.wait()
    end = draw(st.sampled_from(["open", "finished", "finished", "withdrawn"]))
    if end == "finished":
        status = draw(st.sampled_from([9, 10]))
        portal.go_on(Finished, {"status": status, "finished_at": portal.at}, status=status)
    elif end == "withdrawn":
        portal.go_on(Withdrawn, {"status": 7, "finished_at": portal.at})
    return portal.life


def _turn(portal: _Portal, draw: st.DrawFn, number: int, due: int) -> int:
    """A stop and its end, or a corrected due time; the due time afterwards."""
    what = draw(st.sampled_from(["supplement", "status", "correction"]))
    later = due + draw(st.integers(1, 20)) * 6 * HOUR
    if what == "correction":
        portal.go_on(DueSet, {"due_at": later}, due_at=later)
        return later
    breached = portal.at > due
    # A stop after the breach explains no new due time.
    new_due = later if draw(st.booleans()) and not breached else None
    status = 5 if what == "supplement" else draw(st.sampled_from([5, 6, 8]))
    request = Supplement(f"s{number}", portal.at, None, due)
    known = portal.content.supplements
    shown: dict[str, Any] = {"status": status}
    if what == "supplement":
        shown["supplements"] = (*known, request)
    portal.go_on(Suspended, shown, status=status)
    portal.wait()
    shown = {"status": 4}
    if what == "supplement":
        after = draw(st.sampled_from([new_due, None])) if new_due else None
        answer = Supplement(request.id, request.requested_at, portal.at, due, after)
        shown["supplements"] = (*known, answer)
    if new_due:
        shown["due_at"] = new_due
    portal.go_on(Resumed, shown, due_at=new_due)
    return new_due or due
