"""Which records count, and for whom."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from dossiers.publication.parts import barred
from dossiers.publication.refusals import REFUSALS, refusal_words
from dossiers.publication.rules import why_not
from dossiers.wire.publications import SYSTEM, Approved, Attachment, Case, Explained
from tests.dossiers.publication.made_lists import BUILDING, LONG, TUAN, at
from tests.dossiers.publication.made_records import (
    HEAD,
    LEADER,
    LONG_1,
    OF_UNIT,
    PDF,
    REVIEWER,
    SECOND,
    TUAN_1,
    TUAN_2,
    Refusal,
    Story,
    digest,
    published_story,
)

Told = Callable[[Story], object]


def explained() -> Story:
    story = Story()
    story.freeze()
    story.explain(TUAN_1, TUAN_2)
    return story


def submitted() -> Story:
    story = explained()
    story.decide((TUAN_1,), (TUAN_2,))
    story.submit()
    return story


def approved() -> Story:
    story = submitted()
    story.approve()
    return story


def reduced_story() -> Story:
    story = published_story()
    story.reduce()
    return story


SIGNED_AGAIN = msgspec.structs.replace(PDF, sha256="7" * 64)


def refusals(start: Callable[[], Story], told: Told) -> str:
    """The code by which the fold refuses it; nothing has changed then."""
    story = start()
    head = story.state.head
    with pytest.raises(Refusal) as caught:
        told(story)
    assert story.state.head == head
    return str(caught.value)


@pytest.mark.parametrize(
    ("start", "told", "code"),
    [
        (Story, lambda s: s.freeze("admin", "leader"), "capacity"),
        (Story, lambda s: s.freeze(REVIEWER, "system"), "capacity"),
        (Story, lambda s: s.freeze(SYSTEM, "reform_office"), "capacity"),
        (Story, lambda s: s.freeze(late=221), "figures"),
        (Story, lambda s: s.freeze(explain_until=at(20, month=11)), "deadlines"),
        (Story, lambda s: s.freeze(cites="1" * 64), "cites"),
        (Story, lambda s: s.explain(TUAN_1), "unknown_list"),
        (explained, lambda s: s.freeze(), "frozen_already"),
        (explained, lambda s: s.freeze(edition=3), "edition"),
        (explained, lambda s: s.freeze(REVIEWER, "reform_office", edition=2), "not_published"),
        (explained, lambda s: s.explain(LONG_1), "not_yours"),
        (explained, lambda s: s.explain(OF_UNIT), "not_yours"),
        (explained, lambda s: s.explain(), "no_cases"),
        (explained, lambda s: s.explain(TUAN_1, TUAN_1), "case_twice"),
        (explained, lambda s: s.explain(TUAN_1, reason="bad_luck"), "reason"),
        (explained, lambda s: s.explain(TUAN_1, reason="other", text=""), "text_missing"),
        (explained, lambda s: s.explain(OF_UNIT, by=HEAD, capacity="supervisor"), "no_holder"),
        (explained, lambda s: s.explain(TUAN_1, by=LEADER, capacity="leader"), "capacity"),
        (explained, lambda s: s.decide((LONG_1,)), "not_explained"),
        (explained, lambda s: s.decide((), ()), "no_cases"),
        (explained, lambda s: s.decide((TUAN_1,), (TUAN_1,)), "case_twice"),
        (explained, lambda s: s.decide((TUAN_1,), reason="workload"), "reason_relieves_nobody"),
        (explained, lambda s: s.decide((TUAN_1,), reason=""), "reason_relieves_nobody"),
        (explained, lambda s: s.decide((), (TUAN_1,), reason=""), "text_missing"),
        (explained, lambda s: s.decide((TUAN_1,), by=TUAN), "own_case"),
        (explained, lambda s: s.submit(), "undecided"),
        (explained, lambda s: s.submit(at=at(9, 17, month=11)), "too_early"),
        (explained, lambda s: s.approve(), "not_submitted"),
        (explained, lambda s: s.send_back(), "not_submitted"),
        (explained, lambda s: s.publish(), "not_approved"),
        (explained, lambda s: s.sign(), "not_published"),
        (submitted, lambda s: s.explain(TUAN_1), "closed"),
        (submitted, lambda s: s.ask(TUAN_1), "closed"),
        (submitted, lambda s: s.decide((TUAN_1,)), "closed"),
        (submitted, lambda s: s.submit(), "closed"),
        (submitted, lambda s: s.approve(core=digest("other")), "hashes"),
        (submitted, lambda s: s.approve(frozen=digest("other")), "hashes"),
        (submitted, lambda s: s.approve(REVIEWER, "reform_office"), "has_reviewed"),
        (submitted, lambda s: s.approve(TUAN, "leader"), "has_explained"),
        (approved, lambda s: s.approve(SECOND, "reform_office"), "closed"),
        (approved, lambda s: s.publish(REVIEWER), "has_reviewed"),
        (approved, lambda s: s.publish(TUAN, "leader"), "has_explained"),
        (approved, lambda s: s.publish(core=digest("other")), "hashes"),
        (approved, lambda s: s.publish(files=()), "no_files"),
        (approved, lambda s: s.publish(files=(PDF, PDF)), "file_twice"),
        (published_story, lambda s: s.publish(), "closed"),
        (published_story, lambda s: s.send_back(), "closed"),
        (published_story, lambda s: s.reply(TUAN_1), "closed"),
        (published_story, lambda s: s.sign(), "file_twice"),
        (published_story, lambda s: s.sign(of="other.pdf"), "unknown_file"),
        (reduced_story, lambda s: s.sign(file=SIGNED_AGAIN), "reduced_already"),
        (published_story, lambda s: s.reduce(cites="1" * 64), "cites"),
        (published_story, lambda s: s.correct(cites="1" * 64), "cites"),
        (published_story, lambda s: s.correct(reason=""), "text_missing"),
        (published_story, lambda s: s.correct(SYSTEM), "capacity"),
        (published_story, lambda s: s.reduce(LEADER, "leader"), "capacity"),
    ],
)  # fmt: skip
def test_what_does_not_count(start: Callable[[], Story], told: Told, code: str) -> None:
    assert refusals(start, told) == code
    assert code in REFUSALS
    assert refusal_words(code) != refusal_words(code, "en")


def test_a_simulation_does_not_wait_for_the_time_to_explain() -> None:
    story = Story()
    story.freeze(simulation=True)
    story.submit(at=story.now)


def test_who_explained_does_not_review_what_others_explained() -> None:
    story = explained()
    story.explain(LONG_1, by=REVIEWER, capacity="supervisor")
    assert barred(story.edition, REVIEWER, "review") == "has_explained"
    with pytest.raises(Refusal, match="has_explained"):
        story.decide((TUAN_1,))
    with pytest.raises(Refusal, match="has_explained"):
        story.ask(TUAN_1)


def test_who_reviewed_does_not_explain() -> None:
    story = explained()
    story.ask(TUAN_1)
    with pytest.raises(Refusal, match="has_reviewed"):
        story.explain(LONG_1, by=REVIEWER, capacity="supervisor")
    with pytest.raises(Refusal, match="has_reviewed"):
        story.reply(LONG_1, by=REVIEWER, capacity="supervisor")


def test_who_sent_the_list_back_does_not_review_it_then() -> None:
    story = submitted()
    story.send_back(SECOND, capacity="reform_office")
    with pytest.raises(Refusal, match="has_approved"):
        story.decide((TUAN_1,), by=SECOND)
    story.decide((TUAN_2,))
    story.submit()
    story.approve(SECOND, "reform_office")


def test_a_superior_approves_unless_the_superior_explained() -> None:
    def told(by_superior: bool) -> Story:
        story = Story()
        story.freeze()
        who = (LEADER, "supervisor") if by_superior else (TUAN, "officer")
        story.explain(TUAN_1, by=who[0], capacity=who[1])
        story.decide((TUAN_1,))
        story.submit()
        return story

    told(by_superior=False).approve()
    with pytest.raises(Refusal, match="has_explained"):
        told(by_superior=True).approve()


def test_a_list_that_was_approved_can_still_be_sent_back_before_it_is_published() -> None:
    story = approved()
    story.send_back(SECOND, capacity="reform_office")
    assert story.edition.approved is None
    with pytest.raises(Refusal, match="not_approved"):
        story.publish(LEADER, "leader")


def test_a_case_has_five_files_at_most_whoever_sends_them() -> None:
    files = tuple(Attachment(sha256=digest(f"{n}"), media="image/png", size=1) for n in range(6))
    story = Story()
    story.freeze()
    story.explain(TUAN_1, files=files[:4])
    story.explain(TUAN_1, files=files[1:5])
    assert story.edition.case(TUAN_1).files == files[:5]
    with pytest.raises(Refusal, match="too_many_files"):
        story.reply(TUAN_1, files=files[5:])


def test_the_api_hears_before_it_writes_what_the_fold_would_say() -> None:
    story = submitted()
    shown = {"frozen": digest("frozen core"), "core": digest("core")}
    barred_one = story.record(Approved, REVIEWER, "reform_office", **shown)
    refused = why_not(story.state, barred_one)
    assert refused is not None
    assert (refused.code, refused.kind) == ("has_reviewed", "forbidden")
    assert why_not(story.state, story.record(Approved, LEADER, "leader", **shown)) is None


def test_a_record_that_the_topic_cannot_hold_is_not_made() -> None:
    story = explained()
    with pytest.raises(ValueError, match="cases"):
        story.record(
            Explained, HEAD, "supervisor", reason="leave",
            cases=tuple(Case(f"H99-{n}", BUILDING, LONG) for n in range(501)),
        )  # fmt: skip
