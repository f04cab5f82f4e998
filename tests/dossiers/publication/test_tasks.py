"""Who has something to do, and until when."""

from __future__ import annotations

from dossiers.publication.editions import Edition
from dossiers.publication.tasks import Charged, ListTask, Worker, tasks_of
from dossiers.wire.publications import Case
from tests.dossiers.publication.made_lists import BUILDING, LIST, LONG, TUAN, at
from tests.dossiers.publication.made_records import (
    HEAD,
    LEADER,
    LONG_1,
    OF_UNIT,
    REVIEWER,
    SECOND,
    TUAN_1,
    TUAN_2,
    Story,
    published_story,
)

EXPLAIN, REVIEW, PUBLISH = at(9, 17, month=11), at(11, 17, month=11), at(16, 17, month=11)
CHARGED = {
    TUAN: (TUAN_1, TUAN_2),
    LONG: (LONG_1,),
    HEAD: (TUAN_1, TUAN_2, LONG_1, OF_UNIT, Case("H99-1001", BUILDING)),
}
PEOPLE = (
    Worker(TUAN, frozenset({"officer"})),
    Worker(HEAD, frozenset({"supervisor"})),
    Worker(REVIEWER, frozenset({"reform_office"})),
    Worker(SECOND, frozenset({"reform_office"})),
    Worker(LEADER, frozenset({"leader"})),
)


def charged_to(who: Worker) -> Charged:
    cases = CHARGED.get(who.person, ())
    return lambda _: cases


def tasks(story: Story, now: int | None = None) -> dict[str, list[tuple[str, int, int]]]:
    """(kind, count, until) by person."""
    moment = story.now if now is None else now
    found = {who.person: tasks_of(story.state, who, moment, charged_to(who)) for who in PEOPLE}
    return {
        person: [(one.kind, one.count, one.until) for one in each]
        for person, each in found.items()
        if each
    }


def test_those_who_are_charged_explain_first() -> None:
    story = Story()
    story.freeze()
    assert tasks(story) == {TUAN: [("explain", 2, EXPLAIN)], HEAD: [("explain", 3, EXPLAIN)]}
    story.explain(TUAN_1)
    assert tasks(story) == {
        TUAN: [("explain", 1, EXPLAIN)],
        HEAD: [("explain", 2, EXPLAIN)],
        REVIEWER: [("decide", 1, REVIEW)],
        SECOND: [("decide", 1, REVIEW)],
    }


def test_after_the_time_to_explain_the_list_is_submitted() -> None:
    story = Story()
    story.freeze()
    assert tasks(story, EXPLAIN + 1) == {
        REVIEWER: [("submit", 1, REVIEW)], SECOND: [("submit", 1, REVIEW)]
    }  # fmt: skip


def test_what_is_asked_back_is_answered_by_who_is_charged_or_their_head() -> None:
    story = Story()
    story.freeze()
    story.explain(TUAN_1, TUAN_2)
    story.ask(TUAN_2)
    found = tasks(story)
    assert found[TUAN] == [("answer", 1, REVIEW)]
    assert ("answer", 1, REVIEW) in found[HEAD]
    story.reply(TUAN_2)
    assert TUAN not in tasks(story)


def test_approving_waits_for_those_who_may() -> None:
    story = Story()
    story.freeze()
    story.explain(TUAN_1)
    story.decide((TUAN_1,))
    story.submit()
    waiting = [("approve", 1, PUBLISH)]
    assert tasks(story) == {SECOND: waiting, LEADER: waiting}  # REVIEWER has reviewed
    story.approve()
    waiting = [("publish", 1, PUBLISH)]
    assert tasks(story) == {SECOND: waiting, LEADER: waiting}
    story.publish()
    assert tasks(story) == {}


def test_nobody_is_asked_to_decide_what_is_charged_to_oneself() -> None:
    story = Story()
    story.freeze()
    story.explain(LONG_1, by=HEAD, capacity="supervisor")
    reviewer = PEOPLE[2]._replace(person=LONG)
    assert tasks_of(story.state, reviewer, story.now, lambda _: ()) == ()


def test_a_step_that_is_overdue_stays_and_says_so() -> None:
    story = Story()
    story.freeze()
    story.explain(TUAN_1)
    late = tasks_of(story.state, PEOPLE[2], REVIEW + 1, lambda _: ())
    assert late == (ListTask("decide", LIST, 1, 1, REVIEW, overdue=True),)


def test_names_that_have_had_their_time_are_to_be_taken_off() -> None:
    story = published_story()

    def until(_: Edition) -> int:
        return at(31, month=12)

    def kinds() -> list[str]:
        return [
            one.kind
            for one in tasks_of(story.state, PEOPLE[2], at(31, month=12) + 1, lambda _: (), until)
        ]

    assert kinds() == ["reduce"]
    story.reduce()
    assert kinds() == []
