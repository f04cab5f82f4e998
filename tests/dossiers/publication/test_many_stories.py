"""Whatever people do, in whatever order, and whatever else stands in the topic."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.publication.chain import record_bytes, record_hash
from dossiers.publication.editions import Edition
from dossiers.publication.listing import list_of
from dossiers.publication.reviewed import reviewed
from dossiers.publication.state import Publications, Void
from dossiers.wire.publications import (
    Approved,
    Asked,
    Case,
    Decided,
    Explained,
    ListSubmitted,
    Published,
    Replied,
    Returned,
    read_publication,
)
from oracle.publications import walk_chain
from tests.dossiers.publication.made_lists import KIEN, LAND, LONG, TUAN, small_list
from tests.dossiers.publication.made_records import (
    HEAD,
    LEADER,
    LONG_1,
    OF_UNIT,
    REVIEWER,
    SECOND,
    TUAN_1,
    TUAN_2,
    Refusal,
    Story,
    published_story,
)

ANYBODY = (TUAN, LONG, HEAD, REVIEWER, SECOND, "reform-3", LEADER)
CASES = (TUAN_1, TUAN_2, LONG_1, OF_UNIT, Case("H99-2001", LAND, KIEN))
FROZEN = small_list()


class Act(NamedTuple):
    """Somebody tries something."""

    name: str
    by: str
    cases: tuple[Case, ...]
    accepts: bool


LIKELY = {
    "explain": (TUAN, LONG, HEAD),
    "ask": (REVIEWER,),
    "reply": (TUAN,),
    "decide": (REVIEWER, "reform-3"),
    "submit": (REVIEWER,),
    "send_back": (LEADER,),
    "approve": (LEADER, SECOND),
    "publish": (LEADER, SECOND),
    "correct": (REVIEWER,),
}
STEPS = ("explain", "ask", "reply", "decide", "submit", "send_back", "approve", "publish",
         "correct", "decide", "submit", "approve", "publish")  # fmt: skip


@st.composite
def acts(draw: st.DrawFn) -> Act:
    """Mostly those try something whose part it is."""
    name = draw(st.sampled_from(STEPS))
    people = LIKELY[name] if draw(st.integers(0, 5)) else ANYBODY
    chosen = st.lists(st.sampled_from(CASES), min_size=1, max_size=5, unique=True)
    return Act(name, draw(st.sampled_from(people)), tuple(draw(chosen)), draw(st.booleans()))


lives = st.lists(acts(), min_size=15, max_size=40)


def tried(story: Story, act: Act) -> None:
    """With rights as wide as roles go, so that the rules alone are in the way."""
    name, by, cases, accepts = act
    chosen, others = (cases, ()) if accepts else ((), cases)
    steps: dict[str, Callable[[], object]] = {
        "explain": lambda: story.explain(*cases, by=by, capacity="supervisor", reason="workload"),
        "ask": lambda: story.ask(*cases, by=by),
        "reply": lambda: story.reply(*cases, by=by, capacity="supervisor"),
        "decide": lambda: story.decide(chosen, others, by=by, reason="source_error"),
        "submit": lambda: story.submit(by),
        "send_back": lambda: story.send_back(by),
        "approve": lambda: story.approve(by),
        "publish": lambda: story.publish(by, "leader"),
        "correct": lambda: story.correct(by),
    }
    if name == "correct" and story.edition.published is None:
        return
    edition = story.edition_number
    if name == "decide":  # what is left, or nothing would ever be submitted
        left = tuple(one.case for one in story.edition.pending() if one.case.officer != by)
        chosen, others = (left, ()) if accepts else ((), left)
    try:
        steps[name]()
    except Refusal:
        story.edition_number = edition


def told(steps: list[Act]) -> Story:
    story = Story()
    story.freeze()
    for act in steps:
        tried(story, act)
    return story


def parts_of(edition: Edition) -> dict[str, set[str]]:
    """Who explained, reviewed, approved, published, as the records of the edition have it."""
    found: dict[str, set[str]] = {"explain": set(), "review": set(), "approve": set()}
    kinds: dict[str, tuple[type, ...]] = {
        "explain": (Explained, Replied),
        "review": (Asked, Decided, ListSubmitted),
        "approve": (Approved, Returned),
    }
    for one in edition.records:
        for part, types in kinds.items():
            if isinstance(one.record, types):
                found[part].add(one.record.by)
    return found


@given(lives)
@settings(max_examples=60)
def test_whatever_people_try_the_rules_hold(steps: list[Act]) -> None:
    for edition in told(steps).state.lists["2026-10"].editions:
        nobody_does_two_parts(edition)
        nothing_is_skipped(edition)
        published_is_frozen_less_excluded(edition)


def nobody_does_two_parts(edition: Edition) -> None:
    done = parts_of(edition)
    assert not done["explain"] & done["review"]
    assert not done["explain"] & done["approve"]
    assert not done["review"] & done["approve"]
    publishers = {one.record.by for one in edition.records if isinstance(one.record, Published)}
    assert not publishers & (done["explain"] | done["review"])


def nothing_is_skipped(edition: Edition) -> None:
    if edition.submitted is not None:
        assert not list(edition.pending())
    if edition.published is not None:
        assert edition.approved is not None
        assert edition.submitted is not None
        assert edition.published.record.core == edition.approved.record.core


def published_is_frozen_less_excluded(edition: Edition) -> None:
    core, rows, sheet, secret = FROZEN
    files = list_of(core, rows, sheet, reviewed(edition), "name", secret)
    assert files.core.whole.late + files.core.whole.excluded == core.whole.late


@given(lives, st.data())
@settings(max_examples=30)
def test_forks_and_copies_change_nothing_and_the_recount_says_the_same(
    steps: list[Act], data: st.DataObject
) -> None:
    story = told(steps)
    counting = [value for value in story.values if counts(story, value)]
    noisy: list[bytes] = []
    for value in counting:
        noisy.append(value)
        noisy += data.draw(st.lists(st.sampled_from([*story.values, b"", b"{}"]), max_size=3))
    plain, mixed = Publications(), Publications()
    for value in counting:
        assert not isinstance(plain.take(value), Void)
    for value in safe(counting, noisy):
        mixed.take(value)
    assert mixed == plain == story.state
    recounted = walk_chain(enumerate(safe(counting, noisy))).counting
    assert [one.sha256 for one in recounted] == [record_hash(value) for value in counting]


def counts(story: Story, value: bytes) -> bool:
    hashes = {one.hash for found in story.state.lists.values() for e in found.editions
              for one in e.records}  # fmt: skip
    return record_hash(value) in hashes


def safe(counting: list[bytes], noisy: list[bytes]) -> list[bytes]:
    """A record that stands before its turn would count at once, were its predecessor there: what
    is not yet due is left out."""
    due, found = set(), []
    waiting = iter(counting)
    upcoming = next(waiting, None)
    for value in noisy:
        if value == upcoming:
            due.add(value)
            upcoming = next(waiting, None)
            found.append(value)
        elif value in due or value not in counting:
            found.append(value)
    return found


def test_a_correction_of_a_correction_keeps_what_was_decided_between() -> None:
    story = published_story()
    story.correct()
    story.explain(LONG_1, by=LONG)
    story.decide((LONG_1,))
    story.submit()
    story.approve()
    story.publish(LEADER, "leader")
    story.correct()
    assert set(reviewed(story.edition).relieved) == {TUAN_1, OF_UNIT, LONG_1}
    assert story.edition.frozen.record.edition == 3


def state_of(values: list[bytes]) -> Publications:
    state = Publications()
    for value in values:
        state.take(value)
    return state


@pytest.mark.parametrize("place", range(10))
def test_no_byte_can_be_changed_that_later_records_rest_on(place: int) -> None:
    values = published_story().values
    whole = state_of(values)
    step = max(1, len(values[place]) // 40)
    for at in range(0, len(values[place]), step):
        changed = bytearray(values[place])
        changed[at] ^= 1
        forged = [*values[:place], bytes(changed), *values[place + 1 :]]
        assert state_of(forged).head.number <= place + 1 < whole.head.number
        told = walk_chain(enumerate(forged)).broken
        assert told, at
        assert told[0].offset in (place, place + 1)


@pytest.mark.parametrize("place", range(10))
def test_a_record_that_is_removed_swapped_or_put_in_ends_the_chain_there(place: int) -> None:
    values = published_story().values
    removed = [*values[:place], *values[place + 1 :]]
    assert state_of(removed).head.number == place
    swapped = [*values[:place], values[place + 1], values[place], *values[place + 2 :]]
    assert state_of(swapped).head.number == place + 1
    forged = record_bytes(
        msgspec.structs.replace(read_publication(values[place]), request="another")
    )
    inserted = [*values[:place], forged, *values[place:]]
    for tampered in (removed, swapped, inserted):
        broken = walk_chain(enumerate(tampered)).broken
        assert broken
        assert place <= broken[0].offset <= place + 2
    assert state_of(inserted).head.hash != state_of(values).head.hash
