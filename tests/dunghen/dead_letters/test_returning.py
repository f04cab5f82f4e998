"""A dossier that has left the stream comes back before somebody acts on it."""

from __future__ import annotations

from typing import Any

from broker.kafka import Kafka
from dossiers.admission.bounds import DEFAULT_BOUND
from dossiers.wire.acted import Acted, kept_action
from dossiers.wire.events import AnyEvent, Finished, Received, Restored, Tick, decode_event
from dunghen.acting.returning import ReturningDossiers
from tests.dunghen.dead_letters.stream import DAY, NOW, T0, Stream, fields

RETENTION = 62 * DAY


def explained(dossier: str, at: int) -> Acted:
    return Acted(
        **{**fields(dossier, "a1", at), "source": "desk"}, action="explain", alert_id="an-alert",
        sequence=1, alert_kind="overdue", level=0, cause=T0 + DAY, person="o1", capacity="holder",
        reason="in_hand",
    )  # fmt: skip


def life(dossier: str, *more: AnyEvent) -> list[AnyEvent]:
    finish: dict[str, Any] = fields(dossier, "f", T0 + 3 * DAY)
    return [
        Tick(now=T0),
        Received(**fields(dossier, "r", T0, unit="u1"), due_at=T0 + DAY, procedure="p"),
        Tick(now=T0 + 2 * DAY),
        *more,
        Finished(**finish, status=10),
    ]


def test_it_comes_back_with_facts_alerts_and_what_was_done(stream: Stream) -> None:
    acted = explained("d", T0 + 2 * DAY)
    stream.publish(*life("d", acted), Tick(now=NOW))
    stream.fold()
    stream.sink()
    assert not stream.engine.state.dossiers
    archive = ReturningDossiers(
        Kafka(stream.bootstrap), stream.store, stream.timeline, DEFAULT_BOUND
    )
    value = archive.returning("d", "an-event", NOW, RETENTION)
    assert value is not None
    back = decode_event(value)
    assert isinstance(back, Restored)
    assert (back.event_id, back.occurred_at, len(back.facts)) == ("restored-an-event", NOW, 2)
    assert back.actions == (kept_action(acted),)
    assert {state.kind for state in back.alerts} >= {"overdue"}


def test_what_is_in_the_stream_needs_no_way_back(stream: Stream) -> None:
    stream.publish(*life("d"))
    stream.fold()
    stream.sink()
    archive = ReturningDossiers(
        Kafka(stream.bootstrap), stream.store, stream.timeline, DEFAULT_BOUND
    )
    assert archive.returning("d", "e", T0 + 3 * DAY + RETENTION, RETENTION) is None
    assert archive.returning("nobody", "e", NOW, RETENTION) is None
