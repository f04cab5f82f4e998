"""Alerts and what is done about them, in words."""

from __future__ import annotations

from api.desk.asking import ActionError
from api.desk.reasons import REASONS
from api.labels import Labels
from api.pages.dossiers.amounts import Written
from api.pages.parts.controls import Choice
from api.pages.words import Words
from api.viewer import Viewer
from dossiers.reference.matching import serves
from dossiers.text.personal import PersonalMark
from dossiers.wire.alerts import Alert

MOST_COLLEAGUES = 200


def what_of(alert: Alert, words: Words) -> str:
    """What an alert says, in a few words."""
    return words(f"desk_kind_{alert.kind}", level=alert.level, n=alert.overdue)


def error_text(error: ActionError, viewer: Viewer, say: Written) -> str:
    """Why something was not done, and what is true now."""
    words, now = say.words, error.now
    if error.code == "text_personal":
        return words("desk_error_text_personal", where=where_of(error.marks, words))
    if now is None:
        return words(f"desk_error_{error.code}", seconds=error.retry_after)
    return f"{words(f'desk_error_{error.code}', seconds=0)} {now_text(now, viewer, say)}"


def person_label(id_: str, labels: Labels, words: Words) -> str:
    """Somebody who acted: who signed in without being an officer of the directory has no name."""
    if id_ not in labels.names.officers:
        return words("inbox_somebody")
    return labels.officer(id_) or words("officer_hidden")


def now_text(alert: Alert, viewer: Viewer, say: Written) -> str:
    """What is true of an alert now, as a sentence."""
    words = say.words
    if alert.transition == "acknowledged":
        name = person_label(alert.taken_by, viewer.labels, words)
        return words("desk_now_acknowledged", name=name, until=say.weekday(alert.taken_until))
    return words(f"desk_now_{alert.transition}", at=say.weekday(alert.detected_at))


def where_of(marks: tuple[PersonalMark, ...], words: Words) -> str:
    """What of a text is personal, and where it stands; never the thing itself."""
    return "; ".join(
        words(f"desk_mark_{each.kind}", line=each.line, first=each.first, last=each.last)
        for each in marks[:3]
    )


def reason_choices(words: Words, chosen: str = "") -> tuple[Choice, ...]:
    """The reasons to choose from."""
    return tuple(Choice(each, words(f"desk_reason_{each}"), each == chosen) for each in REASONS)


def colleagues(viewer: Viewer, alert: Alert, giver: str, at: int, say: Written) -> list[Choice]:
    """To whom ``giver`` may hand an alert over at ``at`` (ms): who serves in its unit, then in
    those above it, as far as the giver sees them."""
    context, day = viewer.live.view.context, say.calendar.local_date(at).isoformat()
    units = (alert.unit, *context.ancestors(alert.unit)) if alert.unit else ()
    found = [
        (units.index(each.unit), viewer.labels.officer(each.id), each)
        for each in viewer.view.reference.officers
        if each.unit in units and each.id != giver and serves(each, day)
    ]
    found.sort(key=lambda row: row[:2])
    return [
        Choice(each.id, f"{name} · {each.position}" if each.position else name)
        for _, name, each in found[:MOST_COLLEAGUES]
    ]
