"""The chain of the late lists, walked again: which records of topic publications count, and what
became of each list by them.

Hashes, chain, stages and who may do what are told here anew, from docs/late-list.md; the shapes of
the records are the only thing that is shared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from dossiers.wire.publications import (
    AnyPublication,
    ListSubmitted,
    Published,
    Reduced,
    read_publication,
)
from oracle.list_editions import RecountedEdition, take
from oracle.list_rules import broken_rule
from oracle.listed import canonical

_DIGEST = 64  # characters
_MOST_BYTES = 900_000  # of a record; no writer of ours makes a longer one
_YEAR = 12  # months


@dataclass(frozen=True)
class ToldRecord:
    """One that counts. ``offset``: in the topic; ``sha256``: of its bytes."""

    offset: int
    sha256: str
    record: AnyPublication


@dataclass(frozen=True)
class VoidRecord:
    """One that means nothing. ``beaten``: another was first, as happens when two people act at
    once; everything else is no business of a writer of ours. ``why``: a sentence."""

    offset: int
    why: str
    beaten: bool


@dataclass
class Chain:
    """``lists``: the editions of each list, by its id, the first first."""

    counting: list[ToldRecord] = field(default_factory=list)
    void: list[VoidRecord] = field(default_factory=list)
    lists: dict[str, list[RecountedEdition]] = field(default_factory=dict)

    @property
    def broken(self) -> list[VoidRecord]:
        """Void records that no race explains: something was removed, changed, moved or put in."""
        return [each for each in self.void if not each.beaten]


def walk_chain(messages: Iterable[tuple[int, bytes]]) -> Chain:
    """From the records (offset, value) of the topic, in its order."""
    walk = _Walk(list(messages))
    for place in range(len(walk.messages)):
        walk.step(place)
    return walk.chain


class _Walk:
    def __init__(self, messages: list[tuple[int, bytes]]) -> None:
        self.messages = messages
        self.chain = Chain()
        self._hashes = [hashlib.sha256(value).hexdigest() for _, value in messages]
        self._counted: dict[str, int] = {"": 0}  # hash -> number
        self._requests: set[tuple[str, str]] = set()
        self._head, self._number = "", 0

    def step(self, place: int) -> None:
        offset, value = self.messages[place]
        if len(value) > _MOST_BYTES:
            self._refuse(offset, f"it has {len(value)} bytes, more than any record has")
            return
        try:
            record = read_publication(value)
        except msgspec.DecodeError as error:
            self._refuse(offset, f"it cannot be read: {error}")
            return
        mine = self._hashes[place]
        if canonical(msgspec.to_builtins(record)) != value:  # also one with more or fewer fields
            self._refuse(offset, f"record {record.number} is not written in canonical form")
            return
        if record.before != self._head or record.number != self._number + 1:
            self._misplaced(place, record)
            return
        editions = self.chain.lists.setdefault(record.list, [])
        twice = "its request was recorded before"
        why = twice if (record.by, record.request) in self._requests else ""
        if why := why or broken_rule(editions, record):
            self._refuse(offset, f"record {record.number} breaks a rule: {why}")
            return
        take(editions, record, mine)
        self._requests.add((record.by, record.request))
        self._head, self._number = mine, record.number
        self._counted[mine] = record.number
        self.chain.counting.append(ToldRecord(offset, mine, record))

    def _misplaced(self, place: int, record: AnyPublication) -> None:
        offset, _ = self.messages[place]
        what = f"record {record.number} ({_kind(record)})"
        known = self._counted.get(record.before)
        if self._hashes[place] in self._counted:
            self._refuse(offset, f"{what} stands there twice", beaten=True)
        elif known is not None and record.number == known + 1:
            self._refuse(offset, f"{what} came second", beaten=True)
        elif known is not None:
            self._refuse(offset, f"{what} is no successor of record {known}, which it names")
        else:
            self._refuse(offset, self._lost(what, record, place))

    def _lost(self, what: str, record: AnyPublication, place: int) -> str:
        """Why its predecessor is none that counts."""
        if record.before not in self._hashes:
            return (
                f"the predecessor of {what} is not there: record {record.number - 1} was removed "
                "or changed"
            )
        other = self._hashes.index(record.before)
        there = self.messages[other][0]
        if other > place:
            return f"{what} stands before its predecessor, which is at offset {there}: moved"
        return f"{what} follows the one at offset {there}, which does not count"

    def _refuse(self, offset: int, why: str, *, beaten: bool = False) -> None:
        self.chain.void.append(VoidRecord(offset, f"offset {offset}: {why}", beaten))


def files_named(record: AnyPublication) -> Mapping[str, str]:
    """Every file that a record names, by its SHA-256, and what it is."""
    found: dict[str, str] = {}
    for name in ("core", "rows", "sheet", "secret", "envelope", "text", "reason"):
        digest = getattr(record, name, "")
        if len(digest) == _DIGEST:  # the reason of an explanation is a code
            found[digest] = name
    files = record.files if isinstance(record, Published | Reduced) else ()
    found |= {each.sha256: each.name for each in files}
    attached = () if isinstance(record, Published | Reduced) else getattr(record, "files", ())
    found |= {each.sha256: "attachment" for each in attached}
    if signed := getattr(record, "file", None):
        found[signed.sha256] = signed.name
    return found


def erased_by(chain: Chain) -> set[str]:
    """Files of which the chain says that they were erased."""
    return {
        digest
        for told in chain.counting
        if isinstance(told.record, Reduced)
        for digest in told.record.erased
    }


def listed_before(chain: Chain, edition: RecountedEdition) -> dict[tuple[str, str], ListSubmitted]:
    """By month and scope: the lists of up to a year before that were published when ``edition`` was
    frozen, of its scope or of the whole, each in its newest edition then."""
    frozen, found = edition.frozen, dict[tuple[str, str], ListSubmitted]()
    month, _, scope = frozen.list.partition("~")
    for id_, editions in chain.lists.items():
        earlier, _, of = id_.partition("~")
        for each in editions if earlier < month and of in ("", scope) else ():
            published = each.published
            if published is not None and published.number < frozen.number and each.submitted:
                found[earlier, of] = each.submitted
    months = sorted({earlier for earlier, _ in found})[-_YEAR:]
    return {place: told for place, told in found.items() if place[0] in months}


def _kind(record: AnyPublication) -> str:
    return str(record.__struct_config__.tag)  # the word that stands in the topic
