"""People are reminded by mail of what there is to do about a late list, once."""

from __future__ import annotations

from dossiers.wire.publications import Case
from sinks.config import SmtpConfig
from tests.dossiers.publication.made_records import Story
from tests.sinks.receivers import Letterbox
from tests.sinks.telling.rig import MINUTE, Line, Starter, alert
from tests.support.waiting import wait_for

Box = tuple[Letterbox, SmtpConfig]
CASES = (Case("d1", "u1", "o1"), Case("d2", "u1", "o1"), Case("d1", "u1"))


def cases_of(rows: str) -> tuple[Case, ...]:
    return CASES


def told(box: Letterbox, number: int) -> dict[str, tuple[str, str]]:
    """By recipient: subject and text."""
    found = {}
    for to, message in box.wait(number):
        text, _ = message.iter_parts()
        found[to] = message["Subject"], text.get_content()
    return found


def test_who_is_charged_gets_a_mail_and_after_a_restart_no_other(
    line: Line, tell: Starter, letterbox: Box
) -> None:
    box, smtp = letterbox
    story = Story()
    story.freeze()
    line.published(*story.values)
    line.tick(story.now)
    service = tell(smtp=smtp, cases_of=cases_of)
    mails = told(box, 2)
    assert set(mails) == {"anh@hue.test", "binh@hue.test"}
    subject, text = mails["anh@hue.test"]
    assert "Danh sách trễ hạn tháng 10/2026: 2 hồ sơ tính cho ông/bà" in subject
    assert "hạn 17:00 09/11/2026" in text
    assert "Mở danh sách: http" in text
    wait_for(lambda: service.status().waiting == 0)
    service.stop()
    tell(smtp=smtp, cases_of=cases_of)
    line.raised(alert())  # something that is news, so that it is known to have looked
    line.tick(story.now + 10 * MINUTE)
    box.wait(4)
    assert sum("Danh sách" in message["Subject"] for _, message in box.wait(4)) == 2


def test_what_was_explained_before_it_could_be_told_is_not_told(
    line: Line, tell: Starter, letterbox: Box
) -> None:
    box, smtp = letterbox
    story = Story()
    story.freeze()
    for case in CASES[:2]:
        story.explain(case, by="o1")
    line.published(*story.values)
    line.tick(story.now)
    tell(smtp=smtp, cases_of=cases_of)
    line.raised(alert())
    line.tick(story.now + 10 * MINUTE)
    assert not any("Danh sách" in message["Subject"] for _, message in box.wait(2))


def test_a_replay_reminds_nobody(line: Line, tell: Starter, letterbox: Box) -> None:
    box, smtp = letterbox
    story = Story()
    story.freeze()
    line.published(*story.values)
    line.tick(story.now)
    tell(smtp=smtp, cases_of=cases_of, kind="replay", deliver_unreal=True)
    line.raised(alert())
    line.tick(story.now + 10 * MINUTE)
    assert not any("Danh sách" in message["Subject"] for _, message in box.wait(2))
