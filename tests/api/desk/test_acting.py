"""Acting on an alert: the event that is made, and what is said where none is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.ports import IngestError
from dossiers.wire.acted import Acted
from dossiers.wire.alerts import Alert
from dossiers.wire.events import Restored, encode_event
from dossiers.wire.keys import unit_scope
from dunghen.ingest.fair_sending import FairSending
from sources.acknowledged import Busy
from tests.api.city import HOUR, START
from tests.api.desk.acting_city import HEAD, NOW, OFFICER, REAL, Desk, desk
from tests.api.posting import FakeKafka

pytestmark = pytest.mark.asyncio


async def post(city: Desk, who: Any, alert: Alert, action: str, **more: Any) -> Any:
    body = {"action": action, "sequence": alert.sequence, **more}
    async with city.client(who) as http:
        return await http.post(f"/api/v1/alerts/{alert.alert_id}/actions", json=body)


async def test_an_action_is_an_event_of_the_dossier(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    answer = await post(city_desk, HEAD, alert, "acknowledge", reason="in_hand")
    assert (answer.status_code, answer.json()["how"]) == (200, "done")
    [(key, _)] = city_desk.log.taken
    assert key == b"over-1"
    event = city_desk.log.last
    assert event == Acted(
        event_id=answer.json()["event_id"], dossier_id="over-1", occurred_at=NOW, received_at=REAL,
        source="desk", source_seq=REAL, action="acknowledge", alert_id=alert.alert_id,
        sequence=alert.sequence, alert_kind="overdue", level=0, cause=alert.due_at,
        person="head-1", capacity="receiver", reason="in_hand",
    )  # fmt: skip


async def test_a_second_tap_is_the_same_event(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    first = await post(city_desk, HEAD, alert, "acknowledge")
    second = await post(city_desk, HEAD, alert, "acknowledge")
    assert first.json()["event_id"] == second.json()["event_id"]
    city_desk.taken(alert, "head-1")
    third = await post(city_desk, HEAD, alert, "acknowledge")
    assert (third.status_code, third.json()["how"]) == (200, "already")
    assert third.json()["event_id"] == first.json()["event_id"]
    assert len(city_desk.log.taken) == 2


async def test_what_moved_on_is_told_as_it_is_now(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    city_desk.taken(alert, "chief")
    answer = await post(city_desk, HEAD, alert, "acknowledge")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "taken"
    assert answer.json()["now"] == {
        "status": "acknowledged", "sequence": alert.sequence + 1, "taken_by": "chief",
        "taken_until": NOW + 8 * HOUR, "offered_to": "",
    }  # fmt: skip
    assert not city_desk.log.taken


async def test_what_the_holder_has_acknowledged_a_supervisor_may_take_over(
    city_desk: Desk,
) -> None:
    taken = city_desk.taken(city_desk.alert("over-1"), "o1")
    assert taken.officer == "o1"
    assert (await post(city_desk, HEAD, taken, "acknowledge")).status_code == 200
    assert city_desk.log.last.capacity == "receiver"


async def test_resolution_beats_everything_but_words(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    city_desk.then(alert, "resolved")
    for action in ("acknowledge", "snooze"):
        answer = await post(city_desk, HEAD, alert, action, until_hours=4 * (action == "snooze"))
        assert (answer.status_code, answer.json()["code"]) == (409, "ended")
    late = city_desk.alert("over-1")
    answer = await post(city_desk, OFFICER, late, "explain", reason="waiting_unit")
    assert answer.status_code == 200
    assert (city_desk.log.last.action, city_desk.log.last.capacity) == ("explain", "holder")


async def test_words_of_others_do_not_make_an_alert_move_on(city_desk: Desk) -> None:
    """Somebody explained since the page was opened: an acknowledgement goes through; after
    another's acknowledgement it does not, whatever was said after that."""
    alert = city_desk.alert("over-1")
    told = city_desk.then(alert, "raised", action="explain", actor="o1")
    city_desk.store.records = [alert, told]
    assert (await post(city_desk, HEAD, alert, "acknowledge")).status_code == 200
    taken = city_desk.taken(told, "o1")
    back = city_desk.then(taken, "raised", action="", actor="", taken_by="", taken_until=0)
    again = city_desk.then(back, "raised", action="explain", actor="o1")
    city_desk.store.records += [taken, back, again]
    answer = await post(city_desk, HEAD, alert, "snooze", until_hours=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "moved")


