"""The chain of the late lists, walked again: what was done to it is told, and where."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from dossiers.publication.state import Publications, Void
from dossiers.wire.publications import (
    Approved,
    Asked,
    Case,
    Decided,
    Explained,
    Frozen,
    ListSubmitted,
    Published,
    Reduced,
    Replied,
    Returned,
    Signed,
)
from oracle.checks.publications import check_chain, check_files
from oracle.listed import canonical
from oracle.publications import walk_chain
from tests.oracle.chains import CASE, FREEZE, PDF, Chain, encoded, hash_of, published, reduced


class Files:
    """``states``: of those that are not as they were put."""

    def __init__(self, **states: str) -> None:
        self.states = states

    def state(self, digest: str, /) -> str:
        return self.states.get(f"_{digest[0]}", "kept")

    def read(self, digest: str, /) -> bytes | None:
        del digest
        return None


def told(chain: Chain, *, edited: dict[int, bytes | None] | None = None) -> list[str]:
    """What the walk says of a chain of which some records were changed, or removed (None)."""
    edited = edited or {}
    messages = [(o, edited.get(o, v)) for o, v in chain.messages]
    walked = walk_chain([(o, v) for o, v in messages if v is not None])
    return [each.why for each in walked.broken]


def test_a_list_from_freeze_to_reduction_counts_whole() -> None:
    chain = reduced(published())
    walked = walk_chain(chain.messages)
    assert walked.void == []
    (edition,) = walked.lists["2026-10"]
    assert (edition.reduced is not None, list(edition.accepted)) == (True, [CASE])
    check = check_chain(walked, {o: True for o, _ in chain.messages})
    assert (check.compared, check.differences) == (7, 0)


def test_who_came_second_is_no_damage() -> None:
    chain = Chain()
    chain.freeze()
    second = chain.made(Explained, "cb-2", "officer", cases=(Case("H-2", "u1", "cb-2"),),
                        reason="leave")  # fmt: skip
    chain.add(Explained, "cb-1", "officer", cases=(CASE,), reason="leave")
    chain.put(second, counts=False)
    chain.put(second, counts=False)
    walked = walk_chain(chain.messages)
    assert [(each.offset, each.beaten) for each in walked.void] == [(2, True), (3, True)]
    check = check_chain(walked, {0: True, 1: True, 2: False, 3: False})
    assert (check.differences, check.left_out) == (0, ["2 void records of people who came second"])
    check = check_chain(walked, {0: True, 1: True, 2: True, 3: False})
    assert check.examples == ["offset 2 counts: True, recounted False"]


@pytest.mark.parametrize("change", [{"more": 1}, {"files": None}], ids=["more", "fewer"])
def test_a_record_with_other_fields_than_it_has_does_not_count(change: dict[str, Any]) -> None:
    chain = Chain()
    chain.freeze()
    record = chain.made(Explained, "cb-1", "officer", cases=(CASE,), reason="leave")
    fields = {**json.loads(encoded(record)), **change}
    value = canonical({name: field for name, field in fields.items() if field is not None})
    chain.messages.append((1, value))
    fold = Publications()
    assert [isinstance(fold.take(each), Void) for _, each in chain.messages] == [False, True]
    assert [each.offset for each in walk_chain(chain.messages).void] == [1]


def test_a_list_that_is_submitted_while_people_may_explain_does_not_count() -> None:
    chain = Chain()
    chain.freeze(simulation=False)
    named = {"core": "5" * 64, "rows": "6" * 64, "sheet": "7" * 64}
    early = chain.made(ListSubmitted, "reviewer", "reform_office", at=3, **named)
    chain.put(early, counts=False)
    chain.add(ListSubmitted, "reviewer", "reform_office", at=4, **named)
    walked = walk_chain(chain.messages)
    assert [(each.offset, each.why) for each in walked.void] == [
        (1, "offset 1: record 2 breaks a rule: there is still time to explain")
    ]


@pytest.mark.parametrize("place", range(5))
def test_a_record_that_was_removed_is_told(place: int) -> None:
    first = told(published(), edited={place: None})[0]
    assert first == (
        f"offset {place + 1}: the predecessor of record {place + 2} ({_KINDS[place + 1]}) is not "
        f"there: record {place + 1} was removed or changed"
    )


_KINDS = ("frozen", "explained", "decided", "submitted", "approved", "published")


def test_any_byte_of_any_record_but_the_last_is_noticed() -> None:
    chain, chance = published(), random.Random(3)
    for place, value in chain.messages[:-1]:
        for _ in range(20):
            at = chance.randrange(len(value))
            changed = value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
            said = told(chain, edited={place: changed})
            assert any(f"record {place + 1}" in each or f"offset {place}:" in each for each in said)


def test_two_records_that_were_swapped_are_told() -> None:
    chain = published()
    second, third = chain.messages[1][1], chain.messages[2][1]
    said = told(chain, edited={1: third, 2: second})
    assert said[0] == (
        "offset 1: record 3 (decided) stands before its predecessor, which is at offset 2: moved"
    )
    assert said[1] == (
        "offset 3: record 4 (submitted) follows the one at offset 1, which does not count"
    )


def test_a_record_that_was_put_in_between_is_told() -> None:
    """It is what its place asks for, so it counts; those behind it have another predecessor."""
    chain, messages = published(), list[bytes]()
    for number, (_, value) in enumerate(chain.messages):
        if number == 2:
            forged = Chain()
            forged.head, forged.number = hash_of(messages[-1]), 2
            reply = forged.made(Replied, "cb-1", "officer", cases=(CASE,), text="d" * 64)
            messages.append(encoded(reply))  # fmt: skip
        messages.append(value)
    walked = walk_chain(list(enumerate(messages)))
    assert [each.offset for each in walked.broken] == [4, 5, 6]
    assert "follows the one at offset 3, which does not count" in walked.broken[0].why
    walked = walk_chain([*chain.messages, (6, b"{}")])
    assert [each.offset for each in walked.broken] == [6]


def test_nobody_does_two_of_explaining_reviewing_and_approving() -> None:
    def refused(*steps: tuple[type, str, str, Any]) -> str:
        chain = Chain()
        chain.freeze()
        for kind, by, capacity, more in steps:
            chain.add(kind, by, capacity, **more)
        (void,) = walk_chain(chain.messages).void
        return void.why

    explained = (Explained, "a", "supervisor", {"cases": (CASE,), "reason": "leave"})
    decided = {"accepted": (CASE,), "rejected": (), "reason": "leave"}
    assert "who explained has no" in refused(explained, (Decided, "a", "reform_office", decided))
    assert "supervisor has no part" in refused(explained, (Decided, "b", "supervisor", decided))
    other = {"cases": (Case("H-1", "u1", "cb-9"),), "reason": "leave"}
    assert "own cases" in refused((Explained, "cb-1", "officer", other))
    assert "explained is reviewed" in refused((Decided, "b", "reform_office", decided))
    hashes = {"frozen": "1" * 64, "core": "5" * 64}
    assert "not closed" in refused(explained, (Approved, "c", "leader", hashes))


def test_the_same_month_is_frozen_once_and_a_correction_cites() -> None:
    chain = published()
    chain.put(chain.made(Frozen, "x", "reform_office", **FREEZE), counts=False)
    more = FREEZE | {"edition": 2, "reason": "b" * 64}
    other = chain.made(Frozen, "x", "reform_office", **more, cites="e" * 64)
    chain.put(other, counts=False)
    good = chain.made(Frozen, "x", "reform_office", **more, cites=chain.head)
    chain.put(good)
    walked = walk_chain(chain.messages)
    assert [each.offset for each in walked.void] == [6, 7]
    assert [bool(e.published) for e in walked.lists["2026-10"]] == [True, False]
    assert list(walked.lists["2026-10"][1].accepted) == [CASE], "what was decided stays so"


def test_a_file_that_is_away_or_came_back_is_told() -> None:
    whole = walk_chain(published().messages)
    assert check_files(whole, Files(), folder_there=True).differences == 0
    check = check_files(whole, Files(_2="missing", _8="damaged", _c="erased"), folder_there=True)
    assert [each.partition(",")[0] for each in check.examples] == [
        "rows of record 1 (2026-10)", "envelope of record 6 (2026-10)",
        "a.pdf of record 6 (2026-10)",
    ]  # fmt: skip
    check = check_files(walk_chain(reduced(published()).messages),
                        Files(_2="erased", _3="erased"), folder_there=True)  # fmt: skip
    assert len(check.examples) == 1, check.examples
    assert "was to be erased and is there" in check.examples[0]
    assert check_files(whole, Files(), folder_there=False).left_out


def test_what_people_wrote_may_be_erased_before() -> None:
    chain = published()
    more = FREEZE | {"edition": 2, "reason": "b" * 64}
    chain.put(chain.made(Frozen, "x", "reform_office", **more, cites=chain.head))
    walked = walk_chain(chain.messages)
    for state, differences in (("erased", 0), ("missing", 1)):
        check = check_files(walked, Files(_b=state), folder_there=True)
        assert check.differences == differences


PEOPLE = {"cb-1": "officer", "boss": "supervisor", "r": "reform_office", "s": "reform_office",
          "l": "leader", "system": "system"}  # fmt: skip
CASES = (CASE, Case("H-2", "u1", "cb-1"), Case("H-2", "u1", ""))
STEPS = (Frozen, Explained, Asked, Replied, Decided, ListSubmitted, Returned, Approved, Published,
         Signed, Reduced)  # fmt: skip


def fields(kind: type, chance: random.Random, chain: Chain, published: str) -> dict[str, Any]:
    """What a record of this kind may say: mostly something that fits."""
    some = tuple(chance.sample(CASES, chance.choice([1, 1, 2])))
    hashes = {"core": "5" * 64, "rows": "6" * 64, "sheet": "7" * 64}
    accepted, rejected = chance.choice([(some, ()), ((), some), (some[:1], some[1:])])
    reason = chance.choice(["leave", "system_down", "workload", "", "other"])
    by_kind: dict[type, dict[str, Any]] = {
        Frozen: FREEZE | {"edition": chance.choice([1, 2, 3]), "cites": published,
                          "reason": "b" * 64},
        Explained: {"cases": some, "reason": reason, "text": chance.choice(["", "d" * 64])},
        Asked: {"cases": some, "text": "d" * 64},
        Replied: {"cases": some, "text": "d" * 64},
        Decided: {"accepted": accepted, "rejected": rejected, "reason": reason},
        ListSubmitted: hashes,
        Returned: {"text": "d" * 64},
        Approved: {"frozen": "1" * 64, "core": chance.choice(["5" * 64, "5" * 64, "6" * 64])},
        Published: {"core": "5" * 64, "envelope": "8" * 64, "document_no": "1",
                    "dated": "2026-11-05", "files": chance.choice([(PDF,), (PDF,), (PDF, PDF)])},
        Signed: {"file": PDF, "of": chance.choice(["a.pdf", "b.pdf"]), "certificate": "9" * 64,
                 "trusted": True},
        Reduced: {"cites": published, "core": "9" * 64, "rows": "a" * 64, "files": (),
                  "erased": ()},
    }  # fmt: skip
    found = by_kind[kind]
    if kind is Frozen and found["edition"] == 1:
        found["cites"] = chance.choice(["", published])
    return {"edition": chance.choice([1, 1, 2]), **found}


def test_the_product_and_the_recount_let_the_same_records_count() -> None:
    """Rules are told twice: here by whoever, whatever and in any order."""
    seen = [kind for seed in range(12) for kind in counted_alike(random.Random(seed))]
    assert set(seen) == set(STEPS), "the test must come to every step"


def counted_alike(chance: random.Random) -> list[type]:
    """What counts of a chain of 400 records by chance, told by both."""
    chain, fold, published = Chain(), Publications(), ""
    counted = {}
    for number in range(400):
        kind = chance.choice(STEPS if number else (Frozen,))
        by = chance.choice(list(PEOPLE))
        capacity = chance.choice([PEOPLE[by]] * 9 + ["leader"])
        more = fields(kind, chance, chain, published) | {
            "at": chance.choice([1, 4]), "request": f"r{number - (chance.random() < 0.02)}",
        }  # fmt: skip
        record = chain.made(kind, by, capacity, **more)
        counted[number] = not isinstance(fold.take(encoded(record)), Void)
        hash_ = chain.put(record, counts=counted[number])
        if counted[number] and kind is Published:
            published = hash_
    walked = walk_chain(chain.messages)
    assert check_chain(walked, counted).examples == [each.why for each in walked.broken][:20]
    for list_, editions in walked.lists.items():
        mine = [(e.published, e.submitted, set(e.accepted)) for e in editions]
        assert mine == [
            (e.published and e.published.record, e.submitted and e.submitted.record,
             {c.case for c in e.cases.values() if c.decision and c.decision.accepted})
            for e in fold.lists[list_].editions
        ]  # fmt: skip
    return [type(told.record) for told in walked.counting]
