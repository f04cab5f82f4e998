"""A step is the same step however a sender calls it: its clock, its charges, its recount."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.fold.folding import fold
from dossiers.reference.check import problems
from dossiers.reference.context import Context
from dossiers.reference.matching import StepNames
from dossiers.reports.case import case_of
from dossiers.time.hours import HOUR
from dossiers.wire.events import AnyDossierEvent, Finished, Progressed, Received
from dossiers.wire.facts import Limit
from dossiers.wire.kept_events import fact_of
from dossiers.wire.reference import Procedure, Reference, Step, content_hash
from oracle.figures import recount
from tests.dossiers.offices import SPEC, at

STEPS = (
    Step(id="in", name="Tiếp nhận", hours=2, aliases=("nhận hồ sơ",)),
    Step(id="Thẩm định", hours=4, aliases=("TD", "xem xét")),
    Step(id="out", name="Trả kết quả", hours=1),
)
PROCEDURE = Procedure(id="p", name="P", limit=Limit(8, "hours"), steps=STEPS)
CONTEXT = Context(Reference(calendar=SPEC, procedures=(PROCEDURE,)))
NFD = unicodedata.normalize("NFD", "Thẩm định")
SPELLINGS = {
    "in": ("in", "IN", "tiếp  nhận", "Nhận hồ sơ"),
    "Thẩm định": ("Thẩm định", "THẨM ĐỊNH", "thẩm\u00a0định", NFD, "td", "Xem xét"),
    "out": ("out", " Out", "trả kết quả", "Trả kết quả\u200b"),
    "?": ("?",),
}


@pytest.mark.parametrize(
    ("id_", "spelling"), [(i, s) for i, all_ in SPELLINGS.items() for s in all_]
)
def test_a_step_is_found_by_id_alias_and_name(id_: str, spelling: str) -> None:
    assert CONTEXT.step_id("p", spelling) == id_
    assert CONTEXT.step_id("another procedure", spelling) == spelling


def test_ids_come_before_aliases_and_these_before_names_and_two_name_neither() -> None:
    names = StepNames(
        (
            Step(id="a", name="b", hours=1),
            Step(id="b", name="Same", hours=1, aliases=("c",)),
            Step(id="d", name="c", hours=1),
            Step(id="A", name="same", hours=1),
        )
    )
    assert [names.id_of(text) for text in ("a", "A", "b", "B", "c", "Same", "")] == [
        "a", "A", "b", "b", "b", "Same", "",
    ]  # fmt: skip


def story(steps: list[tuple[int, str]], ended: bool) -> list[AnyDossierEvent]:
    """Received on Monday at 08:00; each step some hours after the one before."""
    when = at("2026-11-02T08:00")
    common: dict[str, Any] = {"dossier_id": "d", "source": "s", "received_at": when, "unit": "u"}
    events: list[AnyDossierEvent] = [
        Received(event_id="r", occurred_at=when, procedure="p", step=steps[0][1], **common)
    ]
    for number, (hours, step) in enumerate(steps[1:], 1):
        when += hours * HOUR // 2
        events.append(
            Progressed(event_id=str(number), occurred_at=when, step=step, source_seq=number,
                       officer=f"o{number % 2}", **common)
        )  # fmt: skip
    if ended:
        events.append(Finished(event_id="f", occurred_at=when + 9 * HOUR, **common))
    return events


moves = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.sampled_from(sorted(SPELLINGS)).flatmap(
            lambda id_: st.tuples(st.just(id_), st.sampled_from(SPELLINGS[id_]))
        ),
    ),
    min_size=1,
    max_size=7,
)


@given(moves, st.booleans())
def test_spellings_change_nothing(said: list[tuple[int, tuple[str, str]]], ended: bool) -> None:
    by_id = story([(hours, id_) for hours, (id_, _) in said], ended)
    spelled = story([(hours, text) for hours, (_, text) in said], ended)
    now = max(event.occurred_at for event in by_id) + 3 * HOUR
    plain, other = (fold([fact_of(e) for e in events], CONTEXT) for events in (by_id, spelled))
    assert (other.step_due_at, other.steps_left, other.step_breaches) == (
        plain.step_due_at, plain.steps_left, plain.step_breaches,
    )  # fmt: skip
    over = other.step_due_at is not None and now > other.step_due_at and not ended
    for events in (by_id, spelled):
        figures, stories = recount(events, now, CONTEXT)
        assert stories["d"].step_overdue == over
        assert figures["all"]["step_overdue"] == over
    cases = [case_of([fact_of(e) for e in events], now, CONTEXT) for events in (by_id, spelled)]
    assert cases[0].attribution == cases[1].attribution


def test_an_alias_that_names_two_steps_is_a_mistake() -> None:
    for more in (
        Step(id="x", hours=1, aliases=("td",)),
        Step(id="xem xét", hours=1),
        Step(id="x", name="XEM XÉT", hours=1),
    ):
        procedure = Procedure(id="p", name="P", limit=Limit(9, "hours"), steps=(*STEPS, more))
        found = [p for p in problems(Reference(procedures=(procedure,))) if p.field == "aliases"]
        assert found
        assert not any(problem.warning for problem in found)
        assert found[0].place == (0, 1)
    assert problems(CONTEXT.reference) == []


def test_steps_without_aliases_have_the_hash_they_had() -> None:
    reference = Reference(
        procedures=(Procedure(id="p", name="P", steps=(Step(id="a", name="A", hours=2.5),)),)
    )
    known = "17d569250e0379e66cbca7f0a1911c4d7a451987dc39adab8cb30e5630d28565"
    assert content_hash(reference) == known
