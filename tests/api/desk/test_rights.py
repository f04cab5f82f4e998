"""Who may do what about an alert: every role, every action; and what is nobody's business."""

from __future__ import annotations

from typing import Any

import pytest

from api.access.principal import Principal
from api.roster.book import encoded
from dossiers.wire.alerts import Alert
from dossiers.wire.roster import Leave, RosterEntry
from dossiers.wire.topics import ROSTER
from tests.api.access.callers import person
from tests.api.city import HOUR, TIMELINE
from tests.api.desk.acting_city import (
    ABOVE,
    HEAD,
    NOW,
    OFFICER,
    OTHER_HEAD,
    OTHER_OFFICER,
    Desk,
)

pytestmark = pytest.mark.asyncio
ALL = ("acknowledge", "snooze", "explain", "apologise", "ask")
MORE: dict[str, dict[str, Any]] = {
    "snooze": {"until_hours": 2},
    "explain": {"reason": "in_hand"},
    "apologise": {"text": "Thư xin lỗi 12/UBND"},
}
OWN = {"acknowledge", "snooze", "explain", "apologise"}
LEADER, REFORM, ADMIN = person("leader"), person("reform_office"), person("admin")
SENDS: dict[str, str] = {"sender": "a sender's key", "wall": "a display", "monitor": "who measures"}


def story(**changed: Any) -> Alert:
    fields = {
        "timeline": TIMELINE, "alert_id": "1c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e11", "sequence": 1,
        "kind": "overdue", "level": 0, "transition": "raised", "dossier_id": "d-1", "unit": "u1",
        "officer": "o1", "step": "", "procedure": "", "due_at": NOW, "detected_at": NOW,
        "occurred_at": NOW, "received_at": NOW, **changed,
    }  # fmt: skip
    return Alert(**fields)


ESCALATED = story(kind="escalation", level=3)
SILENT = story(kind="source_silent", dossier_id="", unit="", officer="", source="portal")


@pytest.mark.parametrize(
    ("who", "alert", "may", "capacity"),
    [
        (OFFICER, story(), OWN, "holder"),
        (OTHER_OFFICER, story(), None, ""),
        (HEAD, story(), {*ALL}, "receiver"),
        (ABOVE, story(), {*ALL}, "above"),
        (OTHER_HEAD, story(), None, ""),
        (HEAD, story(officer="head-1"), {*ALL}, "holder"),
        (LEADER, story(), set(), ""),
        (LEADER, ESCALATED, {*ALL}, "leader"),
        (REFORM, story(), {"ask"}, "reform_office"),
        (REFORM, SILENT, set(), ""),
        (ADMIN, story(), set(), ""),
        (ADMIN, SILENT, {"acknowledge", "snooze", "explain"}, "admin"),
        (HEAD, SILENT, None, ""),
    ],
)
async def test_what_each_role_may(
    city_desk: Desk, who: Principal, alert: Alert, may: set[str] | None, capacity: str
) -> None:
    """``may`` None: for them there is no such alert."""
    city_desk.tell(alert)
    found = set()
    async with city_desk.client(who) as http:
        for action in ALL:
            answer = await http.post(
                f"/api/v1/alerts/{alert.alert_id}/actions",
                json={"action": action, "sequence": 1, **MORE.get(action, {})},
            )
            if answer.status_code == 200:
                found.add(action)
                assert city_desk.log.last.capacity == capacity
            else:
                assert answer.status_code == (404 if may is None else 403)
    assert found == (may or set())


async def test_the_page_says_whether_an_acknowledgement_delays_the_escalation(
    city_desk: Desk,
) -> None:
    alert = city_desk.alert("over-1")
    for who, said in ((HEAD, "Mức leo thang kế tiếp chờ"), (OFFICER, "không làm chậm leo thang")):
        async with city_desk.client(who) as http:
            assert said in (await http.get(f"/alerts/{alert.alert_id}")).text


async def test_who_stands_in_may_do_what_the_mails_links_do(city_desk: Desk) -> None:
    """An officer of another unit, for a holder on leave: as the holder, so it delays nothing."""
    alert = city_desk.tell(story())
    where = f"/api/v1/alerts/{alert.alert_id}/actions"
    body = {"action": "acknowledge", "sequence": 1}
    async with city_desk.client(OTHER_OFFICER) as http:
        assert (await http.get(f"/alerts/{alert.alert_id}")).status_code == 404
        leave = Leave(begins_at=NOW - HOUR, ends_at=NOW + HOUR, deputy="o2")
        entry = RosterEntry(officer="o1", revision=1, leaves=(leave,))
        city_desk.guarded.live.deliver([(ROSTER, b"o1", encoded(entry))])
        page = await http.get(f"/alerts/{alert.alert_id}")
        assert page.status_code == 200
        assert 'value="acknowledge"' in page.text
        assert 'value="explain"' not in page.text
        answer = await http.post(where, json={"action": "explain", "sequence": 1})
        assert answer.status_code in (403, 422)
        assert (await http.post(where, json=body)).status_code == 200
    assert (city_desk.log.last.person, city_desk.log.last.capacity) == ("o2", "holder")


