"""The recount in SQL of what a portal sent, where one look at each snapshot is enough."""

from __future__ import annotations

import uuid

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dossiers.events import AnyDossierEvent, DueSet, Resumed, Suspended
from dossiers.records import DossierRecord
from dossiers.standing import standing_at
from oracle.checks.stored import rules_of
from oracle.sql.counts import COUNTS, Judge, recount
from sinks.store import Store
from tests.dossiers.snapshot_stories import any_snapshots, lives
from tests.dossiers.test_fold import END
from tests.dossiers.test_snapshots import NAMED, course_of
from tests.oracle.any_dossiers import OUTSIDE, insert

Portal = tuple[list[AnyDossierEvent], bool]  # what it sent, and whether nothing odd is in it
_lives = lives().map(
    lambda life: (
        list(life.snapshots),
        not any(isinstance(e, Suspended | Resumed | DueSet) for e in life.events),
    )
)
_anything = any_snapshots().map(lambda found: (found, False))


@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[
        Phase.reuse,
        Phase.generate,
    ],  # making an example of thirty lives smaller takes too long
)
@given(found=st.lists(_lives | _anything, min_size=25, max_size=30))
def test_what_a_portal_sent_agrees_with_the_fold_where_no_comparing_is_needed(
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
    courses = {id_: course_of(sent, NAMED) for id_, sent in known.items()}
    headers = [
        DossierRecord(timeline=line, epoch=1, offset=0, dossier_id=id_, as_of=END, standing="",
                      due_at=course.due_at, first_due_at=course.first_due_at)
        for id_, course in courses.items()
    ]  # fmt: skip
    insert(embedded_store, [e for sent in known.values() for e in sent], headers, line)
    told = recount(
        embedded_store, timeline=line, as_of=END, timezone="Asia/Ho_Chi_Minh",
        judges=[Judge(0, rules_of(NAMED), {"u1": "u1", "sở một": "u1"})],
    )  # fmt: skip
    assert told.by_portal >= {id_ for id_, (_, simple) in zip(ids, found, strict=True) if simple}
    expected = dict.fromkeys(COUNTS, 0)
    for id_ in told.by_portal:
        verdict = standing_at(courses[id_], END, NAMED).verdict
        assert "rewritten" not in courses[id_].flags
        expected["total"] += verdict not in OUTSIDE
        expected["open"] += verdict in ("within", "waiting", "overdue")
        if verdict in expected:
            expected[verdict] += 1
    assert told.scopes.get("all", dict.fromkeys(COUNTS, 0)) == expected
    assert told.scopes.get("unit:u1", dict.fromkeys(COUNTS, 0)) == expected
