"""Links of mails: looking changes nothing, a tap does one thing once, and whatever else is brought
leads to the way in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.desk.events import event_id_of
from dossiers.wire.alerts import Alert
from dossiers.wire.one_tap import LINK_PATH, LinkKey, OneTap
from tests.api.access.callers import HERE
from tests.api.city import HOUR, TIMELINE
from tests.api.desk.acting_city import KEY, NOW, OFFICER, REAL, Desk, desk

pytestmark = pytest.mark.asyncio


def tap(alert: Alert, **changed: Any) -> OneTap:
    known = OneTap(TIMELINE, "o1", alert.alert_id, alert.sequence, "acknowledge", NOW + HOUR)
    return msgspec.structs.replace(known, **changed)


def path(alert: Alert, key: LinkKey = KEY, **changed: Any) -> str:
    return key.link("", tap(alert, **changed))


async def get(city: Desk, where: str, who: Any = "public", **headers: str) -> Any:
    async with city.client(who, **headers) as http:
        return await http.get(where)


async def press(city: Desk, where: str) -> Any:
    async with city.client(Origin=HERE) as http:
        return await http.post(where)


async def test_looking_changes_nothing(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    where = path(alert)
    preview = await get(city_desk, where)
    assert preview.status_code == 200
    # With "no-referrer" a browser would send its form as from another site (Origin: null).
    assert preview.headers["referrer-policy"] == "same-origin"
    assert preview.text.count('rel="noreferrer"') == 1
    assert preview.headers["cache-control"] == "private, no-store"
    assert "Nguyễn Thị Hoa" in preview.text
    assert preview.text.count('<button type="submit" class="button main">') == 1
    assert f'action="{where}"' in preview.text
    async with city_desk.client() as http:
        assert (await http.head(where)).status_code in (200, 405)
    assert (city_desk.log.taken, city_desk.guarded.trail.entries) == ([], [])


async def test_a_tap_is_recorded_as_the_person_of_the_link(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    answer = await press(city_desk, path(alert))
    assert answer.status_code == 200
    event = city_desk.log.last
    assert event.event_id == event_id_of(alert.alert_id, alert.sequence, "acknowledge", "o1")
    assert (event.person, event.capacity, event.received_at) == ("o1", "holder", REAL)
    [entry] = city_desk.guarded.trail.entries
    assert (entry.subject, entry.means, entry.target) == ("o1", "link", "over-1")
    assert entry.route == f"{LINK_PATH}{{token}}"  # never the token


async def test_a_link_used_twice_makes_one_event(city_desk: Desk) -> None:
    """Before the stream has it, the same event; after that, none."""
    alert = city_desk.alert("over-1")
    where = path(alert)
    await press(city_desk, where)
    await press(city_desk, where)
    first, second = city_desk.log.events
    assert first == second
    city_desk.taken(alert, "o1")
    again = await press(city_desk, where)
    assert (again.status_code, len(city_desk.log.taken)) == (200, 2)
    assert "không thay đổi gì" in again.text
    assert again.headers["referrer-policy"] == "no-referrer"
    assert '<form method="post" action="/alerts' not in again.text


async def test_a_snooze_by_a_link(city_desk: Desk) -> None:
    await press(city_desk, path(city_desk.alert("over-1"), action="snooze"))
    assert city_desk.log.last.action == "snooze"
    assert city_desk.log.last.until > NOW


@pytest.mark.parametrize(
    ("changed", "status", "says"),
    [
        ({"until": NOW - 1}, 410, "8 giờ làm việc"),
        ({"timeline": "another"}, 404, "sai hoặc bị cắt"),
        ({"alert_id": "0c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e11"}, 404, "không tìm thấy"),
        ({"person": "o2"}, 403, "không còn phụ trách"),
        ({"key": LinkKey(bytes(32))}, 404, "sai hoặc bị cắt"),
    ],
)
async def test_a_link_that_is_no_good_leads_to_the_way_in(
    city_desk: Desk, changed: dict[str, Any], status: int, says: str
) -> None:
    where = path(city_desk.alert("over-1"), **changed)
    for answer in (await get(city_desk, where), await press(city_desk, where)):
        assert answer.status_code == status
        assert says in answer.text
        assert 'href="/enter?goal=' in answer.text
        assert '<form method="post" action="/alerts' not in answer.text
    assert not city_desk.log.taken


async def test_what_moved_on_is_told(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    city_desk.then(alert, "resolved")
    answer = await press(city_desk, path(alert))
    assert answer.status_code == 409
    assert "đã khép lại" in answer.text
    assert not city_desk.log.taken


async def test_on_a_live_timeline_a_link_ends_by_the_clock_too(tmp_path: Path) -> None:
    """Also if no time comes."""
    city = desk(tmp_path, mode="live")
    where = path(city.alert("over-1"), until=REAL - 1)
    assert REAL - 1 > NOW
    assert (await get(city, where)).status_code == 410


async def test_kafka_away_is_told(city_desk: Desk) -> None:
    city_desk.log.stored = "spool"
    assert "Đã lưu, chưa gửi" in (await press(city_desk, path(city_desk.alert("over-1")))).text


async def test_a_page_of_another_site_presses_no_button(city_desk: Desk) -> None:
    where = path(city_desk.alert("over-1"))
    for headers in (
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
    ):
        async with city_desk.client(**headers) as http:
            assert (await http.post(where)).status_code == 403
    assert not city_desk.log.taken


async def test_a_mail_program_may_lead_here_and_nothing_may_fetch_ahead(city_desk: Desk) -> None:
    where = path(city_desk.alert("over-1"))
    visit = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
             "Sec-Fetch-Dest": "document"}  # fmt: skip
    assert (await get(city_desk, where, **visit)).status_code == 200
    ahead = {**visit, "Sec-Purpose": "prefetch"}
    assert (await get(city_desk, where, **ahead)).status_code == 403


@pytest.mark.parametrize("token", ["x", "A" * 900, "A" * 5_000, "%00", "a%2fb", "é" * 50])
async def test_what_is_no_token_is_answered_as_one(city_desk: Desk, token: str) -> None:
    answer = await get(city_desk, f"{LINK_PATH}{token}")
    assert answer.status_code in (404, 422)
    assert not city_desk.log.taken


async def test_whoever_is_signed_in_is_recorded_as_the_link_says_and_told_so(
    city_desk: Desk,
) -> None:
    alert = city_desk.alert("over-1")
    answer = await get(city_desk, path(alert), OFFICER)
    assert f'href="/alerts/{alert.alert_id}"' in answer.text
