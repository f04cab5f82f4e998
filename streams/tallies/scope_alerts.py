"""Records of alerts about a unit, an officer or a source."""

from __future__ import annotations

from uuid import UUID

import msgspec

from dossiers.fold.alerts import alert_id
from dossiers.wire.acted import KeptAction
from dossiers.wire.alerts import Alert, AlertKind, AlertState, AlertStatus
from dossiers.wire.keys import officer_scope, source_scope, unit_scope
from dossiers.wire.tallies import Backlog, ScopeDeeds
from dossiers.wire.topics import ALERTS
from streams.partition.outputs import Output, encode


class Subject(msgspec.Struct, frozen=True):
    """What an alert is about. ``id``: of the unit, officer or source; ``unit``: whose supervisors
    it concerns, "" if no unit's."""

    kind: AlertKind
    id: str
    unit: str = ""

    @property
    def scope(self) -> str:
        """The key of its alerts: one partition, and so one order, for all of a subject."""
        name = {"unit_backlog": unit_scope, "officer_backlog": officer_scope}
        return name.get(self.kind, source_scope)(self.id)


def scope_alert(
    timeline: str, subject: Subject, after: Backlog, now: int, occurred_at: int,
    counts: tuple[int, int] = (0, 0), deeds: ScopeDeeds | None = None,
    action: KeptAction | None = None,
) -> Output:  # fmt: skip
    """The alert of ``subject`` has come to the state ``after``, seen at ``now`` (ms). ``counts``:
    overdue and open dossiers. ``deeds``: who deals with it. ``action``: what brought this about,
    None if time or figures did."""
    taken = deeds is not None and deeds.taken_by != ""
    status: AlertStatus = "acknowledged" if taken else after.status
    state = AlertState(subject.kind, 0, after.cause, after.sequence, status)
    alert = Alert(
        timeline=timeline,
        alert_id=alert_id(UUID(timeline), subject.id, state),
        sequence=state.sequence,
        kind=subject.kind,
        level=0,
        transition=state.status,
        dossier_id="",
        unit=subject.unit,
        officer=subject.id if subject.kind == "officer_backlog" else "",
        step="",
        procedure="",
        due_at=after.cause,
        detected_at=now,
        occurred_at=occurred_at,
        received_at=now if action is None else action.received_at,
        overdue=counts[0],
        open=counts[1],
        source=subject.id if subject.kind == "source_silent" else "",
        action="" if action is None else action.action,
        actor="" if action is None else action.person,
        taken_by="" if deeds is None else deeds.taken_by,
        taken_until=0 if deeds is None else deeds.taken_until,
        offered_to="" if deeds is None else deeds.offered_to,
        snoozed_until=0 if action is None else action.until,
        reason="" if action is None else action.reason,
        text="" if action is None else action.text,
    )
    return Output(ALERTS, None, subject.scope.encode(), encode(alert))
