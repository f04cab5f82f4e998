"""The dead letters of a former timeline, carried over to the one that was folded from its log.

The worker refuses events of the log anew and says why by today's rules. What it knows nothing of is
carried over: records that never reached Kafka, events that were refused then and are taken now, and
what people decided. Pure: lists in, records to be written out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from dossiers.wire.dead_letters import DROPPED, MARKS, REPLAYED, DeadLetter
from dossiers.wire.topics import DEAD_LETTERS, EVENTS

TAKEN = "taken when the log was folded anew"


class Letter(NamedTuple):
    """One record of topic dead-letters. ``number``: its offset."""

    number: int
    key: bytes
    letter: DeadLetter


New = tuple[bytes, DeadLetter]  # key and value of a record to write


def lacking_letters(timeline: str, letters: Sequence[Letter]) -> list[New]:
    """Those of former timelines among ``letters`` (the whole topic, in its order) that
    ``timeline`` does not tell yet, as its own. May be called again after a part was written."""
    return _without(_carried(timeline, letters), letters)


def lacking_marks(timeline: str, letters: Sequence[Letter]) -> list[New]:
    """What was decided on them, as decisions on the letters of ``timeline``; once none is lacking.
    Of an event that is taken now the letter is settled by that."""
    former = [each for each in letters if each.letter.timeline != timeline]
    ours = [each for each in letters if each.letter.timeline == timeline]
    refused = _places(ours)
    numbers = _numbers(ours)
    marks = _marks(former)
    wanted = []
    for each in former:
        letter = each.letter
        if letter.reason in MARKS:
            continue
        here = refused.get(_place(letter)) if _has_place(letter) else None
        same = numbers[_carry(timeline, letter)]
        number = here if here is not None else same.pop(0) if same else None
        if number is None:
            continue
        replayed = marks.get(_place(letter)) if _has_place(letter) else None
        dropped = marks.get((DEAD_LETTERS, 0, each.number))
        if replayed is not None and here is not None:
            mark = msgspec.structs.replace(replayed, timeline=timeline)
        elif dropped is not None or replayed is not None or (_has_place(letter) and here is None):
            decided = dropped or replayed
            mark = msgspec.structs.replace(
                letter,
                timeline=timeline,
                reason=DROPPED,
                detail=TAKEN if decided is None else decided.detail,
                source="refold" if decided is None else decided.source,
                topic=DEAD_LETTERS,
                partition=0,
                offset=number,
                detected_at=letter.detected_at if decided is None else decided.detected_at,
                payload="",
            )
        else:
            continue
        wanted.append((each.key, mark))
    return _without(wanted, letters)


def first_of(timeline: str, letters: Iterable[Letter], end: int) -> int:
    """Where the topic begins to be that of ``timeline``; ``end`` if it holds none of it."""
    return min((each.number for each in letters if each.letter.timeline == timeline), default=end)


def _carried(timeline: str, letters: Sequence[Letter]) -> list[New]:
    refused = _places([each for each in letters if each.letter.timeline == timeline])
    return [
        (each.key, _carry(timeline, each.letter))
        for each in letters
        if each.letter.timeline != timeline
        and each.letter.reason not in MARKS
        and not (_has_place(each.letter) and _place(each.letter) in refused)
    ]


def _carry(timeline: str, letter: DeadLetter) -> DeadLetter:
    """As one of ``timeline``; an event that is no dead letter there gives up its place, for all
    that stands at the place of a dead letter counts as refused."""
    if _has_place(letter):
        return msgspec.structs.replace(letter, timeline=timeline, partition=-1, offset=-1)
    return msgspec.structs.replace(letter, timeline=timeline)


def _has_place(letter: DeadLetter) -> bool:
    return letter.topic == EVENTS and letter.offset >= 0


def _place(letter: DeadLetter) -> tuple[str, int, int]:
    return letter.topic, letter.partition, letter.offset


def _places(letters: Iterable[Letter]) -> dict[tuple[str, int, int], int]:
    found: dict[tuple[str, int, int], int] = {}
    for each in letters:
        if each.letter.reason not in MARKS and _has_place(each.letter):
            found.setdefault(_place(each.letter), each.number)
    return found


def _numbers(letters: Iterable[Letter]) -> dict[DeadLetter, list[int]]:
    found: dict[DeadLetter, list[int]] = defaultdict(list)
    for each in letters:
        if each.letter.reason not in MARKS:
            found[each.letter].append(each.number)
    return found


def _marks(letters: Iterable[Letter]) -> dict[tuple[str, int, int], DeadLetter]:
    found: dict[tuple[str, int, int], DeadLetter] = {}
    for each in letters:
        if each.letter.reason in (REPLAYED, DROPPED):
            found.setdefault(_place(each.letter), each.letter)
    return found


def _without(wanted: list[New], letters: Iterable[Letter]) -> list[New]:
    """``wanted`` less what stands in the topic already, by number of equal ones."""
    there = Counter((each.key, each.letter) for each in letters)
    found = []
    for new in wanted:
        if there[new] > 0:
            there[new] -= 1
        else:
            found.append(new)
    return found
