"""Reading only the months that a question asks for finds what reading everything does."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from api.insight.conditions import TABLE, Standpoint, matching, where_of
from api.insight.filters import Filter
from api.insight.vocabulary import FINISHED
from api.insight.windows import NAMED
from api.months import EVER, OPEN_ONLY, Months
from dossiers.reference.context import Context
from dossiers.time.hours import DAY
from dossiers.wire.course import Course
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference
from dossiers.wire.standing import Standing, Verdict
from sinks.decode.base import Record
from sinks.decode.facts import FactDecoder
from sinks.migrate import migrate
from sinks.store import Store

NOW = 1_795_395_600_000  # Monday 23 November 2026, 08:00 in Viet Nam
CONTEXT = Context(Reference(title="Months"))
AT = Standpoint("line", NOW, CONTEXT, None)
_VERDICTS: tuple[Verdict, ...] = (
    "early", "late", "no_due", "on_time", "refused", "withdrawn", "within", "overdue", "waiting",
    "pending", "unreceived",
)  # fmt: skip
_WINDOWS = (
    *NAMED, "2026-10", "2026-01", "2025", "2026-09-30..2026-10-01", "..2026-03-31", "2026-06-01..",
)  # fmt: skip
_WHATS = (
    "", "received", "submitted", "rewritten", "changed", "judged", "newly_overdue", "late",
    "late_receptions", "finished", "handled", "behind",
)  # fmt: skip
_MARKS = ("due_soon", "suspended", "late_reception", "step_overdue", "unended", "reopened")
FILTERS = (
    *(Filter(what=what, window=window) for what in _WHATS for window in _WINDOWS),
    *(Filter(standing=(verdict,)) for verdict in _VERDICTS),
    *(Filter(standing=("within", verdict)) for verdict in FINISHED),
    *(Filter(marks=(mark,)) for mark in _MARKS),
    Filter(), Filter(left="over40"), Filter(age="over24"), Filter(due="2026-10"),
    Filter(turns="2026-10"), Filter(unit="u1", what="late", window="2026-10"),
)  # fmt: skip


def _record(rng: random.Random, number: int) -> Record:
    """Some life, its instants in any order now and then, as senders have them."""
    verdict = rng.choice(_VERDICTS)
    ended = verdict in (*FINISHED, "refused", "withdrawn")
    instants = [NOW - rng.randint(0, 400 * DAY) for _ in range(7)]
    if rng.random() < 0.7:
        instants.sort()
    submitted, received, due, breached, changed, ends, seen = instants
    course = Course(
        submitted_at=submitted if rng.random() < 0.7 else None,
        received_at=None if verdict in ("pending", "unreceived") else received,
        due_at=due, finished_at=ends if ended else None, outcome="finished" if ended else "",
        rewrites=(changed,) if rng.random() < 0.2 else (),
    )  # fmt: skip
    is_open = verdict in ("within", "overdue", "waiting")
    standing = Standing(
        verdict, breached_at=breached if verdict in ("late", "overdue") else None,
        due_soon=verdict == "within" and rng.random() < 0.5,
        step_overdue=is_open and rng.random() < 0.3, next_at=seen if rng.random() < 0.5 else None,
        late_reception=verdict == "pending", late_reception_at=submitted,
    )  # fmt: skip
    made = DossierRecord(
        "line", 1, number, f"d{rng.randrange(300)}", seen, course, standing, ("all", "unit:u1")
    )
    return Record(0, number, made.dossier_id.encode(), msgspec.json.encode(made))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Of 300 dossiers, most of them with several rows."""
    folder: Path = tmp_path_factory.mktemp("months")
    rng = random.Random(26)
    with Store.embedded(str(folder), f"test_{uuid.uuid4().hex[:8]}") as opened:
        opened.ensure_database()
        migrate(opened)
        decoder = FactDecoder()
        records = [_record(rng, number) for number in range(900)]
        for first in range(0, len(records), 300):
            rows = decoder.decode(records[first : first + 300]).rows
            assert rows is not None
            decoder.insert(opened, rows)
        yield opened


def test_the_months_of_a_filter_leave_nothing_out(store: Store) -> None:
    narrowed = found = 0
    for filter_ in FILTERS:
        where, ids = where_of(filter_, AT), []
        narrowed += where.months != EVER
        for months, table in ((where.months, TABLE), (EVER, TABLE), (EVER, "dossiers AS d FINAL")):
            where.months, where.few = months, False
            sql = f"SELECT d.dossier_id AS id FROM {table} WHERE {matching(where)} ORDER BY id"  # noqa: S608
            ids.append(store.query(sql, where.parameters))
        assert ids[0] == ids[1] == ids[2], filter_
        found += bool(ids[0])
    assert found > 100
    assert narrowed > 100


def test_months_of_several_filters_have_those_of_each() -> None:
    some = [Months(202610, 202611), OPEN_ONLY, Months(202601, 202603)]
    assert Months.of_any(some) == Months(202601, 202611)
    assert Months.of_any([OPEN_ONLY]) == OPEN_ONLY
    assert Months.of_any([*some, EVER]) == EVER
    assert str(Months(202610, 202611).within(Months(202612))) == str(OPEN_ONLY) == "d.unsettled"
