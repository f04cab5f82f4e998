"""Forms of pages: what was done, or why it was not, with what was typed still there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk.acting_city import HEAD, OFFICER, Desk

pytestmark = pytest.mark.asyncio


async def send(city: Desk, who: Any, where: str, form: dict[str, Any]) -> Any:
    async with city.client(who) as http:
        return await http.post(where, data=form)


async def test_what_was_done_is_told_on_the_page_that_it_came_from(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    form = {"action": "acknowledge", "sequence": str(alert.sequence),
            "back": "/dossiers/over-1?lang=vi&told=old#desk"}  # fmt: skip
    answer = await send(city_desk, HEAD, f"/alerts/{alert.alert_id}/actions", form)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/dossiers/over-1?lang=vi&told=done#desk"
    assert city_desk.log.last.person == "head-1"


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/x\r\nSet-Cookie: a=b", "/\\evil.example"]
)
async def test_no_form_leads_away(city_desk: Desk, back: str) -> None:
    alert = city_desk.alert("over-1")
    form = {"action": "acknowledge", "sequence": str(alert.sequence), "back": back}
    answer = await send(city_desk, HEAD, f"/alerts/{alert.alert_id}/actions", form)
    assert answer.headers["location"] == "/?told=done"
    assert "set-cookie" not in answer.headers or "a=b" not in answer.headers["set-cookie"]


async def test_a_refused_text_is_still_there_to_be_mended(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    text = "Đã gọi\n0912 345 678 <b>"
    form = {"action": "explain", "sequence": str(alert.sequence), "reason": "system",
            "text": text, "back": "/dossiers/over-1"}  # fmt: skip
    answer = await send(city_desk, OFFICER, f"/alerts/{alert.alert_id}/actions", form)
    assert answer.status_code == 422
    assert "dòng 2, ký tự 1–12, giống số điện thoại" in answer.text
    assert "0912 345 678 &lt;b&gt;</textarea>" in answer.text
    assert '<option value="system" selected>' in answer.text
    assert 'href="/dossiers/over-1"' in answer.text
    assert not city_desk.log.taken


async def test_what_moved_on_is_told_with_whose_it_is(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    city_desk.taken(alert, "o1")
    form = {"action": "acknowledge", "sequence": str(alert.sequence), "back": "/dossiers/over-1"}
    answer = await send(city_desk, HEAD, f"/alerts/{alert.alert_id}/actions", form)
    assert answer.status_code == 409
    assert "Nguyễn Thị Hoa đã nhận xử lý" in answer.text
    assert "<textarea" not in answer.text
    city_desk.taken(city_desk.alert("over-1"), "subject-00ff")
    answer = await send(city_desk, HEAD, f"/alerts/{alert.alert_id}/actions", form)
    assert "Một người có quyền đã nhận xử lý" in answer.text, "who is no officer has no name"


async def test_several_at_once(city_desk: Desk) -> None:
    one, other = city_desk.alert("over-1"), city_desk.alert("over-2")
    form = {"item": [f"{each.alert_id}:{each.sequence}" for each in (one, other)] + ["x", "y:1"],
            "reason": "in_hand", "back": "/alerts?kind=overdue"}  # fmt: skip
    answer = await send(city_desk, HEAD, "/alerts/actions", form)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/alerts?kind=overdue&told=done&done=1&left=1"
    assert [event.dossier_id for event in city_desk.log.events] == ["over-1"]  # type: ignore[union-attr]
    for wrong in ({"reason": "in_hand"}, {"item": form["item"]}, {**form, "item": ["x"] * 5_000}):
        assert (await send(city_desk, HEAD, "/alerts/actions", wrong)).status_code == 422
    assert len(city_desk.log.taken) == 1


async def test_what_clickhouse_is_asked_for_in_vain_hinders_no_other(city_desk: Desk) -> None:
    alert, unknown = city_desk.alert("over-1"), "0c7a0e0e-2f0b-5d0e-9a5c-3c0d7a0a5e11"
    form = {"item": [f"{unknown}:1", f"{alert.alert_id}:{alert.sequence}"],
            "reason": "in_hand", "back": "/alerts"}  # fmt: skip
    city_desk.store.away = True
    answer = await send(city_desk, HEAD, "/alerts/actions", form)
    assert answer.headers["location"] == "/alerts?told=done&done=1&left=1"
    assert city_desk.log.last.alert_id == alert.alert_id
    answer = await send(city_desk, HEAD, "/alerts/actions", {**form, "reason": "other"})
    assert answer.status_code == 422, "a reason that has to be said in words"
    assert "Hãy ghi nội dung" in answer.text
    answer = await send(city_desk, HEAD, "/alerts/actions", {**form, "item": form["item"][0]})
    assert answer.status_code == 503
    assert "Chưa gửi được" in answer.text


async def test_no_choice_of_the_inbox_is_refused_for_want_of_words(city_desk: Desk) -> None:
    async with city_desk.client(HEAD) as http:
        page = (await http.get("/alerts")).text
    bulk = page.partition('id="bulk"')[2].partition("</form>")[0]
    assert 'value="in_hand"' in bulk
    assert 'value="other"' not in bulk


async def test_a_choice_that_was_refused_is_not_offered_again(city_desk: Desk) -> None:
    alert = city_desk.alert("over-1")
    form = {"action": "snooze", "sequence": str(alert.sequence), "hours": "99", "back": "/alerts"}
    answer = await send(city_desk, HEAD, f"/alerts/{alert.alert_id}/actions", form)
    assert answer.status_code == 422
    assert f"/alerts/{alert.alert_id}/actions" not in answer.text, "nor does any link lead there"
    assert 'href="/alerts?lang=en"' in answer.text


@pytest.mark.parametrize("form", [{}, {"action": "drop", "sequence": "1"}, {"action": "ask"}])
async def test_what_is_no_action_is_told(city_desk: Desk, form: dict[str, str]) -> None:
    alert = city_desk.alert("over-1")
    answer = await send(city_desk, HEAD, f"/alerts/{alert.alert_id}/actions", form)
    assert answer.status_code == 422
    assert "không đọc được" in answer.text
