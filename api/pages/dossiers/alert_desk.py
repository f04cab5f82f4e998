"""The forms by which one acts on the alert of a page, as far as the reader may."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.desk.judging import OPEN
from api.desk.rights import offered
from api.inbox.urgency import most_urgent
from api.pages.dossiers.alert_wording import colleagues, now_text, reason_choices, what_of
from api.pages.dossiers.amounts import Written
from api.pages.parts.controls import Choice
from api.viewer import Viewer
from dossiers.wire.actions import Action
from dossiers.wire.alerts import Alert

SNOOZES = (2, 4, 8)  # working hours to choose from
_WRITTEN: tuple[Action, ...] = ("explain", "apologise", "ask")
# After its end a reminder asks for no words of anybody.
_PASSED = ("due_soon",)


@dataclass(frozen=True)
class DeskForm:
    """``what``: the alert in words; ``now``: whose it is, "" if nobody's. ``actions``: those that
    the reader may do now; ``written``: of these, which take a text. ``holds``: until when an
    acknowledgement would. ``snoozes``: hours and until when; ``people``: to whom it may go."""

    alert_id: str
    sequence: int
    what: str
    now: str
    open: bool
    back: str
    actions: tuple[Action, ...]
    written: tuple[Action, ...]
    holds: str
    snoozes: tuple[Choice, ...]
    people: tuple[Choice, ...]
    reasons: tuple[Choice, ...]


def form_about(
    viewer: Viewer, alerts: Iterable[Alert], at: int, back: str, say: Written
) -> DeskForm | None:
    """About the most urgent of ``alerts`` (the newest record of each) on which the reader may act
    at ``at`` (data time, ms); None if there is none. ``back``: the page itself."""
    able = [
        each
        for each in alerts
        if (each.transition in OPEN or each.kind not in _PASSED) and offered(viewer, each)
    ]
    return _form(viewer, most_urgent(able), at, back, say) if able else None


def _form(viewer: Viewer, alert: Alert, at: int, back: str, say: Written) -> DeskForm:
    actions, words = offered(viewer, alert), say.words
    context = viewer.live.view.context
    calendar = context.calendar_for(alert.unit)
    settings = context.alert_settings(alert.unit, alert.procedure)
    holds = say.weekday(calendar.add_hours(at, settings.acknowledge_hours))
    snoozes = (
        (n, words("desk_hours_until", n=n, until=say.weekday(calendar.add_hours(at, n))))
        for n in SNOOZES
    )
    people = colleagues(viewer, alert, viewer.principal.person, at, say)
    return DeskForm(
        alert_id=alert.alert_id,
        sequence=alert.sequence,
        what=what_of(alert, words),
        now=now_text(alert, viewer, say) if alert.transition != "raised" else "",
        open=alert.transition in OPEN,
        back=back,
        actions=tuple(each for each in actions if each != "hand_over" or people),
        written=tuple(each for each in _WRITTEN if each in actions),
        holds=words("desk_holds_until", until=holds),
        snoozes=tuple(Choice(str(n), text) for n, text in snoozes),
        people=tuple(people),
        reasons=reason_choices(words),
    )


def told_text(code: str, say: Written) -> str:
    """What a form that led back here did, by the page's parameter ``told``; "" for any other."""
    key = f"desk_told_{code}"
    return say.words(key) if code in ("done", "stored", "already") else ""
