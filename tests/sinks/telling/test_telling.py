"""People are told once: also across restarts and take-overs, and after a mail server was down."""

from __future__ import annotations

import msgspec

from api.ports import Reached
from dossiers.wire.reference import Reference
from dossiers.wire.roster import Leave, RosterEntry
from dunghen.serving.queues import reached
from dunghen.status.gathering import UNREACHED
from sinks.config import SmtpConfig
from sinks.store import Store
from sinks.telling.config import TellingConfig
from sinks.telling.service import TellingService
from tests.dossiers.days import at
from tests.sinks.receivers import Letterbox
from tests.sinks.telling.rig import LINE, MINUTE, MONDAY, REFERENCE_DATA, Line, Starter, alert
from tests.sinks.topics import PATIENCE_S
from tests.support.waiting import wait_for

Box = tuple[Letterbox, SmtpConfig]


def parts(box: Letterbox, number: int) -> dict[str, tuple[str, str, str]]:
    """By recipient of the first mails: subject, text, HTML."""
    found = {}
    for to, message in box.wait(number):
        text, html = message.iter_parts()
        found[to] = (message["Subject"], text.get_content(), html.get_content())
    return found


def test_holder_and_head_get_a_mail_each_at_their_own_address(
    line: Line, tell: Starter, letterbox: Box
) -> None:
    box, smtp = letterbox
    line.tick(MONDAY)
    tell(smtp=smtp)
    line.raised(alert())
    line.tick(MONDAY + 1_000)
    mails = parts(box, 2)
    assert set(mails) == {"anh@hue.test", "binh@hue.test"}
    subject, text, html = mails["binh@hue.test"]
    assert subject.startswith("[Đúng Hẹn] Quá hạn")
    assert subject.endswith(": d1")
    assert "Kính gửi Trần Văn Bình," in text
    assert "người đứng đầu đơn vị" in text
    assert "Cấp giấy phép <xây dựng>" in text
    assert "Cấp giấy phép &lt;xây dựng&gt;" in html
    assert text.count("/alerts/act/") == 2


def test_a_mailbox_that_others_read_gets_no_link_that_acts(
    line: Line, tell: Starter, letterbox: Box
) -> None:
    box, smtp = letterbox
    line.tick(MONDAY)
    tell(smtp=smtp)
    line.raised(alert(unit="u2", officer="nobody"))
    line.tick(MONDAY + 1_000)
    _, text, html = parts(box, 1)["nv@hue.test"]
    assert "/alerts/act/" not in text + html
    assert "Đăng nhập để xử lý" in text


def test_quiet_hours_hold_it_until_morning(line: Line, tell: Starter, letterbox: Box) -> None:
    box, smtp = letterbox
    night = at("2026-11-02T22:00")
    line.tick(night)
    service = tell(smtp=smtp)
    line.raised(alert())
    line.tick(night + 1_000)
    wait_for(lambda: service.status().now > night, PATIENCE_S)
    assert service.status().waiting == 0
    assert service.status().withheld > 0
    line.tick(at("2026-11-03T08:00"))
    _, text, _ = parts(box, 2)["anh@hue.test"]
    assert "Được giữ lại" in text or "hôm nay" in text


def test_a_deputy_is_told_whose_place_it_is(line: Line, tell: Starter, letterbox: Box) -> None:
    box, smtp = letterbox
    line.roster(
        RosterEntry(
            officer="h1",
            leaves=(Leave(begins_at=MONDAY - 1, ends_at=MONDAY + 600 * MINUTE, deputy="o1"),),
        )
    )
    line.tick(MONDAY)
    tell(smtp=smtp)
    line.raised(alert(kind="late_reception"))
    line.tick(MONDAY + 1_000)
    _, text, _ = parts(box, 1)["anh@hue.test"]
    assert "thay cho Trần Văn Bình" in text


