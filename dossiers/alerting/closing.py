"""Closing groups: whatever is about to go out is asked again whether it may, and to whom."""

from __future__ import annotations

from collections.abc import Iterator

from dossiers.alerting.kept import KnownAlert, Note, Post
from dossiers.alerting.receivers import ToldTo
from dossiers.alerting.sendings import AlertGroup, Hold, ToldLine, roots_of
from dossiers.alerting.surroundings import may_be_silence
from dossiers.alerting.waiting import FAR, Waiting, is_urgent
from dossiers.time.hours import HOUR, clock_ms

NEAR_DIGEST = HOUR  # ms: what may go out so soon before the digest goes with it


def close_due(waiting: Waiting) -> Iterator[AlertGroup]:
    """Every group whose time has come, receiver by receiver."""
    for receiver in waiting.due():
        group = _close(receiver, waiting)
        if group is not None:
            yield group


def _close(receiver: str, waiting: Waiting) -> AlertGroup | None:
    """None if nothing of it may go out now."""
    now = waiting.now
    box = waiting.kept.boxes.get(receiver)
    notes = box.notes if box is not None else []
    if not any(0 < note.at <= now for note in notes) and not any(
        post.at <= now for _, post in waiting.posts(receiver)
    ):
        return None
    if (opens := waiting.around.may_go_at(receiver, now)) > now:
        _wait_for_morning(receiver, opens, waiting)
        return None
    lines = list(ready(receiver, waiting))
    if not lines and not any(0 < note.at <= now for note in notes):
        return None
    lines += [line_of(note, receiver) for note in notes]
    return _group(receiver, lines, waiting)


def _wait_for_morning(receiver: str, opens: int, waiting: Waiting) -> None:
    """Quiet hours hold back what is due, and what is not due until they are over."""
    for known, post in list(waiting.posts(receiver)):
        if post.at <= waiting.now:
            at = opens if is_urgent(known.alert) else _with_digest(receiver, opens, waiting)
            waiting.hold(known, receiver, post.held if post.held == "snoozed" else "quiet", at)
    if receiver in waiting.kept.boxes and waiting.kept.boxes[receiver].notes:
        box = waiting.kept.box(receiver)
        late = [note for note in box.notes if 0 < note.at <= waiting.now]
        box.notes = [note for note in box.notes if note not in late]
        for note in late:
            waiting.note(receiver, Note(note.alert, note.news, note.since, opens))


def _with_digest(receiver: str, opens: int, waiting: Waiting) -> int:
    """``opens``, or the digest's time if that comes soon after: one message and not two."""
    calendar = waiting.around.calendar(receiver)
    clock = clock_ms(waiting.around.settings_for(receiver).digest_at)
    digest = calendar.at_clock(calendar.day_of(opens), clock)
    return digest if opens < digest <= opens + NEAR_DIGEST else opens


def ready(receiver: str, waiting: Waiting) -> Iterator[ToldLine]:
    """What waits and may go, which then counts as told. Of what may not, it is said why."""
    for known, post in list(waiting.posts(receiver)):
        told = waiting.told(known).get(receiver)
        if told is None and post.held == "snoozed":
            told = ToldTo(person=receiver, capacity="receiver", duty="above")  # they asked for it
        if told is None or told.digest:
            _pass_on(known, receiver, waiting)
            continue
        held, until = _hold_of(known, post, told, waiting)
        if held:
            waiting.hold(known, receiver, held, until)
            continue
        yield ToldLine(
            alert=known.alert, sequence=post.waits, news=post.news, told=told, since=post.since,
            held=post.held,
        )  # fmt: skip
        # After a snooze what is told is the alert as it was raised, too.
        waiting.take_off(known, receiver, max(post.waits, known.raised))


def _hold_of(known: KnownAlert, post: Post, told: ToldTo, waiting: Waiting) -> tuple[Hold, int]:
    """What forbids it now, and until when (ms)."""
    if not told.person:
        return "nobody", told.until
    if post.held == "snoozed" and post.at > waiting.now:
        return "snoozed", post.at
    if may_be_silence(known.alert, waiting.kept.clock.silent):
        return "silent_source", FAR
    if post.held == "silent_source" and post.at > waiting.now:
        return "silent_source", post.at  # heard again, a moment ago
    return "", 0


def _pass_on(known: KnownAlert, receiver: str, waiting: Waiting) -> None:
    """It concerns others now: those who stand in, or who have the duty since then."""
    post = known.posts[receiver]
    waiting.withhold(receiver, known.alert, "not_concerned", sequence=post.waits)
    waiting.take_off(known, receiver, post.told)
    waiting.assign(known, post.since, waiting.now)


def line_of(note: Note, receiver: str) -> ToldLine:
    return ToldLine(
        alert=note.alert, sequence=note.alert.sequence, news=note.news, since=note.since,
        told=ToldTo(person=receiver, capacity="receiver", duty="holder"),
    )  # fmt: skip


def _group(receiver: str, lines: list[ToldLine], waiting: Waiting) -> AlertGroup:
    settings = waiting.around.settings_for(receiver)
    box = waiting.counted(receiver)
    box.notes, box.last = [], waiting.now
    urgent = any(is_urgent(line.alert) and line.news == "raised" for line in lines)
    if urgent:
        box.urgent = waiting.now
    return AlertGroup(
        receiver=receiver,
        at=waiting.now,
        urgent=urgent,
        number=box.number,
        budget=settings.budget,
        roots=roots_of(lines, settings.storm),
    )
