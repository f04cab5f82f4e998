"""The words of a message to a chat room, Vietnamese first. Plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dossiers.reference.unlisted import in_english, shown_name
from dossiers.wire.alerts import Alert
from sinks.notifier.directory import AlertDirectory

LISTED = 50

_WORDS = {
    "vi": {
        "subject": "[Đúng Hẹn] {n} hồ sơ quá hạn: {unit}",
        "subject_backlog": "[Đúng Hẹn] Nhiều hồ sơ quá hạn tồn đọng: {unit}",
        "subject_retracted": "[Đúng Hẹn] Rút lại {n} thông báo quá hạn: {unit}",
        "greeting": "Kính gửi lãnh đạo {unit},",
        "raised": "{n} hồ sơ đã quá hạn giải quyết:",
        "retracted": (
            "{n} thông báo được rút lại, vì dữ liệu đến sau cho thấy hồ sơ không quá hạn:"
        ),
        "line": "- {dossier}: hẹn trả {due}; bước: {step}; cán bộ: {officer}",
        "more": "- và {n} hồ sơ khác",
        "backlog": (
            "Tồn đọng vượt ngưỡng từ {since}: {overdue} hồ sơ quá hạn trên {open} hồ sơ đang "
            "giải quyết ({rate} %)."
        ),
        "decimal": ",",
        "list": "Danh sách hồ sơ quá hạn của đơn vị: {url}",
        "foot": "Thư tự động của hệ thống Đúng Hẹn; xin không trả lời thư này.",
        "units": "{n} đơn vị",
    },
    "en": {
        "subject": "[Đúng Hẹn] {n} overdue: {unit}",
        "subject_backlog": "[Đúng Hẹn] Many overdue dossiers: {unit}",
        "subject_retracted": "[Đúng Hẹn] {n} overdue alerts taken back: {unit}",
        "greeting": "To the head of {unit},",
        "raised": "{n} dossiers are now past their due time:",
        "retracted": "{n} alerts are taken back: later data shows these dossiers are not overdue:",
        "line": "- {dossier}: due {due}; step: {step}; officer: {officer}",
        "more": "- and {n} more",
        "backlog": (
            "Over the threshold since {since}: {overdue} of {open} open dossiers are overdue "
            "({rate} %)."
        ),
        "decimal": ".",
        "list": "The unit's overdue dossiers: {url}",
        "foot": "Sent by Đúng Hẹn; please do not reply.",
        "units": "{n} units",
    },
}


@dataclass(frozen=True)
class Text:
    """Subject and body of one message, as plain text."""

    subject: str
    body: str


def delivery_key(alert: Alert) -> str:
    """The idempotency key: one transition of one alert."""
    return f"{alert.alert_id}:{alert.sequence}"


def overdue_page(base_url: str, unit: str) -> str:
    """The address of the page with the overdue dossiers of ``unit`` under ``base_url``."""
    return f"{base_url.rstrip('/')}/overdue/{quote(unit or 'unknown', safe='')}"


def compose(
    alerts: Sequence[Alert], directory: AlertDirectory, base_url: str, language: str = "vi"
) -> Text:
    """One message about all of ``alerts``, unit by unit, what concerns a whole unit first."""
    words = _WORDS.get(language, _WORDS["vi"])
    units = list(dict.fromkeys(alert.unit for alert in alerts))
    backlogs = [a for a in alerts if a.kind == "unit_backlog" and a.transition == "raised"]
    single = [alert for alert in alerts if alert.kind != "unit_backlog"]
    raised = [alert for alert in single if alert.transition == "raised"]
    title = "subject" if raised else "subject_backlog" if backlogs else "subject_retracted"
    where = (
        directory.unit_name(units[0]) if len(units) == 1 else words["units"].format(n=len(units))
    )
    subject = words[title].format(n=len(raised or single), unit=where)
    lines: list[str] = []
    for unit in units:
        own = [alert for alert in single if alert.unit == unit]
        lines += [words["greeting"].format(unit=directory.unit_name(unit)), ""]
        for alert in backlogs:
            if alert.unit == unit:
                lines += [_backlog(words, alert, directory), ""]
        for transition in ("raised", "retracted"):
            lines += _section(
                words, transition, [a for a in own if a.transition == transition], directory
            )
        lines += [words["list"].format(url=overdue_page(base_url, unit)), ""]
    lines += ["-- ", words["foot"]]
    body = "\n".join(lines) + "\n"
    if language == "en":
        subject, body = in_english(subject), in_english(body)
    return Text(_one_line(subject), body)


def _section(
    words: dict[str, str], transition: str, alerts: list[Alert], directory: AlertDirectory
) -> list[str]:
    if not alerts:
        return []
    lines = [words[transition].format(n=len(alerts)), ""]
    for alert in sorted(alerts, key=lambda a: (a.due_at, a.dossier_id))[:LISTED]:
        lines.append(
            words["line"].format(
                dossier=_one_line(alert.dossier_id),
                due=local_time(alert.due_at, directory.timezone),
                step=_one_line(shown_name(alert.step)) or "?",
                officer=_one_line(directory.officer_name(alert.officer)),
            )
        )
    if len(alerts) > LISTED:
        lines.append(words["more"].format(n=len(alerts) - LISTED))
    return [*lines, ""]


def _backlog(words: dict[str, str], alert: Alert, directory: AlertDirectory) -> str:
    rate = f"{100 * alert.overdue / max(alert.open, 1):.1f}".replace(".", words["decimal"])
    since = local_time(alert.due_at, directory.timezone)
    return words["backlog"].format(since=since, overdue=alert.overdue, open=alert.open, rate=rate)


def local_time(at: int, timezone: str) -> str:
    """An instant (ms) as officials write it: 14:30 ngày 05/03/2026, without the word."""
    moment = datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(timezone))
    return moment.strftime("%H:%M %d/%m/%Y")


def _one_line(text: str) -> str:
    """Names come from outside; a line break in one must not make a header or a line."""
    return " ".join(text.split())
