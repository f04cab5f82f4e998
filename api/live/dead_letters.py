"""How many dead letters are open, counted from their topic."""

from __future__ import annotations

from dossiers.wire.dead_letters import MARKS, DeadLetter


class DeadLetterCount:
    """``open``: not decided on. ``decided``: those that are none any more, by what was decided."""

    def __init__(self) -> None:
        self.open = 0
        self.decided = {"replayed": 0, "dropped": 0}
        self._last: dict[
            tuple[str, int], int
        ] = {}  # by (topic, partition): the newest one's offset
        self._marked: set[tuple[str, int, int]] = set()

    def take(self, letter: DeadLetter) -> None:
        """Count one, or the decision on one. The stream puts a partition's records aside in their
        order, and again those of a transaction that was aborted, which this reader has seen."""
        place = (letter.topic, letter.partition, letter.offset)
        if letter.reason in MARKS:
            if place not in self._marked:  # who decided twice, decided once
                self._marked.add(place)
                self.decided[letter.reason] += 1
                self.open -= 1
        elif letter.offset < 0:  # it never reached Kafka
            self.open += 1
        elif letter.offset > self._last.get(place[:2], -1):
            self._last[place[:2]] = letter.offset
            self.open += 1
