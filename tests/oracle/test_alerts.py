"""Alerts and who deals with them: the fold against the recount, on histories with actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.fold.alerting import alerts_after
from dossiers.fold.folding import fold
from dossiers.fold.standing import standing_at
from dossiers.portal.snapshots import place
from dossiers.reference.context import Context
from dossiers.wire.acted import Acted, action_order, kept_action
from dossiers.wire.alert_policy import AlertPolicy
from dossiers.wire.events import AnyDossierEvent
from dossiers.wire.facts import Fact
from dossiers.wire.kept_events import fact_of
from oracle.alerts import KINDS, Dealing, Name, Witness
from oracle.story import Story, tell
from tests.oracle.contexts import CONTEXTS, NOW, QUARTER, SPAN, START
from tests.oracle.histories import plain_histories
from tests.oracle.portal_histories import portal_histories

PEOPLE = ("holder", "head", "deputy")
POLICIES = {
    "default": (),
    "short": (
        AlertPolicy(escalation_hours=(2, 3, 5), acknowledge_hours=4, waiting_days=2),
        AlertPolicy(units=("u1",), escalation_hours=(1, 9), acknowledge_hours=1),
        AlertPolicy(procedures=("days",), off=("overdue", "repeat_supplement"), waiting_days=0),
    ),
}
instants = st.builds(
    lambda quarter, beside: START + quarter * QUARTER + beside,
    st.integers(0, SPAN * 96), st.sampled_from([0, 0, 1, -1]),
)  # fmt: skip


def context_of(name: str, policy: str) -> Context:
    reference = CONTEXTS[name].reference
    return Context(msgspec.structs.replace(reference, alert_policies=POLICIES[policy]))


def folded(
    events: Sequence[AnyDossierEvent], done: Sequence[Acted], now: int, context: Context
) -> dict[Name, tuple[str, int, str] | None]:
    """What the product has as raised, and who deals with it."""
    facts: list[Fact] = []
    for event in events:
        facts, _ = place(facts, fact_of(event))
    course = fold(facts, context)
    standing = standing_at(course, now, context)
    actions = tuple(sorted(map(kept_action, done), key=action_order))
    states, _, _ = alerts_after((), course, standing, now, actions, None, context)
    return {
        (state.kind, state.level, state.cause): (
            (state.taken_by, state.taken_until, state.offered_to)
            if state.status == "acknowledged" else None
        )
        for state in states
        if state.kind in KINDS
    }  # fmt: skip


def recounted(
    story: Story, done: Sequence[Acted], now: int, context: Context
) -> dict[Name, tuple[str, int, str] | None]:
    """The same by the recount."""
    witness = Witness(story, done, now, context)
    return {name: _said(witness.dealing(name)) for name in witness.raised()}


def _said(found: Dealing | None) -> tuple[str, int, str] | None:
    return None if found is None else (found.person, found.end, found.to)


def names_of(story: Story, now: int, context: Context) -> list[Name]:
    due = story.due or NOW
    levels: list[Name] = [("escalation", level, due) for level in (1, 2, 3)]
    return [("overdue", 0, due), *levels, *Witness(story, (), now, context).raised()]


@st.composite
def deeds(draw: st.DrawFn, names: Sequence[Name]) -> list[Acted]:
    """Actions on these alerts, many of them at one moment and of one person."""
    found: list[Acted] = []
    for number in range(draw(st.integers(1, 8))):
        kind, level, cause = draw(st.sampled_from(names))
        usual = ["acknowledge", "acknowledge", "acknowledge"]
        action: Any = draw(st.sampled_from([*usual, "hand_over", "accept", "explain"]))
        after = draw(st.integers(-4, 200)) * QUARTER
        found.append(
            Acted(
                event_id=f"a{number}", dossier_id="d", received_at=NOW, source="desk",
                occurred_at=max(draw(st.sampled_from([cause + after, draw(instants)])), START),
                source_seq=draw(st.integers(0, 2)), action=action, alert_id="a", sequence=1,
                alert_kind=kind, level=level, cause=cause,  # type: ignore[arg-type]
                person=draw(st.sampled_from(PEOPLE)),
                capacity=draw(st.sampled_from(["receiver", "receiver", "holder", "above"])),
                to=draw(st.sampled_from(PEOPLE)) if action == "hand_over" else "",
            )
        )  # fmt: skip
    return found


@pytest.mark.parametrize("policy", list(POLICIES))
@pytest.mark.parametrize("name", list(CONTEXTS)[:3])
@settings(max_examples=20)
@given(data=st.data(), events=plain_histories() | portal_histories(), now=st.just(NOW) | instants)
def test_what_is_raised_and_who_deals_with_it(
    name: str, policy: str, data: st.DataObject, events: list[AnyDossierEvent], now: int
) -> None:
    context = context_of(name, policy)
    last = max(event.occurred_at for event in events)
    done = data.draw(deeds(names_of(tell(events, max(now, last), context), now, context)))
    as_of = max(now, last, *(each.occurred_at for each in done))
    expected = recounted(tell(events, as_of, context), done, as_of, context)
    assert folded(events, done, as_of, context) == expected
    assert folded(events, done[::-1], as_of, context) == expected
