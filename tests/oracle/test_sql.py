"""The recount in SQL against the one in batch code, over dossiers that no office would ever
produce."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest

from dossiers.reference.context import Context
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.course import Course
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import AnyDossierEvent, DueSet, Finished, Progressed, Received, Snapshot
from dossiers.wire.facts import Content, Limit
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference, Rules, RuleVersion, Unit
from dossiers.wire.topics import EVENTS
from oracle.checks.sql_recount import rules_of
from oracle.sql.counts import COUNTS, Judge, Recount, recount
from sinks.decode.base import Record
from sinks.decode.dead_letters import DeadLetterDecoder
from sinks.store import Store
from tests.oracle.any_dossiers import AS_OF, HOUR, T0, any_events, counted, insert

UNITS = (Unit(id="u1", name="1", parent="top"), Unit(id="u2", name="2", parent="top"))
PARENTS = {"u1": "top", "u2": "top"}


def context(limit: Limit | None, stops_status_8: bool) -> Context:
    """From the third of the ten days on, other rules hold."""
    return Context(
        Reference(
            calendar=CalendarSpec(kind="24x7"),
            limit=limit,
            units=UNITS,
            rules=Rules(stops_status_8=stops_status_8),
            rule_versions=(
                RuleVersion(
                    since="2023-11-17",
                    name="second",
                    rules=Rules(
                        stops_status_8=not stops_status_8, on_time_by="date", stop_mode="restart"
                    ),
                ),
            ),
        )
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("limit", [None, Limit(3, "days")])
def test_agrees_with_the_recount_in_batch_code(
    embedded_store: Store, seed: int, limit: Limit | None
) -> None:
    rng = random.Random(seed)
    rules = context(limit, stops_status_8=seed != 3)
    dossiers = [any_events(rng, f"d{number}") for number in range(600)]
    _, headers = counted(dossiers, rules)
    insert(embedded_store, (event for own in dossiers for event in own), headers)
    found = recount(
        embedded_store,
        timeline="line",
        as_of=AS_OF,
        timezone="Asia/Ho_Chi_Minh",
        parents=PARENTS,
        judges=[Judge(0, rules_of(rules))],
    )
    expected, _ = counted(dossiers, rules, found.unclear)
    assert found.scopes == expected
    assert len(found.unclear) < 30
    # Every kind of answer was asked for, or this proves little.
    seen = {name for name, count in expected["all"].items() if count}
    assert seen >= set(COUNTS) - {"no_due", "backdated"} | ({"no_due"} if limit is None else set())
    assert 0 < found.due_from_fold < 600


def test_what_has_ended_goes_by_the_rules_of_its_end(embedded_store: Store) -> None:
    rng = random.Random(4)
    new = context(None, stops_status_8=True)
    old = Context(msgspec.structs.replace(new.reference, rule_versions=()))  # never by date
    since = T0 + 120 * HOUR
    dossiers = [any_events(rng, f"d{number}") for number in range(600)]
    _, headers = counted(dossiers, new, before=(since, old))
    insert(embedded_store, (event for own in dossiers for event in own), headers)

    def by_sql(*judges: Judge) -> Recount:
        return recount(
            embedded_store, timeline="line", as_of=AS_OF, timezone="Asia/Ho_Chi_Minh",
            parents=PARENTS, judges=judges, now=AS_OF,
        )  # fmt: skip

    past, present = Judge(0, rules_of(old)), Judge(since, rules_of(new))
    to_come = Judge(T0 + 300 * HOUR, rules_of(old))  # after every end
    found = by_sql(past, present, to_come)
    assert found.scopes == counted(dossiers, new, found.unclear, (since, old))[0]
    assert found.scopes["all"] != by_sql(present).scopes["all"]


def test_what_it_leaves_out_follows_from_the_events_alone(embedded_store: Store) -> None:
    """A table that is wrong hides nothing."""
    rng = random.Random(7)
    rules = context(Limit(3, "days"), stops_status_8=True)
    dossiers = [any_events(rng, f"d{number}") for number in range(400)]
    _, headers = counted(dossiers, rules)

    def by_sql(timeline: str, rows: list[DossierRecord]) -> Recount:
        rows = [msgspec.structs.replace(row, timeline=timeline) for row in rows]
        insert(embedded_store, (event for own in dossiers for event in own), rows, timeline)
        return recount(
            embedded_store, timeline=timeline, as_of=AS_OF, timezone="Asia/Ho_Chi_Minh",
            parents=PARENTS, judges=[Judge(0, rules_of(rules))],
        )  # fmt: skip

    right = by_sql("right", headers)
    wrong = by_sql(
        "wrong",
        [
            msgspec.structs.replace(row, course=Course(due_at=T0, first_due_at=T0 + number * HOUR))
            for number, row in enumerate(headers)
        ],
    )
    assert right.unclear == wrong.unclear != set()
    assert right.scopes["all"] != wrong.scopes["all"]


def test_given_due_times_need_no_fold(store: Store) -> None:
    """With due times in the events the dossiers table is not looked at: it is empty here."""

    def event(kind: type[AnyDossierEvent], dossier: str, at: int, **more: Any) -> AnyDossierEvent:
        return kind(
            event_id=f"{dossier}-{at}",
            dossier_id=dossier,
            occurred_at=at,
            received_at=T0,
            source="a",
            unit="u1",
            officer="o1",
            **more,
        )

    due = T0 + 100 * HOUR
    events = [
        event(Received, dossier, T0, due_at=due)
        for dossier in ("early", "on_time", "late", "open", "over")
    ]
    events += [
        event(Finished, "early", due - 24 * HOUR),
        event(Finished, "on_time", due),
        event(Finished, "late", due + 1),
        event(DueSet, "open", T0 + 1, due_at=AS_OF),
        event(DueSet, "over", T0 + 1, due_at=AS_OF - 1),
    ]
    insert(store, events, [])
    found = recount(store, timeline="line", as_of=AS_OF, timezone="Asia/Ho_Chi_Minh")
    assert found.due_from_fold == 0
    counts = found.scopes["officer:o1"]
    assert {name: counts[name] for name in ("early", "on_time", "late", "within", "overdue")} == {
        "early": 1,
        "on_time": 1,
        "late": 1,
        "within": 1,
        "overdue": 1,
    }


def test_dead_letters_never_happened(embedded_store: Store) -> None:
    events = [
        Received(
            event_id=f"e{number}",
            dossier_id=f"d{number}",
            occurred_at=T0,
            received_at=T0,
            source="a",
            due_at=T0 + HOUR,
        )
        for number in range(3)
    ]
    insert(embedded_store, events, [])
    letter = DeadLetter(
        timeline="line",
        reason="from_the_future",
        detail="",
        source="a",
        topic=EVENTS,
        partition=0,
        offset=1,
        detected_at=T0,
    )
    letters = DeadLetterDecoder().decode([Record(0, 0, b"", msgspec.json.encode(letter))])
    embedded_store.insert("dead_letters", letters.rows)
    found = recount(embedded_store, timeline="line", as_of=AS_OF, timezone="UTC")
    assert found.scopes["all"]["overdue"] == 2
    assert found.scopes["unit:unknown"]["total"] == 2


def test_snapshots_with_a_stop_are_left_out_names_count_for_no_officer_and_rows_are_complete(
    embedded_store: Store,
) -> None:
    def common(dossier: str) -> dict[str, Any]:
        return {"event_id": f"e-{dossier}", "dossier_id": dossier, "occurred_at": T0,
                "received_at": T0, "source": "portal:x"}  # fmt: skip

    content = Content(status=5, accepted_at=T0)
    events: list[AnyDossierEvent] = [
        Snapshot(**common("d0"), content=content),
        Progressed(**common("d1"), officer_name="Lê An"),
        Received(**common("d1") | {"event_id": "e"}, officer="o1", due_at=T0 + HOUR),
        Received(**common("d2"), due_at=T0 + HOUR),
    ]
    insert(embedded_store, events, [])
    found = recount(embedded_store, timeline="line", as_of=AS_OF, timezone="UTC")
    totals = {scope: counts["total"] for scope, counts in found.scopes.items()}
    assert totals == {"all": 2, "unit:unknown": 2, "officer:unknown": 1}
    assert found.by_name == {"d1"}
    rows = embedded_store.query(
        "SELECT officer_name, content FROM dossier_events_current ORDER BY dossier_id", {}
    )
    assert [tuple(row.values()) for row in rows] == [
        ("", msgspec.json.encode(content).decode()), ("", ""), ("Lê An", ""), ("", ""),
    ]  # fmt: skip
