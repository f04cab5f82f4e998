"""What a message says, before it becomes a mail or the body of a target: plain values only.

Names come from outside: every text here is one line, and is escaped where it is put to use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dossiers.alerting.people import ADMIN, Duties
from dossiers.alerting.sendings import AlertGroup, Digest, Root, ToldLine
from dossiers.reference.context import Context
from dossiers.reference.unlisted import in_english, shown_name
from dossiers.time.hours import HOUR
from dossiers.wire.alerts import Alert
from dossiers.wire.one_tap import LINK_HOURS, LinkKey, OneTap, OneTapAction
from sinks.telling.words import WORDS, duration

LISTED = 30  # alerts of one list in a message
_MOST_TEXT = 200  # characters of one name


@dataclass(frozen=True)
class Paragraph:
    """One alert. ``details``: what else is known of it, part by part. ``page``: its address.
    ``acts``: (label, address) of links that act, none in a mailbox that others read."""

    key: str
    title: str
    news: str
    what: str
    details: tuple[str, ...]
    notes: tuple[str, ...]
    page: str
    acts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    """``title``: "" for none. ``left``: so many more are not listed."""

    title: str
    paragraphs: tuple[Paragraph, ...]
    more: str = ""


@dataclass(frozen=True)
class Letter:
    """``key``: of idempotency. ``keys``: of the alerts in it."""

    key: str
    keys: tuple[str, ...]
    receiver: str
    name: str
    subject: str
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Writer:
    """Writes letters by one version of the reference data. ``key``: signs links, None: no mail has
    any. ``now``: data time (ms)."""

    timeline: str
    context: Context
    duties: Duties
    base_url: str
    language: str
    key: LinkKey | None
    now: int

    @property
    def words(self) -> Mapping[str, str]:
        """Of the language; Vietnamese if there is none of that name."""
        return WORDS.get(self.language, WORDS["vi"])

    def group(self, group: AlertGroup, *, shared: bool) -> Letter:
        """A group as a letter. ``shared``: others read it, so nothing in it acts."""
        sections = tuple(self._root(root, group.receiver, shared=shared) for root in group.roots)
        first = group.roots[0]
        title = self._title(first.lines[0].alert)
        count = len(group.lines)
        if len(group.roots) == 1 and count > 1:
            subject = f"[Đúng Hẹn] {self.words['storm'].format(n=count, title=title)}"
        elif count == 1:
            what = self._what(first.lines[0].alert)
            subject = self.words["subject_one"].format(title=title, what=what)
        else:
            subject = self.words["subject_many"].format(n=count, title=title)
        return self._letter(group.key, group.receiver, group.lines, subject, sections, shared)

    def digest(self, digest: Digest, *, shared: bool) -> Letter:
        """A digest as a letter."""
        parts = (
            ("digest_late", digest.late), ("digest_due_today", digest.due_today),
            ("digest_other", digest.other), ("digest_ended", digest.ended),
        )  # fmt: skip
        sections = tuple(
            self._section(
                self.words[name].format(n=len(lines)), lines, digest.receiver, shared=shared
            )
            for name, lines in parts
            if lines
        )
        day = date.fromisoformat(digest.day).strftime("%d/%m/%Y")
        subject = self.words["subject_digest"].format(
            day=day, due=len(digest.due_today), late=len(digest.late)
        )
        lines = tuple(line for _, own in parts for line in own)
        letter = self._letter(digest.key, digest.receiver, lines, subject, sections, shared)
        if not digest.inhibited:
            return letter
        left_out = self.words["inhibited"].format(n=digest.inhibited)
        return Letter(**{**letter.__dict__, "closing": (left_out, *letter.closing)})

    def _letter(
        self,
        key: str,
        receiver: str,
        lines: Sequence[ToldLine],
        subject: str,
        sections: tuple[Section, ...],
        shared: bool,
    ) -> Letter:
        words, base = self.words, self.base_url.rstrip("/")
        roles = dict.fromkeys(words[f"role_{line.told.duty}"] for line in lines)
        closing = [words["why"].format(roles=", ".join(roles))] if roles else []
        if any(paragraph.acts for section in sections for paragraph in section.paragraphs):
            until = self.local(self._links_end())
            closing.insert(0, words["links_until"].format(until=until, name=self.name(receiver)))
        links = [(words["sign_in" if shared else "inbox"], f"{base}/alerts")]
        if not shared:
            links.append((words["wishes"], f"{base}/me"))
        return Letter(
            key=key,
            keys=tuple(line.key for line in lines),
            receiver=receiver,
            name=self.name(receiver),
            subject=self._said(subject),
            sections=sections,
            closing=(*closing, words["foot"]),
            links=tuple(links),
        )

    def _root(self, root: Root, receiver: str, *, shared: bool) -> Section:
        title = ""
        if len(root.lines) > 1:
            of_first = self._title(root.lines[0].alert)
            title = self.words["storm"].format(n=len(root.lines), title=of_first)
        return self._section(title, root.lines, receiver, shared=shared)

    def _section(
        self, title: str, lines: Sequence[ToldLine], receiver: str, *, shared: bool
    ) -> Section:
        shown = lines[:LISTED]
        left = len(lines) - len(shown)
        return Section(
            self._said(title),
            tuple(self._paragraph(line, receiver, shared=shared) for line in shown),
            self.words["more"].format(n=left) if left else "",
        )

    def _paragraph(self, line: ToldLine, receiver: str, *, shared: bool) -> Paragraph:
        alert = line.alert
        base = self.base_url.rstrip("/")
        acts = () if shared or line.news not in ("raised", "again") else self._acts(line, receiver)
        return Paragraph(
            key=line.key,
            title=self._said(self._title(alert)),
            news=self._said(self._news(line)),
            what=self._what(alert),
            details=tuple(self._said(each) for each in self._details(alert)),
            notes=tuple(self._said(each) for each in self._notes(line)),
            page=f"{base}/alerts/{quote(alert.alert_id, safe='')}",
            acts=acts,
        )

    def _title(self, alert: Alert) -> str:
        words = self.words
        if alert.kind == "due_soon":
            return words["due_soon" if alert.level else "due_soon_open"].format(left=alert.level)
        return words[alert.kind].format(
            late=duration(self._late(alert), words),
            level=alert.level,
            step=shown_name(alert.step) or "?",
            overdue=alert.overdue,
            open=alert.open,
            source=self._source(alert.source),
            since=self.local(alert.due_at),
        )

    def _late(self, alert: Alert) -> int:
        calendar = self.context.calendar_for(alert.unit)
        return calendar.between(alert.due_at, max(self.now, alert.due_at))

    def _what(self, alert: Alert) -> str:
        subject = alert.dossier_id or self._source(alert.source)
        if alert.kind == "unit_backlog":
            subject = self.unit_name(alert.unit)
        if alert.kind == "officer_backlog":
            subject = self.name(alert.officer)
        return self._said(subject)

    def _news(self, line: ToldLine) -> str:
        if line.news == "raised":
            return ""
        return self.words[f"news_{line.news}"].format(actor=self.name(line.alert.actor))

    def _details(self, alert: Alert) -> Iterable[str]:
        words = self.words
        if not alert.dossier_id:
            return
        procedure = self._procedure(alert.procedure)
        if procedure:
            yield procedure
        if alert.kind in ("due_soon", "overdue", "escalation"):
            yield words["due"].format(at=self.local(alert.due_at))
        if alert.step and alert.kind != "step_overdue":
            yield words["step"].format(step=shown_name(alert.step))
        if alert.officer:
            yield words["holder"].format(name=self.name(alert.officer))
        if alert.unit:
            yield self.unit_name(alert.unit)

    def _notes(self, line: ToldLine) -> Iterable[str]:
        told, words = line.told, self.words
        if told.instead_of:
            yield words["instead_of"].format(name=self.name(told.instead_of))
        if told.gap:
            yield words["gap"].format(name=self.name(told.gap))
        if line.held in ("quiet", "nobody"):
            yield words["held"].format(since=self.local(line.since))

    def _links_end(self) -> int:
        return self.context.calendar.add(self.now, LINK_HOURS * HOUR)

    def _acts(self, line: ToldLine, receiver: str) -> tuple[tuple[str, str], ...]:
        if self.key is None or receiver == ADMIN or ":" in receiver:
            return ()
        actions: tuple[OneTapAction, ...] = ("acknowledge", "snooze")
        return tuple(
            (self.words[action], self.key.link(self.base_url, self._tap(line, receiver, action)))
            for action in actions
        )

    def _tap(self, line: ToldLine, receiver: str, action: OneTapAction) -> OneTap:
        return OneTap(
            timeline=self.timeline,
            person=receiver,
            alert_id=line.alert.alert_id,
            sequence=line.alert.sequence,
            action=action,
            until=self._links_end(),
        )

    def local(self, at: int) -> str:
        """An instant (ms) as officials write it."""
        zone = ZoneInfo(self.context.reference.timezone)
        return datetime.fromtimestamp(at // 1000, UTC).astimezone(zone).strftime("%H:%M %d/%m/%Y")

    def name(self, receiver: str) -> str:
        """Of an officer, else of the unit whose mailbox it is, else the id as it may be shown."""
        if receiver == ADMIN:
            return self.words["role_admin"]
        officer = self.duties.officer(receiver)
        if officer is not None:
            return self._said(officer.name)
        if receiver.startswith("unit:"):
            return self.unit_name(receiver.removeprefix("unit:"))
        return self._said(shown_name(receiver) or "?")

    def unit_name(self, unit: str) -> str:
        """The unit's name, else its id as it may be shown."""
        named = {each.id: each.name for each in self.context.reference.units}
        return self._said(named.get(unit) or shown_name(unit) or "?")

    def _procedure(self, procedure: str) -> str:
        found = (each.name for each in self.context.reference.procedures if each.id == procedure)
        return next(found, shown_name(procedure))

    def _source(self, source: str) -> str:
        found = (each.name for each in self.context.reference.sources if each.id == source)
        return next(found, source)

    def _said(self, text: str) -> str:
        """In one line, bounded, and in the reader's language where that is ours to say."""
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        line = line if len(line) <= _MOST_TEXT else line[: _MOST_TEXT - 1] + "…"
        return in_english(line) if self.language == "en" else line
