"""The alerts that have not ended, and those that ended in the last day, as topic ``alerts`` has
them.

The reader of the live view hands every record of the topic over, from its beginning and
uncommitted: so there is no gap, and nothing has to be asked of ClickHouse. A record that comes
again, or that a transaction takes back, is replaced by what follows it under the same id.
"""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Set

import msgspec

from api.inbox.urgency import OPEN, most_urgent
from api.live.news import News
from api.live.view import TopicRecord
from dossiers.time.hours import HOUR
from dossiers.wire.alerts import Alert
from dossiers.wire.keys import officer_scope, source_scope, unit_scope
from dossiers.wire.reading import decoder
from dossiers.wire.topics import ALERTS

MOST_OPEN = 300_000  # alerts; more are counted and not held
MOST_ENDED = 50_000
MOST_SNOOZES = 50  # persons that silence one alert
KEPT_MS = 24 * HOUR  # for which an alert that has ended is held
_SOURCES = "sources"  # what all alerts about sources are found by
_log = logging.getLogger(__name__)
_decode = decoder(Alert)


def thread_of(alert: Alert) -> str:
    """What an alert is about: the dossier, else the scope of a unit, an officer or a source."""
    if alert.dossier_id:
        return alert.dossier_id
    if alert.kind == "source_silent":
        return source_scope(alert.source)
    if alert.kind == "officer_backlog":
        return officer_scope(alert.officer)
    return unit_scope(alert.unit)


class Thread:
    """Everything that is held about one dossier, or one scope. ``alerts``: by id, newest record of
    each; ``since``: when (data time, ms) each came to be so, whatever was done about it after.
    ``key``: see ``thread_of``."""

    __slots__ = ("_main", "alerts", "key", "since")

    def __init__(self, key: str) -> None:
        self.key = key
        self.alerts: dict[str, Alert] = {}
        self.since: dict[str, int] = {}
        self._main: Alert | None = None

    @property
    def main(self) -> Alert:
        """The alert that matters most."""
        if self._main is None:
            self._main = most_urgent(self.alerts.values())
        return self._main

    def put(self, alert: Alert) -> None:
        """A newer record."""
        self.alerts[alert.alert_id] = alert
        if not (alert.action or alert.moved) or alert.alert_id not in self.since:
            self.since[alert.alert_id] = alert.detected_at
        self._main = None

    def drop(self, alert_id: str) -> None:
        """An alert that is held no more."""
        self.alerts.pop(alert_id, None)
        self.since.pop(alert_id, None)
        self._main = None


