"""One act by a link of a mail: what the link is worth by now, and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from api.core import Live
from api.desk.acting import acts_of, perform, take_turn
from api.desk.asking import ActionError, ActionRequest, Outcome
from api.desk.found import moved_at, newest
from api.desk.judging import is_done, refuse_outdated
from api.desk.rights import rights_by_link
from dossiers.wire.alerts import Alert
from dossiers.wire.one_tap import OneTap

SNOOZE_HOURS = 4  # working hours
Worth = Literal["good", "done", "forged", "over", "gone", "not_yours", "moved"]


@dataclass(frozen=True)
class TapView:
    """``tap``: what the link says, None if it is forged. ``alert``: as it is now. ``until`` (ms):
    until when what it does would hold."""

    worth: Worth
    tap: OneTap | None = None
    alert: Alert | None = None
    until: int = 0


async def look_at(live: Live, token: str) -> TapView:
    """What the link would do; changes nothing. Raises ActionError where nobody acts, StoreAway."""
    acts = acts_of(live)
    tap = acts.key.read(token)
    if tap is None or tap.timeline not in (live.config.timeline,):
        return TapView("forged")
    if _now(live, acts.clock()) > tap.until:
        return TapView("over", tap)
    alert = await newest(live, tap.alert_id)
    if alert is None:
        return TapView("gone", tap)
    asked = asked_by(tap)
    if is_done(alert, asked, tap.person):
        return TapView("done", tap, alert, alert.taken_until)
    rights = rights_by_link(live, alert, tap.person)
    if tap.action not in rights.may:
        return TapView("not_yours", tap, alert)
    try:
        refuse_outdated(alert, await moved_at(live, alert, tap.sequence), asked, tap.person)
    except ActionError:
        return TapView("moved", tap, alert)
    return TapView("good", tap, alert, _until(live, alert, tap))


async def follow(live: Live, found: TapView) -> Outcome:
    """Do what a link says that was found good. The event's id follows from the link, so a second
    use is a duplicate. Raises ActionError, StoreAway."""
    if found.tap is None or found.alert is None:
        raise ActionError("gone")
    take_turn(live, found.tap.person)
    rights = rights_by_link(live, found.alert, found.tap.person)
    if found.tap.action not in rights.may:
        raise ActionError("not_yours")
    return await perform(live, acts_of(live), found.alert, asked_by(found.tap), rights)


def asked_by(tap: OneTap) -> ActionRequest:
    """What a link asks for."""
    hours = SNOOZE_HOURS if tap.action == "snooze" else 0
    return ActionRequest(tap.action, tap.sequence, hours=hours)


def _now(live: Live, clock: int) -> int:
    """Data time; on a live timeline also the clock, so that a link ends though no time comes."""
    watermark = live.view.watermark or 0
    return max(watermark, clock) if live.config.mode == "live" else watermark


def _until(live: Live, alert: Alert, tap: OneTap) -> int:
    context = live.view.context
    at = max(live.view.watermark or 0, alert.detected_at)
    settings = context.alert_settings(alert.unit, alert.procedure)
    hours = SNOOZE_HOURS if tap.action == "snooze" else settings.acknowledge_hours
    return context.calendar_for(alert.unit).add_hours(at, hours)