@pytest.mark.parametrize("key", SENDS)
async def test_no_key_acts(city_desk: Desk, key: str) -> None:
    alert = city_desk.tell(story())
    body = {"action": "acknowledge", "sequence": 1}
    async with city_desk.client(key) as http:
        answer = await http.post(f"/api/v1/alerts/{alert.alert_id}/actions", json=body)
        assert answer.status_code == 403, SENDS[key]
        answer = await http.post("/alerts/actions", data={"item": f"{alert.alert_id}:1"})
        assert answer.status_code == 403
    async with city_desk.client() as http:
        answer = await http.post(f"/api/v1/alerts/{alert.alert_id}/actions", json=body)
        assert answer.status_code == 401
    assert not city_desk.log.taken


@pytest.mark.parametrize(
    "body",
    [
        b'{"action": "acknowledge", "sequence": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"action": "acknowledge"}',
        b'{"action": "restore", "sequence": 1}',
        b'{"action": "acknowledge", "sequence": 0}',
        b'{"action": "acknowledge", "sequence": 1e400}',
        b'{"action": "acknowledge", "sequence": 1, "person": "o2"}',
        b'{"action": "explain", "sequence": 1, "reason": "in_hand", "text": "\\ud800"}',
        b"\xff\xfe",
        b"",
    ],
)
async def test_what_cannot_be_read_is_refused(city_desk: Desk, body: bytes) -> None:
    alert = city_desk.tell(story())
    async with city_desk.client(HEAD, **{"Content-Type": "application/json"}) as http:
        answer = await http.post(f"/api/v1/alerts/{alert.alert_id}/actions", content=body)
    assert answer.status_code in (400, 422)
    assert not city_desk.log.taken


async def test_a_body_has_an_end(city_desk: Desk) -> None:
    alert = city_desk.tell(story())
    async with city_desk.client(HEAD) as http:
        answer = await http.post(f"/api/v1/alerts/{alert.alert_id}/actions", content=b" " * 70_000)
        assert answer.status_code == 413
        for wrong in ("../alerts", "x" * 36, alert.alert_id.upper()):
            answer = await http.post(
                f"/api/v1/alerts/{wrong}/actions", json={"action": "ask", "sequence": 1}
            )
            assert answer.status_code in (404, 422)


async def test_a_page_of_another_site_acts_for_nobody(city_desk: Desk) -> None:
    alert = city_desk.tell(story())
    body = {"action": "acknowledge", "sequence": 1}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        async with city_desk.client(HEAD, **headers) as http:
            where = f"/api/v1/alerts/{alert.alert_id}/actions"
            assert (await http.post(where, json=body)).status_code == 403
            form = {"action": "acknowledge", "sequence": "1"}
            assert (
                await http.post(f"/alerts/{alert.alert_id}/actions", data=form)
            ).status_code == 403
    assert not city_desk.log.taken


async def test_what_was_offered_from_elsewhere_may_be_taken(city_desk: Desk) -> None:
    """The head of another unit sees no more of u1 than the one alert."""
    alert = city_desk.tell(story(transition="acknowledged", taken_by="chief", offered_to="head-2"))
    body = {"action": "accept", "sequence": 1}
    async with city_desk.client(OTHER_HEAD) as http:
        answer = await http.post(f"/api/v1/alerts/{alert.alert_id}/actions", json=body)
        assert (answer.status_code, city_desk.log.last.person) == (200, "head-2")
        city_desk.then(alert, "acknowledged", action="accept", taken_by="head-2", offered_to="")
        body = {"action": "explain", "sequence": 2, "reason": "in_hand"}
        answer = await http.post(f"/api/v1/alerts/{alert.alert_id}/actions", json=body)
        assert answer.status_code == 200
        body = {"action": "ask", "sequence": 2}
        answer = await http.post(f"/api/v1/alerts/{alert.alert_id}/actions", json=body)
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "subject", ["an.nguyen@minhhoa.example", "0912345678", "x" * 300, " padded", "a\x00b"]
)
async def test_a_subject_that_may_be_personal_is_in_no_record(
    city_desk: Desk, subject: str
) -> None:
    alert = city_desk.tell(story())
    who = Principal(subject, frozenset({"supervisor"}), "session", ("u1",))
    body = {"action": "acknowledge", "sequence": 1}
    async with city_desk.client(who) as http:
        answer = await http.post(f"/api/v1/alerts/{alert.alert_id}/actions", json=body)
    assert answer.status_code == 200
    assert city_desk.log.last.person == who.person
    assert who.person.startswith("subject-")
    assert subject.encode() not in city_desk.log.taken[0][1]