class Book:
    """``revision`` rises with every change. ``left_out``: alerts for which there was no room since
    the process began. ``refused``: records that are no alerts. ``changed`` is called after each
    batch that changed something. Lives on the event loop."""

    def __init__(self, timeline: str, changed: Callable[[], None] = lambda: None) -> None:
        self._timeline = timeline
        self._changed = changed
        self._alerts: dict[str, Alert] = {}
        self._threads: dict[str, Thread] = {}
        self._of: dict[str, dict[str, int]] = {}  # scope to keys of threads, counted
        self._touched: dict[str, int] = {}  # scope to the revision of its last change
        self._ended: OrderedDict[str, int] = OrderedDict()  # id to when (data time, ms)
        self._snoozed: dict[str, dict[str, int]] = {}
        self._newest = 0
        self._news = News()
        self.revision = self.left_out = self.refused = 0

    def __len__(self) -> int:
        return len(self._alerts)

    @property
    def threads(self) -> Iterable[Thread]:
        """All of them, in no order."""
        return self._threads.values()

    def open_counts(self) -> Counter[tuple[str, str]]:
        """How many have not ended, by kind and status."""
        return Counter(
            (alert.kind, alert.transition)
            for alert in self._alerts.values()
            if alert.transition in OPEN
        )

    def alert(self, alert_id: str) -> Alert | None:
        """Its newest record; None if it is not known, or ended more than a day ago."""
        return self._alerts.get(alert_id)

    def thread(self, key: str) -> Thread | None:
        """By dossier or scope (``thread_of``)."""
        return self._threads.get(key)

    def thread_with(self, alert: Alert) -> Thread | None:
        """The thread that an alert belongs to."""
        return self._threads.get(thread_of(alert))

    def silent_sources(self) -> Iterator[Alert]:
        """The open alerts about sources that say nothing."""
        for key in self._of.get(_SOURCES, ()):
            for alert in self._threads[key].alerts.values():
                if alert.kind == "source_silent" and alert.transition in OPEN:
                    yield alert

    def threads_of(self, scopes: Iterable[str]) -> Iterator[Thread]:
        """Those with an alert of one of the units and officers, each once. An officer has what
        they hold, what they have taken and what is offered to them."""
        keys = {key for scope in scopes for key in self._of.get(scope, ())}
        return (self._threads[key] for key in keys)

    def touched(self, scopes: Iterable[str]) -> int:
        """The revision at which an alert of one of these scopes changed last, 0 if none did."""
        return max((self._touched.get(scope, 0) for scope in scopes), default=0)

    def snoozed_until(self, alert_id: str, person: str) -> int:
        """Until when (data time, ms) somebody silenced an alert; 0 if they did not."""
        return self._snoozed.get(alert_id, {}).get(person, 0)

    def apply(self, records: Iterable[TopicRecord]) -> None:
        """Take the records of topic alerts among ``records``, in their order."""
        before = self.revision
        for topic, _, value in records:
            if topic == ALERTS and value is not None:
                self._read(value)
        if self.revision != before:
            self._forget()
            self._news.tell()
            self._changed()

    async def until(self, arrived: Callable[[], bool], seconds: float) -> bool:
        """Wait for a change after which ``arrived``; False if it does not come in time."""
        return await self._news.until(arrived, seconds)

    def _read(self, value: bytes) -> None:
        try:
            alert = _decode(value)
        except msgspec.MsgspecError:
            self.refused += 1
            if self.refused == 1:
                _log.warning("a record of topic alerts is no alert, and is skipped")
            return
        if alert.timeline == self._timeline:
            self._take(alert)

    def _take(self, alert: Alert) -> None:
        self._newest = max(self._newest, alert.detected_at)
        before = self._alerts.get(alert.alert_id)
        if before is not None and alert.sequence < before.sequence:
            return
        if before is None and alert.transition in OPEN and len(self._alerts) >= MOST_OPEN:
            self.left_out += 1
            return
        self._note_snooze(alert)
        self._put(alert, before)
        if alert.transition in OPEN:
            self._ended.pop(alert.alert_id, None)
        else:
            self._snoozed.pop(alert.alert_id, None)
            self._ended[alert.alert_id] = alert.detected_at
            self._ended.move_to_end(alert.alert_id)
        self.revision += 1
        for each in (alert,) if before is None else (alert, before):
            self._touched.update(dict.fromkeys(scopes_of(each), self.revision))

    def _note_snooze(self, alert: Alert) -> None:
        if alert.action != "snooze" or alert.transition not in OPEN:
            return
        silenced = self._snoozed.setdefault(alert.alert_id, {})
        if alert.actor in silenced or len(silenced) < MOST_SNOOZES:
            silenced[alert.actor] = alert.snoozed_until

    def _put(self, alert: Alert, before: Alert | None) -> None:
        key = thread_of(alert)
        if before is not None:
            self._unlist(key, before)
        self._alerts[alert.alert_id] = alert
        thread = self._threads.get(key)
        if thread is None:
            thread = self._threads[key] = Thread(key)
        thread.put(alert)
        for scope in scopes_of(alert):
            of = self._of.setdefault(scope, {})
            of[key] = of.get(key, 0) + 1

    def _unlist(self, key: str, alert: Alert) -> None:
        for scope in scopes_of(alert):
            of = self._of.get(scope, {})
            of[key] = of.get(key, 1) - 1
            if of[key] <= 0:
                del of[key]
            if not of:
                self._of.pop(scope, None)

    def _forget(self) -> None:
        """What ended more than a day ago, or is more than there is room for."""
        while self._ended:
            alert_id, at = next(iter(self._ended.items()))
            if at > self._newest - KEPT_MS and len(self._ended) <= MOST_ENDED:
                return
            del self._ended[alert_id]
            self._drop(self._alerts.pop(alert_id))

    def _drop(self, alert: Alert) -> None:
        key = thread_of(alert)
        self._unlist(key, alert)
        self._snoozed.pop(alert.alert_id, None)
        thread = self._threads[key]
        thread.drop(alert.alert_id)
        if not thread.alerts:
            del self._threads[key]


def scopes_of(alert: Alert) -> Set[str]:
    """Whose an alert is: of its unit, and of everybody who has to do with it."""
    people = {alert.officer, alert.taken_by, alert.offered_to} - {""}
    scopes = {officer_scope(each) for each in people}
    if alert.unit:
        scopes.add(unit_scope(alert.unit))
    if alert.kind == "source_silent":
        scopes.add(_SOURCES)
    return scopes
