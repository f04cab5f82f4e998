"""One policy beside another, over the same past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import chain

import msgspec

from dossiers.alerting.rehearsal import Rehearsal, Rehearsed
from dossiers.errors import UserError
from dossiers.reference.context import Context
from dossiers.reference.policies import Policies
from dossiers.time.day_table import day_number
from dossiers.wire.reference import Reference
from dunghen.clickhouse import connect
from dunghen.reference.files import ValidFolder
from dunghen.reference.loading import now_in_force
from dunghen.rehearsal.past import alerts_of, read_roster
from dunghen.settings.installation import Installation
from dunghen.timeline.current import require_timeline

MOST_DAYS = 92
# What decides whether an alert is raised at all: of the past only what was raised is known.
RAISING = (
    "reminder_hours", "escalation_hours", "acknowledge_hours", "waiting_days", "backlog_overdue",
    "backlog_rate", "backlog_volume", "backlog_minutes", "backlog_clear",
)  # fmt: skip


class ComparedPolicies(msgspec.Struct, frozen=True, kw_only=True):
    """``now``: under what is in force; ``then``: under the folder. ``unapplied``: fields of its
    policies that differ and say what is raised, which the past cannot tell."""

    first: str
    last: str
    now: Rehearsed
    then: Rehearsed
    unapplied: tuple[str, ...]


def compare(
    folder: ValidFolder,
    first: date,
    last: date,
    installation: Installation,
    note: Callable[[str], None],
) -> ComparedPolicies:
    """Over the days ``first`` to ``last``, both included. Raises UserError."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise UserError(
            f"{first} to {last} is no span of 1 to {MOST_DAYS} days.", "Give --from and --to so."
        )
    timeline = require_timeline(installation)
    reference, _, now = now_in_force(installation, timeline)
    contexts = [Context(reference), Context(folder.reference(tombstones=True))]
    calendar = contexts[0].calendar
    start = calendar.at_clock(day_number(first), 0)
    end = min(calendar.at_clock(day_number(last + timedelta(days=1)), 0), now)
    if start >= end:
        raise UserError(f"The data do not reach {first} yet.")
    roster = read_roster(installation.kafka)
    rehearsals = [Rehearsal(context, roster, start, end) for context in contexts]
    note(f"Going through the alerts of {first} to {last} ...")
    store = connect(installation)
    try:
        for alert in alerts_of(store, timeline.id, start, end):
            for rehearsal in rehearsals:
                rehearsal.take(alert)
    finally:
        store.close()
    before, after = (rehearsal.result() for rehearsal in rehearsals)
    return ComparedPolicies(
        first=first.isoformat(),
        last=last.isoformat(),
        now=before,
        then=after,
        unapplied=unapplied(reference, contexts[1].reference),
    )


def unapplied(before: Reference, after: Reference) -> tuple[str, ...]:
    """Fields of RAISING that some unit or procedure has otherwise in ``after``."""
    units = ("", *(unit.id for unit in after.units))
    named = (policy.procedures for policy in (*before.alert_policies, *after.alert_policies))
    procedures = ("", *sorted(set(chain.from_iterable(named))))
    policies = Policies(before), Policies(after)
    pairs = [[each.of(unit, p) for each in policies] for unit in units for p in procedures]
    return tuple(
        name for name in RAISING if any(getattr(a, name) != getattr(b, name) for a, b in pairs)
    )
