"""What a record of topic alerts changes in what waits."""

from __future__ import annotations

from collections.abc import Iterator

from dossiers.alerting.kept import KnownAlert, Note, Post
from dossiers.alerting.sendings import Hold, News
from dossiers.alerting.waiting import Waiting
from dossiers.time.hours import MINUTE
from dossiers.wire.alerts import Alert

OPEN = ("raised", "acknowledged")
_INHIBITED: tuple[Hold, ...] = ("silent_source",)
AFTER_SILENCE = 5 * MINUTE  # ms of data time: what a source sends at once when it is back counts


def take(alert: Alert, waiting: Waiting) -> None:
    """The next record. One that is not newer than what is known of its alert changes nothing."""
    known = waiting.kept.alerts.get(alert.alert_id)
    if known is not None and alert.sequence <= known.alert.sequence:
        return
    if alert.kind == "source_silent":
        _hear(alert, waiting)
    if alert.action:
        _tell_of_action(alert, known, waiting)
    if alert.transition not in OPEN:
        _end(alert, known, waiting)
    elif not alert.action and alert.transition == "raised":
        _raise(alert, known, waiting)
    elif known is None:  # of a time before there was a planner
        waiting.kept.alerts[alert.alert_id] = KnownAlert(alert, alert.sequence)
        waiting.kept.touched(alert.alert_id)
    else:
        known.alert = alert
        waiting.kept.touched(alert.alert_id)
        _act(alert, known, waiting)


def _raise(alert: Alert, known: KnownAlert | None, waiting: Waiting) -> None:
    if known is None:
        known = waiting.kept.alerts[alert.alert_id] = KnownAlert(alert, alert.sequence)
        if alert.sequence > 1:
            waiting.forget_ends(alert.alert_id)
    elif known.alert.transition == "raised":
        known.alert = alert  # whose it is has changed: they are told what the others know already
    else:
        known.taker = known.alert.taken_by or known.taker
        known.alert, known.raised = alert, alert.sequence
    waiting.kept.touched(alert.alert_id)
    waiting.assign(known, waiting.now)


def _end(alert: Alert, known: KnownAlert | None, waiting: Waiting) -> None:
    if known is None:
        return
    news: News = "retracted" if alert.transition == "retracted" else "resolved"
    for receiver, post in known.posts.items():
        if post.waits:
            waiting.alerts_of[receiver].discard(alert.alert_id)
            waiting.withhold(receiver, alert, "ended", sequence=post.waits)
        if post.told and receiver != alert.actor:
            # That it was wrong is news; that it is done can wait for whatever goes out next.
            at = waiting.opens_at(receiver, alert) if news == "retracted" else 0
            waiting.note(receiver, Note(alert, news, waiting.now, at))
    del waiting.kept.alerts[alert.alert_id]
    waiting.kept.touched(alert.alert_id)


def _hear(alert: Alert, waiting: Waiting) -> None:
    """A source has fallen silent, or is heard again."""
    silent = waiting.kept.clock.silent
    if alert.transition in OPEN:
        silent.setdefault(alert.source, waiting.around.silent_since(alert))
    elif silent.pop(alert.source, None) is not None:
        waiting.release(_INHIBITED, waiting.now + AFTER_SILENCE)
    waiting.kept.clock_touched()


def _tell_of_action(alert: Alert, known: KnownAlert | None, waiting: Waiting) -> None:
    wait = waiting.around.settings(alert).group_seconds * 1000
    for person, news in _concerned(alert, known):
        stand = waiting.around.in_place_of(person, waiting.now)
        if person and alert.actor not in (person, stand.person):
            note = Note(alert, news, waiting.now, waiting.now + wait)
            waiting.note(stand.person or person, note)


def _concerned(alert: Alert, known: KnownAlert | None) -> Iterator[tuple[str, News]]:
    """Whom an action concerns who need not be a receiver of the alert."""
    if alert.action == "hand_over":
        yield alert.offered_to, "hand_over"
    elif alert.action == "accept" and known is not None:
        yield known.alert.taken_by, "accept"
    elif alert.action == "ask":
        yield alert.officer, "ask"
    elif alert.action == "explain" and known is not None:
        for person in known.askers:
            yield person, "explain"


def _act(alert: Alert, known: KnownAlert, waiting: Waiting) -> None:
    post = known.posts.get(alert.actor) or Post()
    if alert.action == "ask":
        known.askers = tuple(dict.fromkeys((*known.askers, alert.actor)))
    elif alert.action == "snooze":
        until = max(alert.snoozed_until, waiting.now + 1)
        waiting.withhold(alert.actor, alert, "snoozed", until)
        waiting.put(
            known,
            alert.actor,
            Post(post.told, alert.sequence, "again", waiting.now, "snoozed", until),
        )
    elif alert.action in ("acknowledge", "accept") and post.waits:
        waiting.withhold(alert.actor, alert, "acknowledged", sequence=post.waits)
        waiting.take_off(known, alert.actor, max(post.told, known.raised))
