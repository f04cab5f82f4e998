"""From a reminder about a late list to the words of a message."""

from __future__ import annotations

from urllib.parse import quote

from dossiers.publication.reminders import Reminder
from dossiers.wire.publications import month_and_scope
from sinks.telling.naming import Naming
from sinks.telling.notice_letter import NoticeLetter, Paragraph, Section

_OWN = ("explain", "answer")  # steps of those who are charged


def list_letter(found: Reminder, names: Naming, base_url: str, *, shared: bool) -> NoticeLetter:
    """``shared``: others read it; nothing in it acts anyway."""
    words = names.words
    month, scope = month_and_scope(found.list_id)
    year, _, number = month.partition("-")
    title = words["list"].format(month=f"{number}/{year}")
    what = words[f"list_{found.kind}"].format(n=found.count)
    until = names.local(found.until)
    paragraph = Paragraph(
        key=found.key,
        title=what,
        news=words[f"list_{found.when}"],
        what=title if not scope else f"{title}, {names.unit_name(scope)}",
        details=(words["list_until"].format(at=until),),
        notes=(),
        page=_page(found, base_url),
    )
    return NoticeLetter(
        key=found.key,
        keys=(),
        receiver=found.receiver,
        name=names.name(found.receiver),
        subject=names.said(f"[Đúng Hẹn] {title}: {what}, {words['list_until'].format(at=until)}"),
        sections=(Section("", (paragraph,)),),
        closing=(words["foot"],),
        links=((words["sign_in" if shared else "inbox"], f"{base_url.rstrip('/')}/alerts"),),
    )


def _page(found: Reminder, base_url: str) -> str:
    """Those who are charged find there what is theirs, as officer or as head."""
    base = f"{base_url.rstrip('/')}/publications"
    return base if found.kind in _OWN else f"{base}/{quote(found.list_id, safe='~')}"
