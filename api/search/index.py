"""Finds entries by id or name, whatever the diacritics, and with a few wrong letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

from api.search.plain import plain
from dossiers.text.identity import folded

Kind = Literal["unit", "officer", "procedure"]

LONGEST = 60  # characters of a query that are compared: no name has more that tell it apart
SHORTEST = 4  # letters from which on likeness means something
ALIKE = 80.0  # of 100: two wrong letters in a name of three words, none in a short word
_EXACT, _WHOLE_WORDS, _BEGINS, _WORDS = 4, 3, 2, 1


@dataclass(frozen=True)
class Searchable:
    """Something that can be found. ``name``: as it appears to who searches, so that nobody finds by
    a name what they may not read. ``unit``: of an officer."""

    kind: Kind
    id: str
    name: str
    unit: str = ""


@dataclass(frozen=True)
class Hit:
    """``alike``: found only by likeness, 80 to 100; None: by what was typed."""

    entry: Searchable
    alike: float | None


class NameIndex:
    """The entries that one reach may see, prepared for searching."""

    def __init__(self, entries: Iterable[Searchable]) -> None:
        self._entries = list(entries)
        self._names = [plain(entry.name) for entry in self._entries]
        self._ids = [plain(entry.id) for entry in self._entries]

    def find(self, query: str, most: int) -> list[Hit]:
        """At most ``most`` of a kind, the best first: the very id or name, then what begins so,
        then what has all words (or beginnings of words) typed. Only if there is nothing of this:
        what is alike."""
        wanted = plain(query[:LONGEST])
        if not wanted:
            return []
        return self._typed(wanted, query[:LONGEST], most) or self._like(wanted, most)

    def _typed(self, wanted: str, query: str, most: int) -> list[Hit]:
        words, exact = wanted.split(), folded(query)
        scores = (
            (_score(wanted, words, name, id_), at)
            for at, (name, id_) in enumerate(zip(self._names, self._ids, strict=True))
        )
        found = sorted((pair for pair in scores if pair[0]), key=lambda p: self._rank(p, exact))
        return _of_each_kind((Hit(self._entries[at], None) for _, at in found), most)

    def _rank(self, pair: tuple[int, int], exact: str) -> tuple[int, bool, int, str]:
        """With the very diacritics typed before those without, shorter names before longer ones."""
        score, at = pair
        entry = self._entries[at]
        return -score, exact not in folded(entry.name), len(entry.name), entry.id

    def _like(self, wanted: str, most: int) -> list[Hit]:
        """Names with a part that is nearly what was typed; not those too short to hold it."""
        if len(wanted) < SHORTEST:
            return []
        least = len(wanted) - 2
        names = {at: name for at, name in enumerate(self._names) if len(name) >= least}
        found = process.extract(
            wanted, names, scorer=fuzz.partial_ratio, score_cutoff=ALIKE, limit=10 * most
        )
        return _of_each_kind((Hit(self._entries[at], round(s, 1)) for _, s, at in found), most)


def _of_each_kind(hits: Iterable[Hit], most: int) -> list[Hit]:
    """The first ``most`` of every kind."""
    taken: Counter[Kind] = Counter()
    kept = []
    for hit in hits:
        taken[hit.entry.kind] += 1
        if taken[hit.entry.kind] <= most:
            kept.append(hit)
    return kept


def _score(wanted: str, words: list[str], name: str, id_: str) -> int:
    if wanted in (name, id_):
        return _EXACT
    padded = f" {name} "
    if all(f" {word} " in padded for word in words):
        return _WHOLE_WORDS
    if name.startswith(wanted) or id_.startswith(wanted):
        return _BEGINS
    return _WORDS if all(f" {word}" in padded for word in words) else 0
