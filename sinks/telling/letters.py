"""From a group or a digest to the words of a message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote

from dossiers.alerting.people import ADMIN
from dossiers.alerting.sendings import AlertGroup, Digest, Root, ToldLine
from dossiers.reference.context import Context
from dossiers.reference.unlisted import shown_name
from dossiers.wire.alerts import Alert
from dossiers.wire.one_tap import LINK_HOURS, LinkKey, OneTap, OneTapAction
from sinks.telling.gravity import gravest_first
from sinks.telling.naming import Naming
from sinks.telling.notice_letter import NoticeLetter, Paragraph, Section
from sinks.telling.words import duration

LISTED = 30  # alerts of one list in a message
MOST_LISTED = 60  # of a group; more are counted
_ACTS: tuple[OneTapAction, ...] = ("acknowledge", "snooze")


@dataclass(frozen=True)
class LetterWriter:
    """Writes letters by one version of the reference data, in the words of ``names``. ``key``:
    signs links, None: no mail has any. ``now``: data time (ms)."""

    timeline: str
    context: Context
    names: Naming
    base_url: str
    key: LinkKey | None
    now: int

    def group(self, group: AlertGroup, *, shared: bool) -> NoticeLetter:
        """A group as a letter, the gravest first. ``shared``: others read it, so nothing in it
        acts."""
        roots = gravest_first(group.roots)
        title = self._title(roots[0].lines[0].alert)
        count = sum(len(root.lines) for root in roots)
        if len(roots) == 1 and count > 1:
            subject = f"[Đúng Hẹn] {self._storm(roots[0])}"
        elif count == 1:
            what = self._what(roots[0].lines[0].alert)
            subject = self.names.words["subject_one"].format(title=title, what=what)
        else:
            subject = self.names.words["subject_many"].format(n=count, title=title)
        sections = tuple(self._sections(roots, group.receiver, shared=shared))
        return self._letter(group.key, group.receiver, group.lines, subject, sections, shared)

    def _sections(self, roots: Sequence[Root], receiver: str, *, shared: bool) -> Iterator[Section]:
        room = MOST_LISTED
        for number, root in enumerate(roots):
            if room <= 0:
                left = sum(len(each.lines) for each in roots[number:])
                yield Section("", (), self.names.words["more"].format(n=left))
                return
            title = self._storm(root) if len(root.lines) > 1 else ""
            yield self._section(title, root.lines, receiver, shared=shared)
            room -= min(len(root.lines), LISTED)

    def _storm(self, root: Root) -> str:
        name = "storm" if root.lines[0].alert.dossier_id else "storm_of_scopes"
        title = self._title(root.lines[0].alert)
        return self.names.words[name].format(n=len(root.lines), title=title)

    def digest(self, digest: Digest, *, shared: bool) -> NoticeLetter:
        """A digest as a letter."""
        parts = (
            ("digest_late", digest.late), ("digest_due_today", digest.due_today),
            ("digest_other", digest.other), ("digest_ended", digest.ended),
        )  # fmt: skip
        sections = tuple(
            self._section(
                self.names.words[name].format(n=len(lines)), lines, digest.receiver, shared=shared
            )
            for name, lines in parts
            if lines
        )
        day = date.fromisoformat(digest.day).strftime("%d/%m/%Y")
        subject = self.names.words["subject_digest"].format(
            day=day, due=len(digest.due_today), late=len(digest.late)
        )
        lines = tuple(line for _, own in parts for line in own)
        letter = self._letter(digest.key, digest.receiver, lines, subject, sections, shared)
        if not digest.inhibited:
            return letter
        left_out = self.names.words["inhibited"].format(n=digest.inhibited)
        return replace(letter, closing=(left_out, *letter.closing))

    def _letter(
        self,
        key: str,
        receiver: str,
        lines: Sequence[ToldLine],
        subject: str,
        sections: tuple[Section, ...],
        shared: bool,
    ) -> NoticeLetter:
        words, base = self.names.words, self.base_url.rstrip("/")
        # What people did, and what is over, is told for other reasons than a duty.
        duties = (line.told.duty for line in lines if line.news in ("raised", "again"))
        roles = dict.fromkeys(words[f"role_{duty}"] for duty in duties)
        closing = [words["why"].format(roles=", ".join(roles))] if roles else []
        if any(paragraph.acts for section in sections for paragraph in section.paragraphs):
            until = self.names.local(self._links_end())
            closing.insert(
                0, words["links_until"].format(until=until, name=self.names.name(receiver))
            )
        links = [(words["sign_in" if shared else "inbox"], f"{base}/alerts")]
        if not shared:
            links.append((words["wishes"], f"{base}/me"))
        return NoticeLetter(
            key=key,
            keys=tuple(line.key for line in lines),
            receiver=receiver,
            name=self.names.name(receiver),
            subject=self.names.said(subject),
            sections=sections,
            closing=(*closing, words["foot"]),
            links=tuple(links),
        )

    def _section(
        self, title: str, lines: Sequence[ToldLine], receiver: str, *, shared: bool
    ) -> Section:
        shown = lines[:LISTED]
        left = len(lines) - len(shown)
        return Section(
            self.names.said(title),
            tuple(self._paragraph(line, receiver, shared=shared) for line in shown),
            self.names.words["more"].format(n=left) if left else "",
        )

    def _paragraph(self, line: ToldLine, receiver: str, *, shared: bool) -> Paragraph:
        alert = line.alert
        base = self.base_url.rstrip("/")
        acts = () if shared or line.news not in ("raised", "again") else self._acts(line, receiver)
        return Paragraph(
            key=line.key,
            title=self.names.said(self._title(alert)),
            news=self.names.said(self._news(line)),
            what=self._what(alert),
            details=tuple(self.names.said(each) for each in self._details(alert)),
            notes=tuple(self.names.said(each) for each in self._notes(line)),
            page=f"{base}/alerts/{quote(alert.alert_id, safe='')}",
            acts=acts,
        )

    def _title(self, alert: Alert) -> str:
        words = self.names.words
        if alert.kind == "due_soon":
            return words["due_soon" if alert.level else "due_soon_open"].format(left=alert.level)
        return words[alert.kind].format(
            late=duration(self._late(alert), words),
            level=alert.level,
            step=shown_name(alert.step) or "?",
            overdue=alert.overdue,
            open=alert.open,
            source=self.names.source(alert.source),
            since=self.names.local(alert.due_at),
        )

    def _late(self, alert: Alert) -> int:
        calendar = self.context.calendar_for(alert.unit)
        return calendar.between(alert.due_at, max(self.now, alert.due_at))

    def _what(self, alert: Alert) -> str:
        subject = alert.dossier_id or self.names.source(alert.source)
        if alert.kind == "unit_backlog":
            subject = self.names.unit_name(alert.unit)
        if alert.kind == "officer_backlog":
            subject = self.names.name(alert.officer)
        return self.names.said(subject)

    def _news(self, line: ToldLine) -> str:
        if line.news == "raised":
            return ""
        return self.names.words[f"news_{line.news}"].format(actor=self.names.name(line.alert.actor))

    def _details(self, alert: Alert) -> Iterable[str]:
        words = self.names.words
        if not alert.dossier_id:
            return
        procedure = self.names.procedure(alert.procedure)
        if procedure:
            yield procedure
        if alert.kind in ("due_soon", "overdue", "escalation"):
            yield words["due"].format(at=self.names.local(alert.due_at))
        if alert.step and alert.kind != "step_overdue":
            yield words["step"].format(step=shown_name(alert.step))
        if alert.officer:
            yield words["holder"].format(name=self.names.name(alert.officer))
        if alert.unit:
            yield self.names.unit_name(alert.unit)

    def _notes(self, line: ToldLine) -> Iterable[str]:
        told, words = line.told, self.names.words
        if told.instead_of:
            yield words["instead_of"].format(name=self.names.name(told.instead_of))
        if told.gap:
            yield words["gap"].format(name=self.names.name(told.gap))
        if line.held in ("quiet", "nobody"):
            yield words["held"].format(since=self.names.local(line.since))

    def _links_end(self) -> int:
        return self.context.calendar.add_hours(self.now, LINK_HOURS)

    def _acts(self, line: ToldLine, receiver: str) -> tuple[tuple[str, str], ...]:
        if self.key is None or receiver == ADMIN or ":" in receiver:
            return ()
        key, words = self.key, self.names.words
        return tuple(
            (words[action], key.link(self.base_url, self._tap(line, receiver, action)))
            for action in _ACTS
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
