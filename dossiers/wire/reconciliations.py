"""Topic reconciliations: dossiers seen here against somebody else's count or list of them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from dossiers.wire.reading import decoder

MOST_UNITS = 5_000
MOST_MISSING = 1_000  # ids that are named; the rest is counted
LONGEST = 200  # characters of an id

_Id = Annotated[str, msgspec.Meta(max_length=LONGEST)]
_Month = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d\d)?$")]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class CountedUnit(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What the other side counts for a unit and those below it, None if it does not say, beside
    what was seen here."""

    unit: _Id
    received: _Count | None
    received_here: _Count
    finished: _Count | None
    finished_here: _Count


class MissingDossier(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Listed there, and no reception came here. ``why``: the reason of its dead letter, else ""."""

    id: _Id
    why: Annotated[str, msgspec.Meta(max_length=100)] = ""


class ListedDossiers(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A list of ids against those seen. ``missing`` names MOST_MISSING at most."""

    listed: _Count
    matched: _Count
    missing_count: _Count
    surplus_count: _Count
    missing: Annotated[tuple[MissingDossier, ...], msgspec.Meta(max_length=MOST_MISSING)] = ()


class Reconciled(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last comparison of ``month`` (YYYY-MM, "" of all time): with counts of units, or with a
    list of the dossiers of unit ``scope`` ("": of all).

    ``at``: when, real time, ms; ``as_of``: data time, ms.
    """

    timeline: Annotated[str, msgspec.Meta(max_length=64)]
    at: _Count
    as_of: _Count
    month: _Month
    scope: _Id = ""
    counts: Annotated[tuple[CountedUnit, ...], msgspec.Meta(max_length=MOST_UNITS)] = ()
    ids: ListedDossiers | None = None

    @property
    def what(self) -> str:
        """With what it was compared: "counts" or "ids"."""
        return "counts" if self.ids is None else "ids"


read_reconciled = decoder(Reconciled)
