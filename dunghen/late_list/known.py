"""What is known of a dossier at a cut, and which ones may stand in a month's list."""

from __future__ import annotations

from typing import NamedTuple

from dossiers.reports.late_lines import Month
from dossiers.wire.acted import KeptAction
from dossiers.wire.facts import Fact
from dossiers.wire.flags import AFTER_END, BACKDATED, NEVER_RECEIVED, REOPENED, REWRITTEN, VOIDED

# Of these, what was dated before the month's end may say something else than all that is known.
ODD = (AFTER_END, BACKDATED, NEVER_RECEIVED, REOPENED, REWRITTEN, VOIDED)


class KnownDossier(NamedTuple):
    """Facts and actions in their order."""

    dossier: str
    facts: list[Fact]
    actions: tuple[KeptAction, ...]


def may_count(
    month: Month, received_at: int | None, finished_at: int | None, flags: tuple[str, ...]
) -> bool:
    """Whether a dossier could be of this month: received before its end (ms), not ended before its
    start, or odd. The same as the SQL of dunghen.late_list.stored."""
    if any(flag in ODD for flag in flags):
        return True
    received = received_at is not None and received_at < month.end
    return received and (finished_at is None or finished_at >= month.start)
