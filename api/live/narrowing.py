"""The live view as somebody with a limited reach sees it."""

from __future__ import annotations

from collections.abc import Iterable

from api.access.reach import Within
from api.live.view import Picture
from dossiers.wire.alerts import Alert
from dossiers.wire.keys import ALL, officer_scope, unit_scope
from dossiers.wire.tallies import Tally


def narrowed(view: Picture, part: Within, officer: str) -> Picture:
    """Only tallies and breaches in ``part``, as they are now. The tally of the whole is the sum
    over ``part.scopes``, which share no dossier. ``officer``: their own breaches are seen in any
    unit."""
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
