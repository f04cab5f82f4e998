"""Dead letters are decided on by forms, asked for twice, by administrators only."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest

from tests.api.data.conftest import DataPage

pytestmark = pytest.mark.asyncio
OURS = {"Origin": "http://127.0.0.1", "Content-Type": "application/x-www-form-urlencoded"}


async def post(
    odd: DataPage, path: str, body: str = "", headers: Mapping[str, str] = OURS
) -> httpx.Response:
    async with odd.client() as http:
        return await http.post(path, content=body, headers=dict(headers))


async def test_a_letter_is_shown_and_a_decision_asked_for_before_it_is_made(odd: DataPage) -> None:
    async with odd.client() as http:
        shown = (await http.get("/data/letters/0")).text
        assert 'href="/data/letters/0?do=replay"' in shown
        assert '<form method="post" action="/data' not in shown
        asked = (await http.get("/data/letters/0?do=replay")).text
        assert 'action="/data/letters/0/replay"' in asked
        assert 'name="owner"' not in asked
        assert 'name="owner"' in (await http.get("/data/letters/2?do=replay")).text
        assert (await http.get("/data/letters/99")).status_code == 404


async def test_a_replay_and_a_drop_go_to_the_desk(odd: DataPage) -> None:
    odd.desk.done.clear()
    answer = await post(odd, "/data/letters/0/replay")
    assert (answer.status_code, answer.headers["location"]) == (303, "/data/letters?done=replayed")
    answer = await post(odd, "/data/letters/2/replay", "owner=000.00.18.H29&take_back=yes")
    assert answer.status_code == 303
    answer = await post(odd, "/data/letters/0/drop", "reason=th%E1%BB%AD+nghi%E1%BB%87m")
    assert answer.headers["location"] == "/data/letters?done=dropped"
    assert odd.desk.done == [
        ("replay", 0, ""), ("replay", 2, "000.00.18.H29"), ("drop", 0, "thử nghiệm"),
    ]  # fmt: skip


async def test_what_the_desk_refuses_is_said_and_nothing_is_done(odd: DataPage) -> None:
    odd.desk.done.clear()
    answer = await post(odd, "/data/letters/1/replay")
    assert answer.status_code == 409
    assert "refused again: &lt;too late&gt;" in answer.text
    answer = await post(odd, "/data/letters/0/drop", "reason=+")
    assert answer.status_code == 422
    assert "Cần ghi lý do" in answer.text
    assert (await post(odd, "/data/letters/0/drop", "reason=" + "x" * 501)).status_code == 422
    assert not odd.desk.done


async def test_a_page_of_another_site_decides_nothing(odd: DataPage) -> None:
    odd.desk.done.clear()
    elsewhere = {**OURS, "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await post(odd, "/data/letters/0/replay", headers=elsewhere)).status_code == 403
    assert not odd.desk.done


async def test_who_may_not_decide_reads_the_list_without_a_way_in(
    odd: DataPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(odd.app.state.live, "desk", None)
    async with odd.client() as http:
        listed = (await http.get("/data/letters")).text
        assert "Ngày ở tương lai" in listed
        assert 'href="/data/letters/0"' not in listed
        assert "do=replay" not in (await http.get("/data/letters/0")).text


async def test_all_of_a_reason_are_replayed_at_once_and_what_fails_is_said(odd: DataPage) -> None:
    odd.desk.done.clear()
    async with odd.client() as http:
        listed = (await http.get("/data/letters?reason=from_the_future")).text
        assert 'href="/data/replay?reason=from_the_future"' in listed
        asked = (await http.get("/data/replay?reason=from_the_future")).text
    assert "Phát lại 2 bản ghi này?" in asked
    assert not odd.desk.done
    answer = await post(odd, "/data/replay", "reason=from_the_future")
    assert odd.desk.done == [("replay", 0, "")]
    assert "Đã phát lại 1 bản ghi; 1 bản ghi không được: It would be refused again" in answer.text
    answer = await post(odd, "/data/replay", "reason=not_yours")
    assert "Đã phát lại 1 bản ghi." in answer.text
    odd.desk.done.clear()
    assert (await post(odd, "/data/replay", "source=portal")).status_code == 200
    assert not odd.desk.done  # never all of every reason


async def test_those_without_a_source_are_not_those_of_all_sources(odd: DataPage) -> None:
    odd.desk.done.clear()
    async with odd.client() as http:
        listed = (await http.get("/data/letters?reason=from_the_future&source=")).text
        assert 'href="/data/letters/0"' not in listed
        assert 'href="/data/letters/0"' in (await http.get("/data/letters")).text
        asked = (await http.get("/data/replay?reason=from_the_future&source=")).text
        assert "bản ghi này?" not in asked
    await post(odd, "/data/replay", "reason=from_the_future&source=")
    assert not odd.desk.done