async def test_a_dossier_that_went_to_a_colleague_does_not_make_it_move_on(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    moved = city_desk.then(alert, "raised", officer="o2", moved=True)
    city_desk.store.records = [alert, moved]
    assert (await post(city_desk, HEAD, alert, "acknowledge")).status_code == 200
    taken = city_desk.taken(moved, "chief", moved=False)
    city_desk.store.records.append(taken)
    answer = await post(city_desk, HEAD, alert, "snooze", until_hours=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "moved")


async def test_a_snooze_ends_in_working_hours(city_desk: Desk) -> None:
    """At 10:00 of a Monday, 4 hours of an office that closes from 11:30 to 13:00."""
    answer = await post(city_desk, HEAD, city_desk.alert("over-1"), "snooze", until_hours=4)
    until = city_desk.log.last.until
    assert until == answer.json()["until"] == START + 7 * HOUR + HOUR // 2
    for hours in (0, 41):
        answer = await post(city_desk, HEAD, city_desk.alert("over-1"), "snooze", until_hours=hours)
        assert answer.status_code == 422


async def test_a_hand_over_goes_from_who_has_it_to_who_takes_it(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    answer = await post(city_desk, HEAD, alert, "hand_over", to="o1")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_taken")
    mine = city_desk.taken(alert, "head-1")
    for nobody in ("o2", "head-1", "nobody", ""):
        assert (await post(city_desk, HEAD, mine, "hand_over", to=nobody)).status_code == 422
    assert (await post(city_desk, HEAD, mine, "hand_over", to="o1")).status_code == 200
    assert city_desk.log.last.to == "o1"
    answer = await post(city_desk, OFFICER, mine, "accept")
    assert answer.status_code == 403
    offered = city_desk.then(mine, "acknowledged", action="hand_over", offered_to="o1")
    assert (await post(city_desk, OFFICER, offered, "accept")).status_code == 200


async def test_kafka_away_is_told_as_it_is(tmp_path: Path) -> None:
    city = desk(tmp_path)
    city.log.stored = "spool"
    answer = await post(city, HEAD, city.alert("over-1"), "acknowledge")
    assert (answer.status_code, answer.json()["how"]) == (202, "stored")
    city.log.error = IngestError(503, "Kafka is away, and no more records may wait.", 30)
    answer = await post(city, HEAD, city.alert("over-1"), "acknowledge")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")


async def test_what_is_sent_waits_for_the_acknowledgement_of_kafka() -> None:
    """The way of posted payloads is the way of actions."""
    kafka = FakeKafka()
    sending = FairSending(kafka, 0.05)  # type: ignore[arg-type]
    assert await sending.send("desk o1", [(b"a", b"{}")]) == "kafka"
    kafka.error = Busy("full")
    with pytest.raises(IngestError):
        await sending.send("desk o1", [(b"a", b"{}")])


async def test_a_text_stands_in_no_record(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    text = "Chờ Sở Xây dựng trả lời công văn 12/UBND."
    answer = await post(city_desk, OFFICER, alert, "explain", reason="waiting_unit", text=text)
    assert answer.status_code == 200
    assert "Sở Xây dựng".encode() not in city_desk.log.taken[0][1]
    digest = city_desk.log.last.text
    told = city_desk.then(
        alert, "raised", action="explain", actor="o1", reason="waiting_unit", text=digest
    )
    city_desk.store.records = [alert, told]
    async with city_desk.client(HEAD) as http:
        found = (await http.get(f"/api/v1/alerts/{alert.alert_id}/actions")).json()
    [action] = found["actions"]
    assert (action["text"], action["erased"], action["actor"]) == (text, False, "o1")
    assert city_desk.blobs.erase(digest, b"{}")
    async with city_desk.client(HEAD) as http:
        found = (await http.get(f"/api/v1/alerts/{alert.alert_id}/actions")).json()
    assert (found["actions"][0]["text"], found["actions"][0]["erased"]) == (None, True)


async def test_a_text_with_a_persons_number_is_refused_without_repeating_it(
    city_desk: Desk,
) -> None:
    alert = city_desk.alert("over-1")
    answer = await post(city_desk, OFFICER, alert, "apologise", text="Đã gọi\nchị Hoa 0912 345 678")
    assert (answer.status_code, answer.json()["code"]) == (422, "text_personal")
    assert "line 2, characters 9 to 20" in answer.json()["detail"]
    assert "0912" not in answer.text
    assert not city_desk.log.taken
    assert not city_desk.blobs.folder.exists()


@pytest.mark.parametrize(
    ("action", "more", "code"),
    [
        ("explain", {}, "reason"),
        ("explain", {"reason": "because"}, "reason"),
        ("explain", {"reason": "other"}, "text_missing"),
        ("apologise", {"reason": "in_hand"}, "text_missing"),
        ("explain", {"reason": "in_hand", "text": "a" * 2_001}, "text_long"),
        ("hand_over", {}, "to"),
    ],
)
async def test_what_is_missing_is_asked_for(
    city_desk: Desk, action: str, more: dict[str, str], code: str
) -> None:
    answer = await post(city_desk, HEAD, city_desk.alert("over-1"), action, **more)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


class Archive:
    """Everything has left the stream."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def returning(self, dossier: str, event_id: str, now: int, retention: int) -> bytes | None:
        assert event_id
        self.asked.append((dossier, now))
        return encode_event(
            Restored(
                event_id="back", dossier_id=dossier, occurred_at=now, received_at=now,
                source="archive", facts=(),
            )
        )  # fmt: skip


async def test_a_dossier_that_left_the_stream_comes_back_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive()
    city = desk(tmp_path, archive)
    monkeypatch.setattr(city.guarded.live.view.context, "retention", 62 * 24 * HOUR)
    alert = city.alert("over-1")
    await post(city, HEAD, alert, "acknowledge")
    assert (archive.asked, len(city.log.taken)) == ([], 1)  # an open alert: it is there
    ended = city.then(alert, "resolved")
    await post(city, OFFICER, ended, "explain", reason="in_hand")
    assert archive.asked == [("over-1", NOW)]
    [back, acted] = city.log.taken[1:]
    assert (back[0], acted[0]) == (b"over-1", b"over-1")
    assert isinstance(city.log.events[1], Restored)
    assert city.log.last.action == "explain"


async def test_a_backlog_is_acted_on_by_its_scope(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    backlog = Alert(
        timeline=alert.timeline, alert_id="1c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e11", sequence=1,
        kind="unit_backlog", level=0, transition="raised", dossier_id="", unit="u1", officer="",
        step="", procedure="", due_at=NOW, detected_at=NOW, occurred_at=NOW, received_at=NOW,
        overdue=3, open=9,
    )  # fmt: skip
    city_desk.tell(backlog)
    assert (await post(city_desk, HEAD, backlog, "acknowledge")).status_code == 200
    assert city_desk.log.taken[0][0] == unit_scope("u1").encode()
    assert (await post(city_desk, OFFICER, backlog, "explain", reason="in_hand")).status_code == 404


async def test_several_are_acknowledged_each_by_itself(city_desk: Desk) -> None:
    one, other = city_desk.alert("over-1"), city_desk.alert("over-2")
    taken = city_desk.taken(city_desk.alert("=cmd|' /C calc'!A0"), "o1")
    named = [{"alert_id": each.alert_id, "sequence": each.sequence} for each in (one, other, taken)]
    async with city_desk.client(HEAD) as http:
        answer = await http.post(
            "/api/v1/alerts/actions", json={"alerts": named, "reason": "in_hand"}
        )
        found = answer.json()
        assert [each["alert_id"] for each in found["done"]] == [one.alert_id]
        assert {(each["alert_id"], each["code"]) for each in found["refused"]} == {
            (other.alert_id, "gone"), (taken.alert_id, "taken"),
        }  # fmt: skip
        for wrong in ({"alerts": named}, {"alerts": [], "reason": "in_hand"},
                      {"alerts": named[:1] * 201, "reason": "in_hand"}):  # fmt: skip
            assert (await http.post("/api/v1/alerts/actions", json=wrong)).status_code == 422
    assert len(city_desk.log.taken) == 1


async def test_nobody_acts_faster_than_a_person(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    named = [{"alert_id": alert.alert_id, "sequence": alert.sequence}] * 200
    async with city_desk.client(HEAD) as http:
        answers = [
            await http.post("/api/v1/alerts/actions", json={"alerts": named, "reason": "in_hand"})
            for _ in range(2)
        ]
        last = await post(city_desk, HEAD, alert, "acknowledge")
    assert len(answers[0].json()["done"]) == 200
    assert {each["code"] for each in answers[1].json()["refused"]} == {"often"}
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) >= 1
    assert (await post(city_desk, OFFICER, alert, "acknowledge")).status_code == 200


async def test_whom_one_looks_as_acts_in_a_simulation_alone(tmp_path: Path) -> None:
    city = desk(tmp_path, loopback="admin")
    alert = city.alert("over-1")
    async with city.client() as http:
        chosen = await http.post("/act-as", data={"person": "officer:o1"})
        assert chosen.status_code == 303
        body = {"action": "acknowledge", "sequence": alert.sequence}
        answer = await http.post(f"/api/v1/alerts/{alert.alert_id}/actions", json=body)
    assert answer.status_code == 200
    assert (city.log.last.person, city.log.last.capacity) == ("o1", "holder")
    # A choice of this simulation opens nothing on another timeline.
    live = desk(tmp_path / "live", mode="live", loopback="admin")
    async with live.client(Cookie=f"dunghen-acting={http.cookies['dunghen-acting']}") as there:
        answer = await there.post(f"/api/v1/alerts/{alert.alert_id}/actions", json=body)
        assert (answer.status_code, live.log.taken) == (403, [])


async def test_nobody_acts_on_a_replay(tmp_path: Path) -> None:
    city = desk(tmp_path)
    city.guarded.live.acting = None
    answer = await post(city, HEAD, city.alert("over-1"), "acknowledge")
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")


async def test_who_changed_what_is_kept(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    await post(city_desk, HEAD, alert, "acknowledge")
    [entry] = [e for e in city_desk.guarded.trail.entries if e.kind == "change"]
    assert (entry.subject, entry.target, entry.status) == ("a head", alert.alert_id, 200)
