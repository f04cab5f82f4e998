"""The owners of dossiers that have left the stream, in about 13 bytes for each of them.

Their number only grows, so there is no text in memory: two sorted arrays, of 8-byte hashes of ids
and of numbers of owners. New ones wait in a dict, and are merged into the arrays many at a time.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from hashlib import blake2b

from dossiers.wire.records import Owned

# So many wait before a merge: more if there are many, so that each costs little, but never so
# many that a tick would have to wait for it.
_LEAST_WAITING, _MOST_WAITING = 4_096, 65_536
_WAITING_SHARE = 16


class DepartedOwners:
    """By dossier id. ``timeline``: keys the hashes, so that no sender can make ids that collide."""

    def __init__(self, timeline: str) -> None:
        self._key = timeline.encode()[:64]
        self._hashes = array("Q")
        self._numbers = array("I")
        self._waiting: dict[int, int] = {}
        self._owned: list[Owned | None] = [None]  # number 0: it has no owner
        self._number_of: dict[Owned | None, int] = {None: 0}

    def __len__(self) -> int:
        """Dossiers remembered; those that wait and were there before count twice."""
        return len(self._hashes) + len(self._waiting)

    @property
    def nbytes(self) -> int:
        """Size of the arrays in bytes."""
        return sum(each.itemsize * len(each) for each in (self._hashes, self._numbers))

    def get(self, dossier_id: str) -> Owned | None:
        """The owners when it left; None if it has not left, or had no owner."""
        hash_ = self._hash(dossier_id)
        number = self._waiting.get(hash_)
        if number is None:
            place = bisect_left(self._hashes, hash_)
            found = place < len(self._hashes) and self._hashes[place] == hash_
            number = self._numbers[place] if found else 0
        return self._owned[number]

    def put(self, dossier_id: str, owned: Owned | None) -> None:
        """Remember the owners of a dossier that leaves; None forgets it."""
        if owned is None and self.get(dossier_id) is None:
            return
        number = self._number_of.setdefault(owned, len(self._owned))
        if number == len(self._owned):
            self._owned.append(owned)
        self._waiting[self._hash(dossier_id)] = number
        if len(self._waiting) > self._most_waiting:
            self._merge()

    @property
    def _most_waiting(self) -> int:
        return min(_MOST_WAITING, max(_LEAST_WAITING, len(self._hashes) // _WAITING_SHARE))

    def _hash(self, dossier_id: str) -> int:
        digest = blake2b(dossier_id.encode(), digest_size=8, key=self._key).digest()
        return int.from_bytes(digest, "big")

    def _merge(self) -> None:
        """Slices of the old arrays between what is new: copied at the speed of memory."""
        hashes, numbers = array("Q"), array("I")
        since = 0
        for hash_ in sorted(self._waiting):
            place = bisect_left(self._hashes, hash_, since)
            hashes.extend(self._hashes[since:place])
            numbers.extend(self._numbers[since:place])
            hashes.append(hash_)
            numbers.append(self._waiting[hash_])
            again = place < len(self._hashes) and self._hashes[place] == hash_
            since = place + again
        hashes.extend(self._hashes[since:])
        numbers.extend(self._numbers[since:])
        self._hashes, self._numbers = hashes, numbers
        self._waiting.clear()
