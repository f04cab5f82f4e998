"""The oracle's own view of whose a dossier is, by the events that were taken so far.

It shares neither the rule (dossiers.admission.ownership) nor what a state remembers of it. Slow
and simple on purpose: at each event that says for whom it was sent, the dossier is read again from
its beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dossiers.reference.context import Context
from dossiers.wire.events import AnyDossierEvent, Reassigned, Restored
from oracle.reading import read
from oracle.statements import Statement, kept


class Whose:
    """Of one dossier, in all its lifetimes. ``owners``: madonvi that own it by what they sent;
    ``settled``: a reception, an operator or an earlier life has decided. ``handed``: an event was
    taken by hand-over."""

    def __init__(self) -> None:
        self.owners: list[str] = []
        self.settled = False
        self.handed = False

    def takes(
        self, event: AnyDossierEvent, life: Sequence[AnyDossierEvent], context: Context
    ) -> bool:
        """Whether ``event`` may act on the dossier of which ``life`` was taken; if it may, and
        only by hand-over, that is kept in mind."""
        code = event.madonvi
        if not code or code in self.owners:
            return True
        owners = self._owners(life, context)
        if not owners or code in owners:
            return True
        units = _Units(context)
        owners = [*owners, *map(units.heir, owners)]
        if code in owners:
            return True
        present = next((e.unit for e in reversed(read(life, context)) if e.unit), "")
        present = context.present_unit(present)
        for holder in [present] if present else owners:
            if any(units.own(each) == code for each in units.chain(holder)[1:]):
                return True
        givers = {"", *owners}
        given = {each.unit for each in kept(life) if each.unit and each.madonvi in givers}
        handed = {units.nearest(unit) or unit for unit in given}
        if code in handed | set(map(units.heir, handed)):
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
        """By the madonvi of the reception, if anybody ever named one."""
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


def _received(life: Sequence[AnyDossierEvent], context: Context) -> bool:
    return any(told.what == "received" for told in read(life, context))


def _receiver(life: Sequence[AnyDossierEvent], context: Context) -> str:
    """The unit that had it at its reception, or is named first afterwards; without a reception the
    first one named."""
    said: list[Statement] = read(life, context)
    place = next((n for n, told in enumerate(said) if told.what == "received"), None)
    if place is None:
        return next((told.unit for told in said if told.unit), "")
    so_far = [told.unit for told in said[: place + 1] if told.unit]
    later = [told.unit for told in said[place + 1 :] if told.unit]
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

    def heir(self, code: str) -> str:
        """The madonvi of whoever continues with the work of the unit that has this one."""
        unit = self.chain(code)[0] if code else ""
        heir = self._context.present_unit(unit)
        return code if heir == unit else self.nearest(heir) or code

    def nearest(self, text: str) -> str:
        return next((self.own(unit) for unit in self.chain(text) if self.own(unit)), "")
