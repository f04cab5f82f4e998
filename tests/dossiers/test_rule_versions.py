"""Rules by the day of reception."""

from __future__ import annotations

import msgspec
import pytest

from dossiers.fold.folding import fold
from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.time.hours import CalendarError
from dossiers.wire.events import (
    AnyDossierEvent,
    DueSet,
    Finished,
    Received,
    Resumed,
    Submitted,
    Suspended,
)
from dossiers.wire.facts import Limit
from dossiers.wire.flags import EXTENDED_TOO_OFTEN
from dossiers.wire.kept_events import fact_of
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import (
    Reference,
    Rules,
    RuleVersion,
    Unit,
    canonical,
    content_hash,
    decode_reference,
    encode_reference,
)
from tests.dossiers.days import at, story


def versioned(**rules: object) -> Context:
    """Nothing but the defaults, and other rules for what is received from 1 July 2025 on."""
    return Context(
        Reference(
            limit=Limit(5, "working_days"),
            rule_versions=(
                RuleVersion(
                    since="2025-07-01",
                    name="2025-07",
                    rules=msgspec.convert(rules, Rules),
                    limits={"p": Limit(2, "working_days")},
                ),
            ),
        )
    )


def course_of(context: Context, *events: AnyDossierEvent) -> DossierRecord:
    course = fold([fact_of(event) for event in events], context)
    standing = standing_at(course, events[-1].occurred_at, context)
    return DossierRecord(
        timeline="", epoch=0, offset=0, dossier_id="d", as_of=0, course=course, standing=standing,
    )  # fmt: skip


OLD, NEW = "2025-06-30", "2025-07-01"


@pytest.mark.parametrize(
    ("received", "name", "due"),
    [
        (f"{OLD}T16:59:59", "", "2025-07-07T17:00"),
        (f"{NEW}T00:00:00", "2025-07", "2025-07-02T17:00"),
    ],
)
def test_a_dossier_keeps_limit_and_rules_of_its_reception(
    received: str, name: str, due: str
) -> None:
    record = course_of(versioned(), *story((Received, received, {"procedure": "p"})))
    found = (record.course.rules, record.course.due_at)
    assert found[0] == name
    assert abs((found[1] or 0) - at(due)) <= 1_000


@pytest.mark.parametrize(("day", "verdict"), [(OLD, "late"), (NEW, "on_time")])
def test_dates_are_compared_where_the_version_says_so(day: str, verdict: str) -> None:
    told = story(
        (Received, f"{day}T08:00", {"due_at": at("2025-07-10T11:00")}),
        (Finished, "2025-07-10T23:59:59.999", {}),
    )
    context = versioned(on_time_by="date")
    assert course_of(context, *told).standing.verdict == verdict
    next_day = story(
        (Received, f"{day}T08:00", {"due_at": at("2025-07-10T11:00")}),
        (Finished, "2025-07-11T00:00", {}),
    )
    assert course_of(context, *next_day).standing.verdict == "late"


def test_by_date_a_dossier_is_overdue_from_the_next_day_on() -> None:
    context = versioned(on_time_by="date")
    (received,) = story((Received, "2025-07-02T08:00", {"due_at": at("2025-07-10T11:00")}))
    course = fold([fact_of(received)], context)
    evening = standing_at(course, at("2025-07-10T20:00"), context)
    assert (evening.verdict, evening.next_at) == ("within", at("2025-07-11T00:00"))
    assert standing_at(course, at("2025-07-11T00:00"), context).verdict == "overdue"


@pytest.mark.parametrize(
    ("day", "due"), [("2025-06-30", "2025-07-07T08:00"), ("2025-07-01", "2025-07-09T08:00")]
)
def test_the_clock_stops_or_restarts_by_the_version(day: str, due: str) -> None:
    """Two days are waited three working days for: added to them, or the two days begin again."""
    context = versioned(stop_mode="restart")
    told = story(
        (Received, f"{day}T08:00", {"limit": Limit(2, "working_days")}),
        (Suspended, "2025-07-02T08:00", {"status": 5}),
        (Resumed, "2025-07-07T08:00", {}),
    )
    assert course_of(context, *told).course.due_at == at(due)


def test_late_reception_goes_by_the_day_of_submission() -> None:
    context = versioned(late_reception_hours=2)
    for day, late in ((OLD, False), (NEW, True)):
        told = story((Submitted, f"{day}T08:00", {}), (Received, f"{day}T10:30", {}))
        assert course_of(context, *told).standing.late_reception is late


@pytest.mark.parametrize(("allowed", "flagged"), [(0, True), (1, True), (2, False)])
def test_more_extensions_than_allowed_are_flagged(allowed: int, flagged: bool) -> None:
    extended = {"reason": "extension"}
    told = story(
        (Received, "2025-07-02T08:00", {"due_at": at("2025-07-10T11:00")}),
        (DueSet, "2025-07-03T08:00", {"due_at": at("2025-07-11T11:00"), **extended}),
        (DueSet, "2025-07-04T08:00", {"due_at": at("2025-07-14T11:00"), **extended}),
    )
    context = versioned(extensions_allowed=allowed)
    assert (EXTENDED_TOO_OFTEN in course_of(context, *told).flags) is flagged


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ((RuleVersion(since="1.7.2025", name="a"),), "which is no date"),
        (
            (RuleVersion(since=NEW, name="a"), RuleVersion(since=OLD, name="b")),
            "each must begin on a later day",
        ),
    ],
)
def test_versions_that_cannot_be_used_are_refused(
    versions: tuple[RuleVersion, ...], said: str
) -> None:
    with pytest.raises(CalendarError, match=said):
        Context(Reference(rule_versions=versions))


def test_reference_data_without_versions_keeps_its_hash() -> None:
    reference = Reference(title="T", units=(Unit(id="u", name="U"),))
    assert encode_reference(reference) == b'{"title":"T","units":[{"id":"u","name":"U"}]}'
    given = versioned(stop_mode="restart").reference
    assert content_hash(decode_reference(encode_reference(given))) == content_hash(given)
    # Equal content has one hash, wherever its values come from.
    rules = Rules(
        alert_hours=decode_reference(b'{"rules":{"alert_hours":[16,4]}}').rules.alert_hours,
        same_day_cutoff="".join(["15", ":00"]),
    )
    assert content_hash(canonical(Reference(rules=rules))) == content_hash(Reference())
