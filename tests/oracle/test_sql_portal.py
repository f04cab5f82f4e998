"""The recount in SQL of what a portal sent, where one look at each snapshot is enough."""

from __future__ import annotations

import uuid

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dossiers.wire.course import Course
from dossiers.wire.events import AnyDossierEvent, DueSet, Resumed, Suspended
from dossiers.wire.facts import Content
from dossiers.wire.records import DossierRecord
from dossiers.wire.standing import Standing
from oracle.checks.sql_recount import rules_of
from oracle.sql.counts import COUNTS, Judge, recount
from oracle.story import tell
from sinks.store import Store
from tests.dossiers.snapshot_stories import Life, any_snapshots, lives, snapshot
from tests.dossiers.stories import DAY, START
from tests.dossiers.test_fold import END
from tests.dossiers.test_snapshots import NAMED
from tests.oracle.any_dossiers import OUTSIDE, insert

Portal = tuple[list[AnyDossierEvent], bool]  # what it sent, and whether nothing odd is in it
_lives = lives().map(
    lambda life: (
        list(life.snapshots),
        not any(isinstance(e, Suspended | Resumed | DueSet) for e in life.events),
    )
)
_anything = any_snapshots().map(lambda found: (found, False))


def _dated_back(life: Life) -> Portal:
    """The end is told late: with a date before snapshots that still said otherwise."""
    *before, last = life.snapshots
    accepted, end = last.content.accepted_at, last.content.finished_at
    if accepted is None or end is None:
        return [*before, last], False
    content = msgspec.structs.replace(last.content, finished_at=max(accepted, end - 3 * DAY))
    return [*before, snapshot(last.occurred_at, content)], False


@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[
        Phase.reuse,
        Phase.generate,
    ],  # making an example of thirty lives smaller takes too long
)
@given(found=st.lists(_lives | _anything | lives().map(_dated_back), min_size=25, max_size=30))
def test_what_a_portal_sent_agrees_with_the_recount_where_no_comparing_is_needed(
    embedded_store: Store, found: list[Portal]
) -> None:
    line = uuid.uuid4().hex
    ids = [f"{line}-{number}" for number in range(len(found))]
    known = {
        f"{line}-{number}": [
            msgspec.structs.replace(e, dossier_id=f"{line}-{number}") for e in sent
        ]
        for number, (sent, _) in enumerate(found)
    }
    stories = {id_: tell(sent, END, NAMED) for id_, sent in known.items()}
    headers = [
        DossierRecord(timeline=line, epoch=1, offset=0, dossier_id=id_, as_of=END,
                      standing=Standing("unreceived"),
                      course=Course(due_at=story.due, first_due_at=story.first_due))
        for id_, story in stories.items()
    ]  # fmt: skip
    insert(embedded_store, [e for sent in known.values() for e in sent], headers, line)
    told = recount(
        embedded_store, timeline=line, as_of=END, timezone="Asia/Ho_Chi_Minh",
        judges=[Judge(0, rules_of(NAMED), {"u1": "u1", "sở một": "u1"})],
    )  # fmt: skip
    assert told.by_portal >= {id_ for id_, (_, simple) in zip(ids, found, strict=True) if simple}
    expected = dict.fromkeys(COUNTS, 0)
    for id_ in told.by_portal:
        story = stories[id_]
        verdict = story.verdict
        assert "rewritten" not in story.flags
        expected["backdated"] += "backdated" in story.flags
        expected["total"] += verdict not in OUTSIDE
        expected["open"] += verdict in ("within", "waiting", "overdue")
        if verdict in expected:
            expected[verdict] += 1
    assert told.scopes.get("all", dict.fromkeys(COUNTS, 0)) == expected
    assert told.scopes.get("unit:u1", dict.fromkeys(COUNTS, 0)) == expected


def test_an_end_that_a_snapshot_contradicted_is_counted(embedded_store: Store) -> None:
    """On the second day it was still open, and over; two days later it had ended on the first."""
    line = uuid.uuid4().hex
    shown = Content(status=4, accepted_at=START, due_at=START + DAY)
    told_late = msgspec.structs.replace(shown, status=9, finished_at=START + DAY // 2)
    in_time = msgspec.structs.replace(shown, due_at=START + 9 * DAY)
    events = [
        snapshot(START, shown, event_id="a"),
        snapshot(START + 2 * DAY, shown, event_id="b"),
        snapshot(START + 4 * DAY, told_late, event_id="c"),
    ]
    again = [
        snapshot(START + 2 * DAY, in_time, event_id="a"),
        snapshot(
            START + 4 * DAY,
            msgspec.structs.replace(in_time, status=9, finished_at=START + DAY // 2),
            event_id="b",
        ),
    ]
    sent: list[AnyDossierEvent] = [
        *(msgspec.structs.replace(e, dossier_id="late") for e in events),
        *(msgspec.structs.replace(e, dossier_id="never late") for e in again),
    ]
    insert(embedded_store, sent, [], line)
    told = recount(
        embedded_store, timeline=line, as_of=END, timezone="Asia/Ho_Chi_Minh",
        judges=[Judge(0, rules_of(NAMED))],
    )  # fmt: skip
    counts = told.scopes["all"]
    assert (counts["early"] + counts["on_time"], counts["backdated"]) == (2, 1)
