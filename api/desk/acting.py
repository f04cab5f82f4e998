"""Acting on an alert: who may, what is true by now, and the event that goes into the log.

Nothing is decided here for ever: the fold judges every action once more, in the order of the log.
What is refused here is what somebody ought to be told at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from api.acts import Acts, Record
from api.core import Live
from api.desk.asking import ActionError, ActionRequest, Outcome
from api.desk.events import acted_of, event_id_of
from api.desk.found import moved_at, newest
from api.desk.judging import OPEN, is_done, refuse_outdated, refuse_unfit
from api.desk.rights import Rights, rights_of, sees
from api.desk.texts import TextFault, checked
from api.ports import DeadLetterError, IngestError, StoreAway
from api.viewer import Viewer
from dossiers.wire.acted import Acted
from dossiers.wire.alerts import Alert
from dossiers.wire.events import encode_event

RATE = 2.0  # actions a second of one person
_AT_A_TIME = 20  # of several: one press shall not fill the way to Kafka, or to ClickHouse
_RETRY = 5  # s
Answer = Outcome | ActionError


async def act(viewer: Viewer, alert_id: str, asked: ActionRequest) -> Outcome:
    """Do it. Raises ActionError, StoreAway."""
    acts = acts_of(viewer.live)
    refuse_another_present(viewer)
    take_turn(viewer.live, viewer.principal.person)
    refuse_unfit(asked)
    alert = await newest(viewer.live, alert_id)
    if alert is None or not sees(viewer, alert):
        raise ActionError("gone")
    rights = rights_of(viewer, alert)
    if asked.action not in rights.may:
        raise ActionError("not_yours")
    if asked.action == "hand_over" and not _may_take(viewer, asked.to, rights.person):
        raise ActionError("to")
    return await perform(viewer.live, acts, alert, asked, rights)


async def act_together(
    viewer: Viewer, items: Sequence[tuple[str, int]], asked: ActionRequest
) -> list[Answer]:
    """The same on several alerts, (id, sequence) each; one answer each, in their order: what one
    of them asks of ClickHouse in vain hinders no other."""
    few = asyncio.Semaphore(_AT_A_TIME)

    async def one(alert_id: str, sequence: int) -> Answer:
        try:
            async with few:
                return await act(viewer, alert_id, replace(asked, sequence=sequence))
        except ActionError as error:
            return error
        except StoreAway as error:
            return ActionError("away", detail=str(error), status=503, retry_after=_RETRY)

    return list(await asyncio.gather(*(one(*item) for item in items)))


async def perform(
    live: Live, acts: Acts, alert: Alert, asked: ActionRequest, rights: Rights
) -> Outcome:
    """What ``rights`` allow. Raises ActionError, StoreAway."""
    at = max(live.view.watermark or 0, alert.detected_at)
    if is_done(alert, asked, rights.person):
        event_id = event_id_of(alert.alert_id, asked.sequence, asked.action, rights.person)
        return Outcome("already", alert, event_id, at)
    moved = await moved_at(live, alert, asked.sequence)
    refuse_outdated(alert, moved, asked, rights.person)
    until = _until(live, alert, asked, at)
    text = await _kept(acts, alert, asked, rights)
    event = acted_of(alert, asked, rights, at=at, now=acts.clock(), until=until, text=text)
    how = await _sent(acts, alert, event, live.view.context.retention)
    return Outcome(how, alert, event.event_id, at, until)


async def seen(live: Live, outcome: Outcome) -> None:
    """Wait a moment until the stream shows what was done, so that the next page does."""
    acts, alert = live.acting, outcome.alert
    if acts is None or outcome.how != "done":
        return

    def arrived() -> bool:
        known = live.book.alert(alert.alert_id)
        return known is None or known.sequence > alert.sequence

    await live.book.until(arrived, acts.patience)


def acts_of(live: Live) -> Acts:
    """With what one acts. Raises ActionError where nobody does."""
    if live.acting is None:
        raise ActionError("closed")
    return live.acting


def refuse_another_present(viewer: Viewer) -> None:
    """Nobody acts as somebody else on a live timeline, whatever opened the door to it."""
    if viewer.principal.means == "acting" and viewer.live.config.mode != "simulation":
        raise ActionError("not_yours")


def take_turn(live: Live, person: str) -> None:
    """Raises ActionError for whoever does more than a person can."""
    wait = acts_of(live).turns.take(person, RATE)
    if wait:
        raise ActionError("often", retry_after=max(1, round(wait)))


def _until(live: Live, alert: Alert, asked: ActionRequest, at: int) -> int:
    if asked.action != "snooze":
        return 0
    return live.view.context.calendar_for(alert.unit).add_hours(at, asked.hours)


def _may_take(viewer: Viewer, officer: str, giver: str) -> bool:
    """Whether an alert may be handed to that officer: within what the giver sees."""
    names = viewer.labels.names.officers
    within = viewer.within is None or viewer.reach.whole or officer in viewer.within.officers
    return officer != giver and officer in names and within


async def _kept(acts: Acts, alert: Alert, asked: ActionRequest, rights: Rights) -> str:
    """The SHA-256 of the text, "" without one. Raises ActionError."""
    try:
        text = checked(asked.text)
    except TextFault as fault:
        raise ActionError(f"text_{fault.code}", detail=str(fault), marks=fault.marks) from None  # type: ignore[arg-type]
    if not text:
        return ""
    event_id = event_id_of(alert.alert_id, asked.sequence, asked.action, rights.person)
    try:
        return await asyncio.to_thread(acts.texts.put, text, event_id)
    except OSError as error:
        raise ActionError("disk") from error


async def _returning(acts: Acts, alert: Alert, event: Acted, retention: int | None) -> list[bytes]:
    """What brings the dossier back first, if it has left: one that is open never has."""
    open_ = alert.transition in OPEN
    if acts.archive is None or retention is None or not alert.dossier_id or open_:
        return []
    about = (alert.dossier_id, event.event_id, event.occurred_at, retention)
    try:
        found = await asyncio.to_thread(acts.archive.returning, *about)
    except DeadLetterError as error:
        raise ActionError("unarchived", detail=str(error), status=error.status) from error
    return [] if found is None else [found]


async def _sent(
    acts: Acts, alert: Alert, event: Acted, retention: int | None
) -> Literal["done", "stored"]:
    values = [*await _returning(acts, alert, event, retention), encode_event(event)]
    records: list[Record] = [(event.dossier_id.encode(), value) for value in values]
    try:
        stored = await acts.sender.send(f"desk {event.person}", records)
    except IngestError as error:
        status, detail, wait = error.status, str(error), error.retry_after
        raise ActionError("away", detail=detail, status=status, retry_after=wait) from error
    return "stored" if stored == "spool" else "done"