def test_what_waits_at_a_stop_is_sent_after_it_and_once(
    line: Line, tell: Starter, letterbox: Box
) -> None:
    box, smtp = letterbox
    box.refuse = {"anh@hue.test": 1_000_000, "binh@hue.test": 1_000_000}
    line.tick(MONDAY)
    first = tell(smtp=smtp)
    line.raised(alert())
    line.tick(MONDAY + 1_000)
    wait_for(
        lambda: sum(r.failures_in_a_row > 1 for r in first.status().receivers) == 2, PATIENCE_S
    )
    first.stop()
    box.refuse = {}
    second = tell(smtp=smtp)
    assert set(parts(box, 2)) == {"anh@hue.test", "binh@hue.test"}
    wait_for(lambda: second.status().waiting == 0, PATIENCE_S)
    second.stop()
    third = tell(smtp=smtp)
    line.tick(MONDAY + 2_000)
    wait_for(lambda: third.status().now == MONDAY + 2_000, PATIENCE_S)
    assert len(box.mails) == 2
    assert len({message["Message-ID"] for _, message in box.mails}) == 2


def test_what_ended_while_nobody_was_there_is_never_sent(
    line: Line, tell: Starter, letterbox: Box
) -> None:
    box, smtp = letterbox
    line.tick(MONDAY)
    tell(smtp=smtp).stop()
    line.raised(alert(), alert(sequence=2, transition="resolved"), alert("d2"))
    line.tick(MONDAY + 1_000)
    tell(smtp=smtp)
    for subject, _, _ in parts(box, 2).values():
        assert subject.endswith(": d2")


def test_the_past_is_not_told_at_a_first_start(line: Line, tell: Starter, letterbox: Box) -> None:
    box, smtp = letterbox
    line.raised(alert("old"))
    line.tick(MONDAY)
    service = tell(smtp=smtp, from_beginning=False)
    assert service.status().open == 1
    line.raised(alert("new"))
    line.tick(MONDAY + 1_000)
    assert all(subject.endswith(": new") for subject, _, _ in parts(box, 2).values())


def test_another_process_stands_by_and_takes_over(
    line: Line, tell: Starter, letterbox: Box
) -> None:
    box, smtp = letterbox
    line.tick(MONDAY)
    first = tell(smtp=smtp)
    second = tell(smtp=smtp, instance="1")
    wait_for(lambda: second.status().standing_by or first.status().standing_by, PATIENCE_S)
    first.stop()
    assert second.ready.wait(PATIENCE_S)
    line.raised(alert())
    line.tick(MONDAY + 1_000)
    parts(box, 2)
    wait_for(lambda: second.status().waiting == 0, PATIENCE_S)
    assert len(box.mails) == 2


def test_mail_goes_to_no_other_domain(
    line: Line, tell: Starter, letterbox: Box, embedded_store: Store
) -> None:
    box, smtp = letterbox
    people = line_with(anh="anh@evil.test")
    line.refer(people)
    line.tick(MONDAY)
    service = tell(embedded_store, smtp=smtp, mail_domains=("hue.test",))
    line.raised(alert())
    line.tick(MONDAY + 1_000)
    assert set(parts(box, 1)) == {"binh@hue.test"}
    wait_for(lambda: any(r.gave_up for r in service.status().receivers), PATIENCE_S)
    assert [to for to, _ in box.mails] == ["binh@hue.test"]
    wait_for(lambda: service.status().waiting == 0, PATIENCE_S)
    assert reached(service) == Reached(unreached=1, delivered=1, gave_up=1)
    service.stop()
    rows = embedded_store.query(
        "SELECT receiver, outcome, detail FROM deliveries FINAL WHERE outcome != 'withheld' "
        "ORDER BY receiver"
    )
    assert [(row["receiver"], row["outcome"]) for row in rows] == [
        ("h1", "delivered"),
        ("o1", "gave_up"),
    ]
    unreached = embedded_store.query(UNREACHED, {"timeline": LINE})
    assert [(row["receiver"], row["channel"]) for row in unreached] == [("o1", "mail")]


def line_with(anh: str) -> Reference:

    first, *others = REFERENCE_DATA.officers
    return msgspec.structs.replace(
        REFERENCE_DATA, officers=(msgspec.structs.replace(first, email=anh), *others)
    )


def test_it_stands_still_unless_asked() -> None:
    config = TellingConfig("memory", "t", "simulation", 1, "http://x", enabled=True)

    assert "delivers nothing unless" in TellingService(config).reason
