"""What would have to happen: the steps that are left, laid from now until the due time."""

from __future__ import annotations

from dossiers.reference.context import Context
from dossiers.reports.case import case_of
from dossiers.reports.outlook import Outlook, outlook_of
from dossiers.time.hours import HOUR
from dossiers.wire.reference import Procedure, Reference, Step
from tests.dossiers.test_attribution import LIMITS, STORY, at, fact

CONTEXT = Context(
    Reference(
        procedures=(
            Procedure(
                id="P", name="P", steps=tuple(Step(id=s, hours=n / HOUR) for s, n in LIMITS.items())
            ),
        )
    )
)
ORDER = tuple(LIMITS)
FIRST = fact(
    at(2, "08:30"), "received", unit="U", officer="A", step="reception", procedure="P",
    due_at=at(9, "08:30"),
)  # fmt: skip


def outlook(now: int, *more: object, count: int = 2) -> Outlook:
    story = [FIRST, *STORY[1:count], *more]
    found = outlook_of(case_of(story, now, CONTEXT), now, ORDER)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_every_step_that_is_left_has_a_last_moment() -> None:
    found = outlook(at(3, "13:30"))
    assert [(s.step, s.limit / HOUR, s.present) for s in found.steps] == [
        ("appraisal", 16, True), ("signature", 8, False), ("return", 4, False),
    ]  # fmt: skip
    assert [s.end for s in found.steps] == [at(5, "13:30"), at(6, "13:30"), at(9, "08:00")]
    assert [s.finish_by for s in found.steps] == [at(5, "14:00"), at(6, "14:00"), at(9, "08:30")]
    assert (found.left, found.needed) == (28.5 * HOUR, 28 * HOUR)
    assert found.spare == HOUR / 2  # that the reception left


def test_a_step_over_its_limit_leaves_those_after_it_less() -> None:
    found = outlook(at(6, "13:30"))
    assert [s.limit / HOUR for s in found.steps] == [0, 8, 4]
    assert found.spare == (4.5 - 12) * HOUR
    assert found.steps[0].finish_by == at(5, "14:00") < at(6, "13:30")
    assert found.steps[-1].end == at(10, "08:00")


def test_while_the_clock_stands_it_is_as_if_it_went_on_now() -> None:
    found = outlook(at(12, "09:30"), count=3)
    assert found.stopped
    assert found.left == 23 * HOUR
    assert found.due_at == at(17, "08:30")
    assert found.steps[0].start == at(12, "09:30")


def test_without_step_data_there_is_only_the_time_that_is_left() -> None:
    now = at(5, "08:30")
    found = outlook_of(case_of([FIRST], now, Context(Reference())), now, ())
    assert found is not None
    assert found.steps == ()
    assert found.left == 16 * HOUR


def test_an_ended_dossier_has_none() -> None:
    now = at(12, "08:30")
    case = case_of([FIRST, *STORY[1:]], now, CONTEXT)
    assert outlook_of(case, now, ORDER) is None
