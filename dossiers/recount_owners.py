"""The oracle's own view of whose a dossier is, told from the events that were taken so far.

It shares the comparison of snapshots with the stream, but neither the rule (dossiers.ownership) nor
what a state remembers of it. Slow and simple on purpose: at each event that says for whom it was
sent, the dossier is read again from its beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dossiers.context import Context
from dossiers.events import AnyDossierEvent, Reassigned, Received, Restored, Voided
from dossiers.retold import needs_retelling, retell


class Whose:
    """Of one dossier, in all its lives. ``owners``: madonvi that own it by what they sent;
    ``settled``: a reception, an operator or an earlier life has decided. ``handed``: an event was
    taken by hand-over."""

    def __init__(self) -> None:
        self.owners: list[str] = []
        self.settled = False
        self.handed = False

    def takes(
        self, event: AnyDossierEvent, life: Sequence[AnyDossierEvent], context: Context
    ) -> bool:
        """Whether ``event`` may act on the dossier of which ``life`` was taken; where it may, and
        only by hand-over, that is kept in mind."""
        code = event.madonvi
        if not code or code in self.owners:
            return True
        owners = self._owners(life, context)
        if not owners or code in owners:
            return True
        units = _Units(context)
        present = next((e.unit for e in reversed(_plain(life, context)) if e.unit), "")
        for holder in [present] if present else owners:
            if any(units.own(each) == code for each in units.chain(holder)[1:]):
                return True
        givers = {"", *owners}
        given = {each.unit for each in _kept(life) if each.unit and each.madonvi in givers}
        if code in {units.nearest(unit) or unit for unit in given}:
            self.handed = True
            return True
        return False

    def took(
        self,
        event: AnyDossierEvent,
        brought: Sequence[AnyDossierEvent],
        life: Sequence[AnyDossierEvent],
        context: Context,
    ) -> None:
        """``event`` was taken after those of ``life``. ``brought``: what comes with it, itself
        last."""
        if isinstance(event, Reassigned):
            self.owners, self.settled = [event.owner], True
            return
        if self.settled or _received(life, context):
            return
        if isinstance(event, Restored):
            self._restored(brought[:-1], context)
        elif _received([*life, event], context):
            self._settle(event.madonvi)
        elif event.madonvi:
            known = self._owners(life, context)
            self.owners = list(dict.fromkeys([*known, event.madonvi]))

    def leaves(self, life: Sequence[AnyDossierEvent], context: Context) -> None:
        """The dossier leaves the stream; only its owners are remembered."""
        self.owners = self._owners(life, context)
        self.settled = bool(self.owners)
        self.handed = self.handed and self.settled

    def _settle(self, madonvi: str) -> None:
        """By the madonvi of the reception, where anybody ever named one."""
        self.settled = bool(madonvi or self.owners or self.handed)
        self.owners = [madonvi] if madonvi else []

    def _restored(self, facts: Iterable[AnyDossierEvent], context: Context) -> None:
        """What an archive held, in the order in which it happened: nobody knows how it came."""
        told = sorted(facts, key=_place)
        moved = [each.owner for each in told if isinstance(each, Reassigned)]
        received = [each for each in told if _received([each], context)]
        if moved:
            self.owners, self.settled = moved[-1:], True
        elif received:
            self._settle(received[0].madonvi)
        else:
            codes = [each.madonvi for each in told if each.madonvi]
            self.owners = list(dict.fromkeys([*self.owners, *codes]))

    def _owners(self, life: Sequence[AnyDossierEvent], context: Context) -> list[str]:
        if self.owners:
            return self.owners
        found = _Units(context).nearest(_receiver([e for e in life if not e.madonvi], context))
        return [found] if found else []


def _place(event: AnyDossierEvent) -> tuple[int, str, int, str, str]:
    return (
        event.occurred_at, event.source, event.source_seq, event.event_id, event.madonvi,
    )  # fmt: skip


def _kept(life: Iterable[AnyDossierEvent]) -> list[AnyDossierEvent]:
    """Without what its own sender took back."""
    life = list(life)
    gone = {(e.madonvi, e.target) for e in life if isinstance(e, Voided)}
    return [e for e in life if (e.madonvi, e.event_id) not in gone]


def _plain(life: Sequence[AnyDossierEvent], context: Context) -> list[AnyDossierEvent]:
    """What has happened, in order: snapshots compared, nothing that was taken back."""
    if not needs_retelling(life):
        return sorted(_kept(life), key=_place)
    return retell(life, context)[0]


def _received(life: Sequence[AnyDossierEvent], context: Context) -> bool:
    return any(isinstance(event, Received) for event in _plain(life, context))


def _receiver(life: Sequence[AnyDossierEvent], context: Context) -> str:
    """The unit that had it at its reception, or is named first afterwards; without a reception the
    first one named."""
    told = _plain(life, context)
    place = next((n for n, event in enumerate(told) if isinstance(event, Received)), None)
    if place is None:
        return next((event.unit for event in told if event.unit), "")
    so_far = [event.unit for event in told[: place + 1] if event.unit]
    later = [event.unit for event in told[place + 1 :] if event.unit]
    return next(iter([*so_far[-1:], *later]), "")


class _Units:
    """units.csv, as the rule needs it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._units = {unit.id: unit for unit in context.reference.units}

    def own(self, unit: str) -> str:
        return self._units[unit].madonvi if unit in self._units else ""

    def chain(self, text: str) -> list[str]:
        """The unit that is called so, by id, madonvi or name, and those above it."""
        text = self._context.reference.hashed.get(text, text)
        found = text
        if text not in self._units:
            coded = [unit.id for unit in self._units.values() if text and unit.madonvi == text]
            found = coded[0] if coded else self._context.unit_named(text)
        chain: list[str] = []
        while found and found not in chain:
            chain.append(found)
            found = self._units[found].parent if found in self._units else ""
        return chain

    def nearest(self, text: str) -> str:
        return next((self.own(unit) for unit in self.chain(text) if self.own(unit)), "")
