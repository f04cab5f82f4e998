"""How many records of one dossier are taken in an hour: a flood of one ends at the entrance.

Exact until ``most`` dossiers were sent within the hour. Beyond that whoever sent most gives up the
dossiers of which it sent fewest, and each new one of its own starts with as many as those had
("space saving", Metwally et al. 2005): no dossier is ever counted too low, so a sender of many
invented dossiers hides no flood of one, and makes nothing grow. Other senders notice nothing.
"""

from __future__ import annotations

from collections.abc import Hashable

HOUR = 3_600_000  # ms
MOST = 200_000  # dossiers counted at a time; some 50 MB
_SWEEP = 60_000  # ms between two looks for what is over


class _Owner:
    """Dossiers of one sender: (count, since) by their hash; and by count, to find the smallest."""

    def __init__(self) -> None:
        self.entries: dict[int, tuple[int, int]] = {}
        self.levels: dict[int, dict[int, None]] = {}
        self.floor = (0, 0)  # what was given up had at most so many, and when that was

    def put(self, key: int, count: int, since: int) -> None:
        self.drop(key)
        self.entries[key] = (count, since)
        self.levels.setdefault(count, {})[key] = None

    def drop(self, key: int) -> None:
        count, _ = self.entries.pop(key, (0, 0))
        level = self.levels.get(count)
        if level is not None:
            level.pop(key, None)
            if not level:
                del self.levels[count]

    def give_up(self, now: int) -> None:
        """The longest known of those with the smallest count."""
        least = min(self.levels)
        self.drop(next(iter(self.levels[least])))
        self.floor = (max(least, self.start(now)), now)

    def start(self, now: int) -> int:
        """What a dossier that is not known may have had."""
        count, at = self.floor
        return count if now - at < HOUR else 0

    def sweep(self, now: int) -> None:
        for key in [key for key, (_, since) in self.entries.items() if now - since >= HOUR]:
            self.drop(key)


class Hourly:
    """``limit``: records of a dossier in an hour. ``most``: dossiers that are counted exactly.
    Times in ms of one clock, which may be set back. Not for several threads."""

    def __init__(self, limit: int, most: int = MOST) -> None:
        self.limit = limit
        self._most = most
        self._owners: dict[str, _Owner] = {}
        self._held = 0
        self._swept = 0

    def __len__(self) -> int:
        return self._held

    def take(self, owner: str, dossier: Hashable, now: int) -> int:
        """0 and the record counts, or the ms after which it may be sent again. ``owner``: for whom
        it is counted; there are as many as operators made keys and units for them."""
        mine = self._owners.setdefault(owner, _Owner())
        key = hash(dossier)  # 64 bits with a secret of this process: nobody finds two alike
        known = mine.entries.get(key)
        if known is None:
            if self._held >= self._most:
                self._make_room(now)
                self._owners[owner] = mine
            count, since = mine.start(now), now
            self._held += 1
        else:
            count, since = known[0], min(known[1], now)
            if now - since >= HOUR:
                count, since = 0, now
        taken = count < self.limit
        mine.put(key, count + taken, since)
        return 0 if taken else since + HOUR - now

    def give_back(self, owner: str, dossier: Hashable) -> None:
        """It was counted, and then not kept."""
        mine = self._owners.get(owner)
        key = hash(dossier)
        if mine is not None and key in mine.entries:
            count, since = mine.entries[key]
            mine.put(key, max(0, count - 1), since)

    def _make_room(self, now: int) -> None:
        if abs(now - self._swept) >= _SWEEP:
            self._swept = now
            for name, owner in list(self._owners.items()):
                owner.sweep(now)
                if not owner.entries and not owner.start(now):
                    del self._owners[name]
            self._held = sum(len(owner.entries) for owner in self._owners.values())
        if self._held >= self._most:
            max(self._owners.values(), key=lambda owner: len(owner.entries)).give_up(now)
            self._held -= 1
