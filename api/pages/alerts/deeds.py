"""What can be done about an alert now, with what each act comes to."""

from __future__ import annotations

from dataclasses import dataclass

from api.desk.rights import rights_of
from api.inbox.items import InboxItem
from api.inbox.sight import TOP_LEVEL
from api.pages.alerts.offers import Offers
from api.pages.alerts.wording import AlertWords
from api.pages.dossiers.alert_wording import colleagues
from api.pages.dossiers.amounts import Written
from api.pages.parts.controls import Choice
from dossiers.wire.alerts import Alert

SNOOZES = (2, 4, 8)  # working hours


@dataclass(frozen=True)
class SnoozeChoice:
    """``hours``: working hours; ``text``: as written; ``until``: the clock time it comes to."""

    hours: int
    text: str
    until: str


@dataclass(frozen=True)
class Deeds:
    """``actions``: what the reader may do. ``sequence``: that of the alert as it is shown.
    ``holds``: how long an acknowledgement would hold; ``people``: to whom it can be handed over;
    ``offered``: who offers it to the reader, or to whom it is offered, "" if to nobody."""

    alert_id: str
    sequence: int
    actions: tuple[str, ...]
    holds: str
    snoozes: tuple[SnoozeChoice, ...]
    people: tuple[Choice, ...]
    offered: str


def deeds_of(item: InboxItem, offers: Offers, say: AlertWords) -> Deeds:
    """For the alert that stands for the thread."""
    main = item.main
    actions = offers.of(main)
    snoozes = _snoozes(main, say) if "snooze" in actions else ()
    people = _people(main, say) if "hand_over" in actions else ()
    if "hand_over" in actions and not people:
        actions = tuple(each for each in actions if each != "hand_over")
    return Deeds(
        alert_id=main.alert_id,
        sequence=main.sequence,
        actions=actions,
        holds=_holds(main, say),
        snoozes=snoozes,
        people=people,
        offered=_offered(main, say),
    )


def _holds(alert: Alert, say: AlertWords) -> str:
    settings = say.viewer.view.context.alert_settings(alert.unit, alert.procedure)
    hours = settings.acknowledge_hours
    end = say.calendar(alert).add_hours(say.at.now, hours)
    held = say.words("inbox_holds", n=hours, until=say.until(end))
    return f"{held} {_delays(alert, say)}".rstrip()


def _delays(alert: Alert, say: AlertWords) -> str:
    """What an acknowledgement by the reader does to the next escalation: a receiver's of the
    present level delays it once, the holder's never, and the highest comes whatever is done."""
    level = alert.level if alert.kind == "escalation" else 0
    if alert.kind not in ("overdue", "escalation") or level >= TOP_LEVEL:
        return ""
    told = rights_of(say.viewer, alert).capacity == "receiver"
    delays = told and level + 1 < TOP_LEVEL
    return say.words("inbox_holds_delays" if delays else "inbox_holds_no_delay")


def _snoozes(alert: Alert, say: AlertWords) -> tuple[SnoozeChoice, ...]:
    calendar = say.calendar(alert)
    return tuple(
        SnoozeChoice(
            hours,
            say.words("hours", n=hours),
            say.words("inbox_to", until=say.until(calendar.add_hours(say.at.now, hours))),
        )
        for hours in SNOOZES
    )


def _people(alert: Alert, say: AlertWords) -> tuple[Choice, ...]:
    mine, written = say.viewer.sight.who.person, Written(say.words, say.city)
    return tuple(colleagues(say.viewer, alert, mine, say.at.now, written))


def _offered(alert: Alert, say: AlertWords) -> str:
    if not alert.offered_to:
        return ""
    if alert.offered_to == say.viewer.sight.who.person:
        return say.words("inbox_offered_you", who=say.person(alert.taken_by))
    return say.words("inbox_offered", who=say.person(alert.offered_to))
