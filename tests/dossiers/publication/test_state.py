"""The fold over topic publications."""

from __future__ import annotations

import pytest

from dossiers.publication.chain import moved, record_bytes
from dossiers.publication.state import MOST_RECORD_BYTES, Publications, Void
from dossiers.wire.publications import Decided, Explained
from oracle.publications import walk_chain
from tests.dossiers.publication.made_lists import LIST, LONG, TUAN, at
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
    digest,
    published_story,
)


def test_a_list_goes_from_step_to_step() -> None:
    story = Story()
    story.freeze()
    edition = story.edition
    assert edition.stage(at(9, 17, month=11)) == "explaining"
    assert edition.stage(at(9, 17, 1, month=11)) == "reviewing"
    story.explain(TUAN_1)
    story.decide((TUAN_1,))
    story.submit()
    assert edition.stage(story.now) == "submitted"
    story.approve()
    assert edition.stage(story.now) == "approved"
    story.publish()
    assert edition.stage(story.now) == "published"
    assert story.state.lists[LIST].published is edition
    story.reduce()
    assert edition.stage(story.now) == "reduced"
    assert [one.record.number for one in edition.records] == list(range(1, 8))


def test_of_two_reviewers_at_once_one_is_heard() -> None:
    story = Story()
    story.freeze()
    story.explain(TUAN_1)
    first = story.record(Decided, REVIEWER, "reform_office", accepted=(TUAN_1,), rejected=(),
                         reason="leave")  # fmt: skip
    other = story.record(Decided, SECOND, "reform_office", accepted=(), rejected=(TUAN_1,),
                         reason="workload")  # fmt: skip
    story.write(first)
    with pytest.raises(Refusal, match="not_next"):
        story.write(other)
    decision = story.edition.case(TUAN_1).decision
    assert decision is not None
    assert (decision.by, decision.accepted) == (REVIEWER, True)
    assert story.edition.reviewers == {REVIEWER}


def test_two_who_explain_at_once_are_both_heard_if_the_second_asks_again() -> None:
    story = Story()
    story.freeze()
    first = story.record(Explained, TUAN, "officer", cases=(TUAN_1,), reason="leave")
    other = story.record(Explained, LONG, "officer", cases=(LONG_1,), reason="leave")
    story.write(first)
    story.write(moved(story.state.head, other))
    assert len(list(story.edition.explained())) == 2


def test_freezing_twice_leaves_one_freeze() -> None:
    story = Story()
    story.freeze()
    with pytest.raises(Refusal, match="frozen_already"):
        story.freeze(core=digest("another"))
    assert story.edition.frozen.record.core == digest("frozen core")


def test_a_request_that_is_sent_again_has_been_heard() -> None:
    story = Story()
    story.freeze()
    once = story.explain(TUAN_1)
    with pytest.raises(Refusal, match="repeated"):
        story.write(moved(story.state.head, once))
    assert story.state.requests[TUAN, once.request] == once.number
    story.explain(LONG_1, by=LONG, request=once.request)  # somebody else's is another


def test_an_explanation_after_the_deadline_is_heard_and_marked() -> None:
    story = Story()
    story.freeze()
    story.now = at(9, 17, month=11)
    story.explain(TUAN_1)
    found = story.edition.case(TUAN_1).explanation
    assert found is not None
    assert found.late
    assert story.edition.case(TUAN_1).pending


def test_only_an_explanation_in_time_opens_what_was_decided() -> None:
    story = Story()
    story.freeze()
    story.explain(TUAN_1, TUAN_2)
    story.decide((), (TUAN_1, TUAN_2))
    story.explain(TUAN_1)
    assert [one.case for one in story.edition.pending()] == [TUAN_1]
    story.now = at(10, 8, month=11)
    story.explain(TUAN_2)
    assert [one.case for one in story.edition.pending()] == [TUAN_1]


def test_what_was_asked_back_waits_for_an_answer() -> None:
    story = Story()
    story.freeze()
    story.explain(TUAN_1, TUAN_2)
    story.ask(TUAN_1, TUAN_2)
    assert story.edition.case(TUAN_1).unanswered
    story.reply(TUAN_1)
    assert not story.edition.case(TUAN_1).unanswered
    story.decide((), (TUAN_2,))
    assert not story.edition.case(TUAN_2).unanswered


def test_a_correction_begins_with_what_was_explained_and_decided() -> None:
    story = published_story()
    first = story.edition
    story.correct()
    second = story.edition
    assert second.cases == first.cases
    assert (second.explainers, second.reviewers) == ({TUAN, HEAD}, {REVIEWER, SECOND})
    assert second.approvers == {LEADER}
    story.explain(LONG_1, by=LONG)
    assert LONG_1 not in first.cases
    story.decide((), (LONG_1,))
    story.submit()
    with pytest.raises(Refusal, match="has_reviewed"):
        story.approve(SECOND, "reform_office")


def test_who_approved_a_list_does_not_review_its_correction() -> None:
    story = published_story()
    story.correct()
    with pytest.raises(Refusal, match="has_approved"):
        story.decide((), (TUAN_1,), by=LEADER)
    with pytest.raises(Refusal, match="has_approved"):
        story.submit(LEADER)
    assert [why.why for why in walk_chain(list(enumerate(story.values))).broken] == [
        f"offset {place}: record {len(story.values) - 1} breaks a rule: "
        "who approved has no other part"
        for place in (len(story.values) - 2, len(story.values) - 1)
    ]


def test_a_correction_is_corrected_by_the_next_edition() -> None:
    story = published_story()
    for _ in range(2):
        story.correct()
        story.submit()
        story.approve()
        assert story.state.lists[LIST].published is not story.edition
        story.publish(LEADER, "leader")
        assert story.state.lists[LIST].published is story.edition
    cites = [one.frozen.record.cites for one in story.state.lists[LIST].editions]
    hashes = [one.published.hash for one in story.state.lists[LIST].editions if one.published]
    assert cites == ["", *hashes[:2]]


def test_names_are_taken_off_each_edition_by_itself() -> None:
    story = published_story()
    story.correct()
    story.submit()
    story.approve()
    story.publish(LEADER, "leader")
    story.reduce()
    story.edition_number = 1
    story.reduce()
    with pytest.raises(Refusal, match="reduced_already"):
        story.reduce()
    story.edition_number = 2
    with pytest.raises(Refusal, match="reduced_already"):
        story.correct()


def test_nothing_but_canonical_json_counts() -> None:
    story = Story()
    story.freeze()
    value = record_bytes(story.record(Explained, HEAD, "supervisor", cases=(OF_UNIT,),
                                      reason="system_down"))  # fmt: skip
    fresh = Publications()
    fresh.take(story.values[0])
    taken = fresh.take(value.replace(b":", b": ", 1))
    assert isinstance(taken, Void)
    assert taken.reason.code == "not_canonical"
    broken = fresh.take(value[:-1])
    assert isinstance(broken, Void)
    assert (broken.reason.code, broken.record) == ("unreadable", None)
    assert fresh.take(value).number == 2  # type: ignore[union-attr]


def test_what_is_longer_than_any_record_is_not_even_read() -> None:
    taken = Publications().take(b" " * (MOST_RECORD_BYTES + 1))
    assert isinstance(taken, Void)
    assert taken.reason.code == "too_long"
