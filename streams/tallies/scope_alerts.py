"""Records of alerts about a unit, an officer or a source."""

from __future__ import annotations

from uuid import UUID

import msgspec

from dossiers.fold.alerts import alert_id
from dossiers.wire.alerts import Alert, AlertKind, AlertState
from dossiers.wire.keys import officer_scope, source_scope, unit_scope
from dossiers.wire.tallies import Backlog
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
    counts: tuple[int, int] = (0, 0),
) -> Output:  # fmt: skip
    """The alert of ``subject`` has come to the state ``after``, seen at ``now`` (ms). ``counts``:
    overdue and open dossiers."""
    state = AlertState(subject.kind, 0, after.cause, after.sequence, after.status)
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
        received_at=now,
        overdue=counts[0],
        open=counts[1],
        source=subject.id if subject.kind == "source_silent" else "",
    )
    return Output(ALERTS, None, subject.scope.encode(), encode(alert))
