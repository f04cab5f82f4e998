"""The last comparisons with the other side's counts and lists, as their topic has them."""

from __future__ import annotations

from dossiers.wire.keys import reconciliation_key
from dossiers.wire.reconciliations import Reconciled, read_reconciled

MOST_KEPT = 500  # months and scopes


class LastReconciliations:
    """The newest of each month and scope, of the last so many."""

    def __init__(self) -> None:
        self._found: dict[bytes, Reconciled] = {}

    def take(self, key: bytes, value: bytes) -> bool:
        """A record; False for one that stands under another key than its own. Raises
        DecodeError."""
        record = read_reconciled(value)
        if key != reconciliation_key(record.month, record.what, record.scope):
            return False
        self._found.pop(key, None)
        self._found[key] = record
        if len(self._found) > MOST_KEPT:
            del self._found[next(iter(self._found))]
        return True

    def counts(self, month: str) -> Reconciled | None:
        """The last comparison with counts of a month (YYYY-MM)."""
        return self._found.get(reconciliation_key(month, "counts", ""))

    def months(self) -> list[str]:
        """Those with counts, the newest first."""
        return sorted({r.month for r in self._found.values() if r.ids is None}, reverse=True)

    def last_list(self, scope: str) -> Reconciled | None:
        """The last list of the dossiers of a unit, of whatever month; "" of all units."""
        lists = [r for r in self._found.values() if r.ids is not None and r.scope == scope]
        return max(lists, key=lambda each: each.at, default=None)
