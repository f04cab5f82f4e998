"""The rows of the list: a dossier with its story, or many that are one row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.inbox.items import InboxItem
from api.pages.alerts.asking import AlertFilter
from api.pages.alerts.groups import Entry, Stack
from api.pages.alerts.offers import Offers
from api.pages.alerts.wording import MARKS, AlertWords
from api.pages.parts.marks import Shape, Tone


@dataclass(frozen=True)
class AlertRow:
    """``href``: the alert beside the list, or the list of the many that it stands for (``many``).
    ``at``: when it became so. ``state``: what has become of it, "" while
    it waits. ``alert_id``, ``pick``: as the forms send them, "" if the reader may not take it."""

    href: str
    shape: Shape
    tone: Tone
    title: str
    badge: str
    about: str
    who: str
    unit: str
    step: str
    at: str
    state: str = ""
    alert_id: str = ""
    sequence: int = 0
    pick: str = ""
    unread: bool = False
    chosen: bool = False
    many: bool = False


@dataclass(frozen=True)
class AlertRowMaker:
    """Makes rows for one reader; ``chosen``: key of the thread that is open beside the list."""

    asked: AlertFilter
    say: AlertWords
    offers: Offers
    chosen: str = ""

    def row(self, entry: Entry) -> AlertRow:
        """One row of the list."""
        return self._stack(entry) if isinstance(entry, Stack) else self._one(entry)

    def _one(self, item: InboxItem) -> AlertRow:
        main, say = item.main, self.say
        shape, tone = MARKS.get(main.kind, ("", "neutral"))
        waits = item.state == "waiting"
        return AlertRow(
            href=self.asked.url(main.alert_id, first=self.asked.first),
            shape=shape if item.state != "done" else "done",
            tone=tone if item.state != "done" else "neutral",
            title=say.title(main),
            badge=say.badge(main),
            about=say.about(main),
            who=say.holder(main),
            unit=say.unit(main.unit),
            step=say.step(main),
            at=say.short(item.since),
            state=state_of(item, say),
            alert_id=main.alert_id,
            sequence=main.sequence,
            pick=pick_of(item) if waits and self.offers.may_take(main) else "",
            unread=item.unread,
            chosen=item.key == self.chosen,
        )

    def _stack(self, stack: Stack) -> AlertRow:
        main, say, count = stack.main, self.say, len(stack.items)
        shape, tone = MARKS.get(main.kind, ("", "neutral"))
        words, number = say.words, say.words.number
        return AlertRow(
            href=self.asked.url(kind=main.kind, cause=stack.cause, group=stack.group),
            shape=shape,
            tone=tone,
            title=words(f"inbox_many_{main.kind}", n=number(count)),
            badge=words("inbox_group_badge"),
            about=_about_many(stack, say),
            who=_holders(stack.items, say),
            unit=_places(stack.items, say),
            step="",
            at=say.short(max(item.newest for item in stack.items)),
            unread=any(item.unread for item in stack.items),
            many=True,
        )


def pick_of(item: InboxItem) -> str:
    """How a form names an alert, with the sequence that its reader saw."""
    return f"{item.main.alert_id}:{item.main.sequence}"


def state_of(item: InboxItem, say: AlertWords) -> str:
    """Who has taken it and until when, until when it is silenced, when it ended."""
    main, words = item.main, say.words
    if item.state == "taken":
        key = "inbox_taken_until" if main.taken_until else "inbox_taken"
        until = say.until(main.taken_until) if main.taken_until else ""
        return words(key, who=say.person(main.taken_by), until=until)
    if item.state == "snoozed":
        return words("inbox_snoozed_until", until=say.until(item.until))
    if item.state == "held":
        return words("inbox_held_back")
    if item.state == "done":
        key = "inbox_retracted_at" if main.transition == "retracted" else "inbox_done_at"
        return words(key, at=say.clock(main.detected_at))
    return ""


def _about_many(stack: Stack, say: AlertWords) -> str:
    main = stack.main
    if stack.cause:
        return say.words("inbox_many_since", at=say.clock(stack.cause))
    if main.kind == "due_soon":
        first = min(item.main.due_at for item in stack.items)
        return say.words("inbox_many_first", at=say.clock(first))
    newest = max(item.newest for item in stack.items)
    return say.words("inbox_many_newest", at=say.clock(newest))


def _holders(items: Iterable[InboxItem], say: AlertWords) -> str:
    people = {item.main.officer for item in items if item.main.officer}
    if len(people) == 1:
        return say.viewer.labels.officer(next(iter(people)))
    return say.words("inbox_holders", n=len(people)) if people else ""


def _places(items: Iterable[InboxItem], say: AlertWords) -> str:
    units = {item.main.unit for item in items if item.main.unit}
    if len(units) == 1:
        return say.unit(next(iter(units)))
    return say.words("inbox_units", n=len(units)) if units else ""
