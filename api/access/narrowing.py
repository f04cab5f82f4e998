"""The live view as somebody with a limited reach sees it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from api.access.reach import Reach, Within, within
from api.live.view import View
from dossiers.wire.records import ALL, Alert, Tally, officer_scope, unit_scope
from dossiers.wire.reference import Reference

_KEPT = 512  # reaches whose part of the reference data is kept


class Narrower:
    """Knows for each reach what of the present reference data lies in it."""

    def __init__(self) -> None:
        self._known: OrderedDict[Reach, tuple[Reference, Within]] = OrderedDict()

    def within(self, reach: Reach, reference: Reference) -> Within:
        """Made once for each version of the reference data; the longest unused are forgotten."""
        known = self._known.get(reach)
        if known is None or known[0] is not reference:
            known = (reference, within(reach, reference))
            self._known[reach] = known
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(reach)
        return known[1]


def narrowed(view: View, part: Within, officer: str) -> View:
    """Only tallies and breaches in ``part``; the whole is the sum of its scopes. ``officer``: sees
    the own breaches, wherever they are."""
    names = [unit_scope(unit) for unit in part.counted]
    names += [officer_scope(each) for each in part.officers]
    tallies = {name: view.tallies[name] for name in names if name in view.tallies}
    whole = total(view.tallies[scope] for scope in part.scopes if scope in view.tallies)
    if whole is not None:
        tallies[ALL] = whole

    def seen(alert: Alert) -> bool:
        return alert.unit in part.units or (bool(officer) and alert.officer == officer)

    return view.part(tallies, view.breaches.part(seen), part.reference)


def total(tallies: Iterable[Tally]) -> Tally | None:
    """The sum of tallies that share no dossier; None of none."""
    found = list(tallies)
    if not found:
        return None
    vector = tuple(map(sum, zip(*(tally.vector for tally in found), strict=True)))
    newest = max(found, key=lambda tally: tally.now)
    return Tally(timeline=newest.timeline, scope=ALL, now=newest.now, vector=vector)
