"""What stands in a letter: bounded, the gravest first, each late dossier once."""

from __future__ import annotations

from dossiers.alerting.people import Duties
from dossiers.alerting.receivers import ToldTo
from dossiers.alerting.sendings import AlertGroup, ToldLine, roots_of
from dossiers.reference.context import Context
from dossiers.wire.alerts import Alert
from sinks.telling.letters import MOST_LISTED, LetterWriter
from sinks.telling.mail import compose
from sinks.telling.naming import Naming
from sinks.telling.notice_letter import NoticeLetter
from tests.sinks.telling.rig import BASE, KEY, LINE, MONDAY, REFERENCE_DATA, alert

TOLD = ToldTo(person="h1", capacity="receiver", duty="head")
CONTEXT = Context(REFERENCE_DATA)


def letter(*alerts: Alert, news: str = "raised") -> NoticeLetter:
    lines = [
        ToldLine(alert=each, sequence=1, news=news, told=TOLD, since=MONDAY)  # type: ignore[arg-type]
        for each in alerts
    ]
    group = AlertGroup(
        receiver="h1", at=MONDAY, urgent=False, number=1, budget=10, roots=roots_of(lines, 20)
    )
    names = Naming(CONTEXT, Duties(CONTEXT), "vi")
    return LetterWriter(LINE, CONTEXT, names, BASE, KEY, MONDAY).group(group, shared=False)


def test_a_mail_about_thousands_is_short_and_says_how_many() -> None:
    found = letter(*(alert(f"d{n}", unit=f"unit-{n % 300}") for n in range(5_000)))
    shown = sum(len(section.paragraphs) for section in found.sections)
    assert shown == MOST_LISTED
    assert found.sections[-1].more == f"và {5_000 - MOST_LISTED} cảnh báo khác"
    assert "5000" in found.subject
    mail = compose(found, "vi", "dunghen@hue.test", "binh@hue.test", MONDAY)
    assert len(mail.as_bytes()) < 300_000
    assert mail["Date"] == "Mon, 02 Nov 2026 02:00:00 +0000"


def test_the_gravest_comes_first_and_a_late_dossier_once() -> None:
    found = letter(
        alert("d1"),
        alert("d3", kind="date_rewritten"),
        alert("d2", kind="overdue"),
        alert("d2", kind="escalation", level=2, sequence=1),
    )
    paragraphs = [p for section in found.sections for p in section.paragraphs]
    assert [p.what for p in paragraphs] == ["d2", "d1", "d3"]
    assert paragraphs[0].title.startswith("Leo thang 2")
    assert len(found.keys) == 4, "all of them count as told"


def test_a_letter_about_ends_names_no_duty() -> None:
    found = letter(alert(transition="retracted"), news="retracted")
    assert not any("với vai trò" in line for line in found.closing)
