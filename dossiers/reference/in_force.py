"""Which reference data counts when: a dossier that has ended keeps the one of its end.

Open dossiers go by what is in force now, so a changed calendar moves their due times. Ended ones
are judged for ever by what was in force at the instant of their end, whatever the order in which
their events and the activations arrived: a new version never rewrites an old verdict.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from dossiers.reference.context import Context
from dossiers.reference.succession import Endings, ended_by
from dossiers.time.day_table import LATEST
from dossiers.wire.reference import Reference

ALWAYS = 0  # ms; since when the first reference data counts
Activation = tuple[int, str]  # since (ms), content hash


class InForce:
    """Versions of the reference data, each from its instant on. Before the first one is added, the
    defaults of Reference count.

    A version in which a unit ends on a later day counts as two: as it is, and as it is from that
    day on (dossiers.reference.succession).
    """

    def __init__(self, entries: list[tuple[int, Context]] | None = None) -> None:
        self._versions = list(entries or [])
        self._default: Context | None = None
        self._views: dict[tuple[str, tuple[tuple[str, int, str], ...]], Context] = {}
        self._sinces: list[int] = []
        self._contexts: list[Context] = []
        self._lay_out()

    def _lay_out(self) -> None:
        """Versions and what ends under them, in order."""
        self._sinces, self._contexts = [], []
        known: Endings = {}
        for place, (since, context) in enumerate(self._versions):
            until = self._versions[place + 1][0] if place + 1 < len(self._versions) else LATEST
            ended = ended_by(context.endings, known, since, until) if context.endings else {}
            turns = sorted({since, *(e.at for e in ended.values() if since < e.at < until)})
            for at in turns:
                self._sinces.append(at)
                self._contexts.append(
                    self._view(context, {u: e for u, e in ended.items() if e.at <= at})
                )
            known = ended

    def _view(self, context: Context, ended: Endings) -> Context:
        """One for each state of affairs, so that whoever compares them sees whether it changed."""
        if not ended:
            return context
        key = (context.hash, tuple(sorted((u, e.at, e.successor) for u, e in ended.items())))
        found = self._views.get(key)
        if found is None:
            found = self._views[key] = context.with_ended(ended)
        return found

    def add(self, context: Context, since: int, now: int) -> int | None:
        """``context`` counts from ``since`` (ms) on; the first one from the beginning. Returns the
        instant that it got, None if it counts then anyway.

        ``now`` (ms): an activation never reaches further back, for what ended before it is told.
        Of two with one instant the later activation counts.
        """
        since = max(since, now) if self._versions else ALWAYS
        if self._versions and self.at(since).hash == context.hash:
            return None
        place = bisect_right(self._versions, since, key=lambda each: each[0])
        self._versions.insert(place, (since, context))
        self._lay_out()
        return since

    def at(self, instant: int) -> Context:
        """What counts at ``instant`` (ms)."""
        if not self._sinces:
            self._default = self._default or Context(Reference())
            return self._default
        return self._contexts[max(0, bisect_right(self._sinces, instant) - 1)]

    @property
    def single(self) -> bool:
        """Whether there was never another version, and nothing has ended under it."""
        return len(self._sinces) < 2

    def next_after(self, instant: int) -> int | None:
        """When something else begins to count, None if nothing is waiting."""
        place = bisect_right(self._sinces, instant)
        return self._sinces[place] if place < len(self._sinces) else None

    def spans(self, until: int) -> list[tuple[int, Context]]:
        """What counted up to ``until`` (ms), each with its instant; at least one."""
        found = [
            each for each in zip(self._sinces, self._contexts, strict=True) if each[0] <= until
        ]
        return found or [(ALWAYS, self.at(until))]

    def all_spans(self) -> list[tuple[int, Context]]:
        """What ever counted or will, each with its instant."""
        return list(zip(self._sinces, self._contexts, strict=True))

    def activations(self) -> tuple[Activation, ...]:
        """Every version, in order, as it was activated."""
        return tuple((since, context.hash) for since, context in self._versions)


def hash_at(activations: Sequence[Activation], now: int) -> str:
    """The hash of what counts at ``now`` (ms), "" if nothing was activated. ``activations``: in
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
