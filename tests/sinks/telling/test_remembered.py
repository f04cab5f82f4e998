"""What the notifier remembers: across timelines, for very many alerts, and in the order of time."""

from __future__ import annotations

from typing import Any

import pytest

from dossiers.wire.notices import Parcel
from dossiers.wire.topics import NOTICES
from sinks.config import SmtpConfig
from sinks.telling.inputs import Fed
from sinks.telling.memory import Memory, Remembered, packed, remembered, unpacked
from sinks.telling.planning import Planning
from tests.sinks.receivers import Letterbox
from tests.sinks.telling.rig import LINE, MONDAY, Line, Starter, alert
from tests.sinks.topics import PATIENCE_S
from tests.support.waiting import wait_for

FORMER = "a-former-timeline"


def parcel(receiver: str = "h1") -> Parcel:
    return Parcel(
        key=f"group:{receiver}:aa", receiver=receiver, way="mail", kind="group",
        made_at=MONDAY, content=packed(b""),
    )  # fmt: skip


def planning(line: Line, found: Remembered) -> Planning:
    memory = Memory(line.kafka, LINE)
    memory.open()
    return Planning(memory, found, lambda receiver, entry: [("mail", "")])


def test_a_new_timeline_begins_anew_and_leaves_nothing_of_the_former(line: Line) -> None:
    former = Memory(line.kafka, FORMER)
    former.open()
    former.change([("alert:old", b"x")], [parcel()], {0: 7})
    found = remembered(line.kafka, LINE)
    assert (found.offsets, found.parcels, found.parts) == (None, {}, {})
    planning(line, found).begin([alert()], MONDAY, told=True)
    assert not remembered(line.kafka, LINE).foreign
    left = remembered(line.kafka, FORMER)
    assert (left.parts, left.parcels) == ({}, {})


def test_what_ended_during_a_first_start_stays_ended(line: Line) -> None:
    new = planning(line, remembered(line.kafka, LINE))
    ended = alert(sequence=2, transition="resolved")
    new.take(Fed(alerts=[ended, alert("d2")], offsets={0: 9}, now=MONDAY), later=True)
    new.begin([alert()], MONDAY, told=True)
    assert remembered(line.kafka, LINE).offsets == {}, "what waits is read again after a crash"
    new.step(MONDAY)
    assert (new.is_open("alert-d1"), new.is_open("alert-d2")) == (False, True)
    assert remembered(line.kafka, LINE).offsets == {0: 9}


def test_more_than_fits_the_queue_of_the_producer_is_kept(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Memory(line.kafka, LINE)
    memory.open()
    produce, full = memory._producer.produce, iter([True, False, True, False])

    def crowded(*values: Any) -> None:
        if next(full):
            raise BufferError("Local: Queue full")
        produce(*values)

    monkeypatch.setattr(memory._producer, "produce", crowded)
    memory.change([("alert:a", b"one"), ("alert:b", b"two")])
    assert remembered(line.kafka, LINE).parts == {"alert:a": b"one", "alert:b": b"two"}


def test_what_was_sent_before_a_stop_is_forgotten_by_then(
    line: Line, tell: Starter, letterbox: tuple[Letterbox, SmtpConfig]
) -> None:
    box, smtp = letterbox
    line.tick(MONDAY)
    service = tell(smtp=smtp)
    line.raised(alert())
    line.tick(MONDAY + 1_000)
    box.wait(2)
    wait_for(lambda: service.status().waiting == 0, PATIENCE_S)
    service.stop()
    assert remembered(line.kafka, LINE).parcels == {}


def test_what_ended_while_its_mail_waited_is_not_sent(
    line: Line, tell: Starter, letterbox: tuple[Letterbox, SmtpConfig]
) -> None:
    box, smtp = letterbox
    box.refuse = {"anh@hue.test": 1_000_000, "binh@hue.test": 1_000_000}
    line.tick(MONDAY)
    service = tell(smtp=smtp)
    line.raised(alert())
    line.tick(MONDAY + 1_000)
    wait_for(lambda: sum(r.dead for r in service.status().receivers) == 2, PATIENCE_S)
    line.raised(alert(sequence=2, transition="resolved"))
    wait_for(lambda: service.status().open == 0, PATIENCE_S)
    box.refuse = {}
    wait_for(lambda: service.status().waiting == 0, PATIENCE_S)
    assert box.mails == []


def test_it_comes_back_by_itself_after_kafka_was_away(
    line: Line, tell: Starter, letterbox: tuple[Letterbox, SmtpConfig]
) -> None:
    box, smtp = letterbox
    box.refuse = {"anh@hue.test": 1_000_000, "binh@hue.test": 1_000_000}
    line.tick(MONDAY)
    service = tell(smtp=smtp)
    line.raised(alert())
    line.tick(MONDAY + 1_000)
    wait_for(lambda: service.status().waiting == 2, PATIENCE_S)
    line.kafka.be_away()
    box.refuse = {}
    box.wait(2)
    wait_for(lambda: service.status().last_error != "", PATIENCE_S)
    line.kafka.be_away(False)
    wait_for(
        lambda: service.status().last_error == "" and not remembered(line.kafka, LINE).parcels,
        PATIENCE_S,
    )
    assert len({mail["Message-ID"] for _, mail in box.mails}) == 2, "again under the same keys"
    line.raised(alert("d2"))
    line.tick(MONDAY + 3_700_000)
    wait_for(lambda: box.mails[-1][1]["Subject"].endswith(": d2"), PATIENCE_S)


def test_no_name_and_no_address_stands_in_what_is_remembered(
    line: Line, tell: Starter, letterbox: tuple[Letterbox, SmtpConfig]
) -> None:
    box, smtp = letterbox
    box.refuse = {"anh@hue.test": 1_000_000, "binh@hue.test": 1_000_000}
    line.tick(MONDAY)
    service = tell(smtp=smtp)
    line.raised(alert())
    line.tick(MONDAY + 1_000)
    wait_for(lambda: service.status().waiting == 2, PATIENCE_S)
    found = remembered(line.kafka, LINE)
    kept = [unpacked(each.content) for each in found.parcels.values()] + list(found.parts.values())
    whole = b"".join(kept).decode("utf-8", "replace")
    assert "d1" in whole
    assert not any(text in whole for text in ("@hue.test", "Ánh", "Bình", "Tư pháp"))


def test_a_former_version_left_what_cannot_be_read(line: Line) -> None:
    line.writer.send(
        NOTICES, 0, b"part:alert:a", b'{"timeline":"%s","part":"eA=="}' % LINE.encode()
    )
    assert remembered(line.kafka, LINE).parts == {}
