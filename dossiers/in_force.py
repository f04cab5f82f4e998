"""Which reference data counts when: a dossier that has ended keeps the one of its end.

Open dossiers go by what is in force now, so a changed calendar moves their due times. Ended ones
are judged for ever by what was in force at the instant of their end, whatever the order in which
their events and the activations arrived: a new version never rewrites an old verdict.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from dossiers.context import Context
from dossiers.reference import Reference

ALWAYS = 0  # ms; since when the first reference data counts
Activation = tuple[int, str]  # since (ms), content hash


class InForce:
    """Versions of the reference data, each from its instant on. Before the first one is added, the
    defaults of Reference count."""

    def __init__(self, entries: list[tuple[int, Context]] | None = None) -> None:
        self._sinces = [since for since, _ in entries or []]
        self._contexts = [context for _, context in entries or []]
        self._default: Context | None = None

    def add(self, context: Context, since: int, now: int) -> int | None:
        """``context`` counts from ``since`` (ms) on; the first one from the beginning. Returns the
        instant that it got, None if it counts then anyway.

        ``now`` (ms): an activation never reaches further back, for what ended before it is told.
        Of two with one instant the later activation counts.
        """
        since = max(since, now) if self._sinces else ALWAYS
        if self._sinces and self.at(since).hash == context.hash:
            return None
        place = bisect_right(self._sinces, since)
        self._sinces.insert(place, since)
        self._contexts.insert(place, context)
        return since

    def at(self, instant: int) -> Context:
        """What counts at ``instant`` (ms)."""
        if not self._sinces:
            self._default = self._default or Context(Reference())
            return self._default
        return self._contexts[max(0, bisect_right(self._sinces, instant) - 1)]

    @property
    def single(self) -> bool:
        """Whether there was never another version."""
        return len(self._sinces) < 2

    def next_after(self, instant: int) -> int | None:
        """When another version begins to count, None if none is waiting."""
        place = bisect_right(self._sinces, instant)
        return self._sinces[place] if place < len(self._sinces) else None

    def spans(self, until: int) -> list[tuple[int, Context]]:
        """What counted up to ``until`` (ms), each with its instant; at least one."""
        found = [
            each for each in zip(self._sinces, self._contexts, strict=True) if each[0] <= until
        ]
        return found or [(ALWAYS, self.at(until))]

    def activations(self) -> tuple[Activation, ...]:
        """Every version, in order."""
        hashes = (context.hash for context in self._contexts)
        return tuple(zip(self._sinces, hashes, strict=True))


def hash_at(activations: Sequence[Activation], now: int) -> str:
    """The hash of what counts at ``now`` (ms), "" where nothing was activated. ``activations``: in
    the order in which they came; of two with one instant the later one counts."""
    found = max(
        (each for each in enumerate(activations) if each[1][0] <= now),
        key=lambda each: (each[1][0], each[0]),
        default=None,
    )
    return found[1][1] if found is not None else activations[0][1] if activations else ""


def in_force_of(activations: Sequence[Activation], compiled: Callable[[str], Context]) -> InForce:
    """As ``InForce.activations`` had it, or in the order in which they came. ``compiled``:
    reference data by content hash."""
    ordered = sorted(activations, key=lambda each: each[0])  # stable
    return InForce([(since, compiled(hash_)) for since, hash_ in ordered])
