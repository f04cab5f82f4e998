"""What was a dead letter stays told when a log is folded anew, decisions and all, and just once."""

from __future__ import annotations

from collections import Counter

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dossiers.wire.dead_letters import DROPPED, MARKS, REPLAYED, DeadLetter
from dossiers.wire.topics import DEAD_LETTERS, EVENTS
from dunghen.refold.letters import (
    TAKEN,
    Letter,
    New,
    first_of,
    lacking_letters,
    lacking_marks,
)

OLD, NEW = "0" * 32, "1" * 32


def letter(reason: str, offset: int, *, topic: str = EVENTS, timeline: str = OLD) -> DeadLetter:
    return DeadLetter(
        timeline=timeline, reason=reason, detail=f"why {reason}", source="s", topic=topic,
        partition=0 if offset >= 0 else -1, offset=offset, detected_at=5, key="d", payload="{}",
    )  # fmt: skip


def mark(reason: str, of: DeadLetter, number: int = 0) -> DeadLetter:
    if reason == REPLAYED:
        return msgspec.structs.replace(of, reason=REPLAYED, detail="sent again")
    return letter(DROPPED, number, topic=DEAD_LETTERS)


class Topic:
    """Topic dead-letters; what is written gets the next number, and some numbers are markers."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.next = 0

    def write(self, *found: DeadLetter | New) -> None:
        for each in found:
            key, value = each if isinstance(each, tuple) else (b"k", each)
            self.letters.append(Letter(self.next, key, value))
            self.next += 1

    def carry(self) -> None:
        self.write(*lacking_letters(NEW, self.letters))
        self.write(*lacking_marks(NEW, self.letters))

    def drop_former(self) -> None:
        first = first_of(NEW, self.letters, self.next)
        self.letters = [each for each in self.letters if each.number >= first]

    def states(self) -> list[tuple[str, int, str]]:
        """Reason, offset and what was decided (None, REPLAYED, or the detail of a drop) of each of
        the new timeline, as ``dead-letters list --all`` tells them."""
        ours = [e for e in self.letters if e.letter.timeline == NEW]
        marks = {(m.topic, m.offset): m for _, _, m in ours if m.reason in MARKS}
        found = []
        for number, _, each in ours:
            if each.reason in MARKS:
                continue
            replayed = each.offset >= 0 and (each.topic, each.offset) in marks
            dropped = marks.get((DEAD_LETTERS, number))
            state = REPLAYED if replayed else dropped.detail if dropped else "open"
            found.append((each.reason, each.offset, state))
        return sorted(found)


def test_each_kind_of_letter_is_told_on_with_what_was_decided() -> None:
    topic = Topic()
    refused, taken, row = letter("malformed", 3), letter("unfoldable", 4), letter("no_unit", -1)
    sent_again, dropped_row = letter("archived", 6), letter("bad_time", -1)
    topic.write(refused, taken, row, sent_again, dropped_row)
    topic.write(mark(DROPPED, refused, 0), mark(REPLAYED, sent_again), mark(DROPPED, row, 4))
    topic.next += 2  # commit markers
    # What the worker refuses now: the first for another reason, one that was taken before.
    topic.write(
        letter("too_large", 3, timeline=NEW),
        letter("archived", 6, timeline=NEW),
        letter("bad_status", 8, timeline=NEW),
    )
    topic.carry()
    assert topic.states() == [
        ("archived", 6, REPLAYED),
        ("bad_status", 8, "open"),
        ("bad_time", -1, "why dropped"),
        ("no_unit", -1, "open"),
        ("too_large", 3, "why dropped"),
        ("unfoldable", -1, TAKEN),
    ]
    before = topic.states()
    topic.drop_former()
    assert topic.states() == before
    assert all(each.letter.timeline == NEW for each in topic.letters)


def test_one_that_was_sent_again_and_is_taken_where_it_came_first_is_settled_as_it_was() -> None:
    topic = Topic()
    topic.write(letter("unfoldable", 4), mark(REPLAYED, letter("unfoldable", 4)))
    topic.carry()
    assert topic.states() == [("unfoldable", -1, "sent again")]


def test_of_a_topic_without_new_letters_all_former_ones_may_go() -> None:
    topic = Topic()
    assert first_of(NEW, topic.letters, 7) == 7
    topic.write(letter("no_unit", -1))
    topic.carry()
    assert first_of(NEW, topic.letters, topic.next) == 1


PLACES = st.integers(-1, 6)


@given(
    st.lists(st.tuples(PLACES, st.sampled_from(["a", "b"])), max_size=8),
    st.sets(st.integers(0, 6)),
    st.lists(st.integers(0, 7), max_size=4),
    st.sets(st.integers(0, 6)),
    st.integers(0, 30),
)
def test_told_once_however_often_it_is_interrupted(
    before: list[tuple[int, str]], refused: set[int], dropped: list[int], again: set[int],
    written: int,
) -> None:  # fmt: skip
    """A dossier's record stands at one place once; rows that never reached Kafka may be alike."""
    topic = Topic()
    placed: set[int] = set()
    for offset, reason in before:
        if offset < 0 or offset not in placed:
            placed.add(offset)
            topic.write(letter(reason, offset))
    kept = [each.letter for each in topic.letters]
    topic.write(*(mark(DROPPED, kept[0], n) for n in dropped if n < len(kept)))
    topic.write(*(mark(REPLAYED, each) for each in kept if each.offset in again))
    topic.write(*(letter("now", offset, timeline=NEW) for offset in sorted(refused)))

    interrupted = Topic()
    interrupted.letters, interrupted.next = list(topic.letters), topic.next
    topic.carry()
    # Cut after so many writes, then once more from the beginning.
    interrupted.write(*lacking_letters(NEW, interrupted.letters)[:written])
    interrupted.carry()
    interrupted.carry()
    assert interrupted.states() == topic.states()

    told = Counter(offset for _, offset, _ in topic.states())
    assert {offset for offset in told if offset >= 0} == refused
    rows = sum(each.offset < 0 or each.offset not in refused for each in kept)
    assert told[-1] == rows
    assert all(told[offset] == 1 for offset in refused)
    states = {offset: state for _, offset, state in topic.states() if offset >= 0}
    for number, each in enumerate(kept):
        if each.offset in refused:
            if each.offset in again:
                assert states[each.offset] == REPLAYED
            else:
                assert (states[each.offset] != "open") == (number in dropped)
