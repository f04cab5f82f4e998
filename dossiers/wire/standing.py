"""How a course stands at an instant, as a dossier's record keeps it."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

# pending, unreceived (events, but no reception yet) and, without a reception, refused and withdrawn
# stand outside every count; within, waiting and overdue are open.
Verdict = Literal[
    "pending", "within", "waiting", "overdue", "early", "on_time", "late", "no_due", "refused",
    "withdrawn", "unreceived",
]  # fmt: skip


class Reopenings(NamedTuple):
    """Instants (ms) at which a dossier had been open again for too long: ``ended`` of those that
    have ended again since, ``open_at`` of the present one. ``next_at``: when that will be so."""

    ended: tuple[int, ...] = ()
    open_at: int | None = None
    next_at: int | None = None


NO_REOPENINGS = Reopenings()


class Standing(msgspec.Struct, gc=False, omit_defaults=True):
    """Of a course at an instant; times in ms. Nobody changes the one of a record.

    ``levels``: of the reminders (working hours left), those that are reached. ``breached_at``: the
    due time that passed unfinished. ``step_overdue``: open, and the present step's limit is used
    up. ``next_at``: the next instant at which time alone changes anything here or an alert, of a
    closed dossier when it is dropped, if it is (dossiers.fold.retention); None if there is none.
    ``unrewritten``, ``rewritten``, ``as_shown``: the verdicts by the course's readings of those
    names, "" without one. ``backdated``: late, and not by ``as_shown``, or the other way round.
    """

    verdict: Verdict
    due_soon: bool = False
    late_reception: bool = False
    late_reception_at: int | None = None
    breached_at: int | None = None
    levels: tuple[int, ...] = ()
    step_overdue: bool = False
    next_at: int | None = None
    unrewritten: Verdict | Literal[""] = ""
    rewritten: Verdict | Literal[""] = ""
    as_shown: Verdict | Literal[""] = ""
    backdated: bool = False
    reopenings: Reopenings = NO_REOPENINGS
