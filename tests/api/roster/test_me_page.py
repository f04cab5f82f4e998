"""Page /me as a browser without a script uses it: links and forms."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlencode

import httpx
import pytest

from tests.api.access.callers import Guarded, person
from tests.api.city import START
from tests.api.roster.conftest import HEAD, HOA, OTHER

pytestmark = pytest.mark.asyncio
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(autouse=True)
def monday(own: Guarded) -> None:
    own.live.view.freshness.advance(START)  # Monday 23 November 2026, 08:00


async def sent(http: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await http.post(path, content=urlencode(fields), headers=FORM)


async def leave(
    http: httpx.AsyncClient, begins: str, ends: str, deputy: str = "", revision: str = "0"
) -> httpx.Response:
    return await sent(
        http, "/me/o1", act="leave", begins=begins, ends=ends, deputy=deputy, revision=revision
    )


async def test_a_leave_is_entered_and_removed(own: Guarded) -> None:
    async with own.client(HOA) as http:
        assert "Chưa có lịch nghỉ nào" in (await http.get("/me")).text
        answer = await leave(http, "2026-11-25T07:30", "2026-11-27T17:00", "mai")
        assert (answer.status_code, answer.headers["location"]) == (303, "/me?done=added")
        page = (await http.get("/me?done=added")).text
        assert "07:30 25/11/2026 – 17:00 27/11/2026" in page
        assert "Người thay: Trần Mai" in page
        begins = re.search(r'name="begins_at" value="(\d+)"', page)
        assert begins
        gone = await sent(http, "/me/o1", act="remove", begins_at=begins[1], revision="1")
        assert gone.headers["location"] == "/me?done=removed"
    assert own.live.roster.of("o1").leaves == ()


async def test_a_superior_sees_the_gaps_of_their_people_and_closes_them(own: Guarded) -> None:
    async with own.client(HOA) as http:
        await leave(http, "2026-11-23T07:30", "2026-11-24T17:00")
        assert "cảnh báo đến cấp trên là Lê Văn Tám" in (await http.get("/me")).text
    async with own.client(HEAD, **{"Accept-Language": "vi"}) as http:
        page = (await http.get("/me")).text
        assert re.search(r'href="/me/o1">Nguyễn Thị Hoa</a>.*?còn chỗ trống', page, re.DOTALL)
        theirs = (await http.get("/me/o1?lang=en")).text
        assert "so alerts go to the superior, Lê Văn Tám" in theirs
        ended = await sent(
            http, "/me/o1", act="remove", revision="1",
            begins_at=str(own.live.roster.of("o1").leaves[0].begins_at),
        )  # fmt: skip
        assert ended.headers["location"] == "/me/o1?done=removed"
    (left,) = own.live.roster.of("o1").leaves
    assert left.ends_at == START, "a leave that goes on ends now, and stays in the plan"
    assert own.live.roster.of("o1").written_by == "head"


async def test_how_to_be_told_is_saved(own: Guarded) -> None:
    async with own.client(HOA) as http:
        answer = await sent(
            http, "/me/o1", act="telling", quiet="own", quiet_from="20:00", quiet_to="06:30",
            revision="0",
        )  # fmt: skip
        assert answer.status_code == 303
        page = (await http.get("/me")).text
        assert re.search(r'value="own" checked', page)
        assert not re.search(r'name="mail" value="1" checked', page)
        await sent(http, "/me/o1", act="telling", quiet="policy", mail="1", revision="1")
    entry = own.live.roster.of("o1")
    assert (entry.quiet, entry.ways) == (None, ("mail", "app"))


async def test_a_gateway_is_offered_where_there_is_one(own: Guarded) -> None:
    async with own.client(HOA) as http:
        assert 'name="webhook"' not in (await http.get("/me")).text
        await sent(http, "/me/o1", act="telling", quiet="policy", webhook="1", revision="0")
        assert own.live.roster.of("o1").ways == ("app",), "what is not offered cannot be chosen"
        own.live.config = replace(own.live.config, gateways=True)
        assert 'name="webhook"' in (await http.get("/me")).text
        await sent(http, "/me/o1", act="telling", quiet="policy", webhook="1", revision="1")
        assert own.live.roster.of("o1").ways == ("webhook", "app")


@pytest.mark.parametrize(
    ("begins", "ends", "revision", "status", "words"),
    [
        ("2026-11-25T07:30", "2026-11-25T07:30", "0", 422, "phải kết thúc sau khi bắt đầu"),
        ("2026-11-20T07:30", "2026-11-21T07:30", "0", 422, "đã qua"),
        ("tomorrow", "2026-11-21T07:30", "0", 422, "Hãy ghi ngày và giờ"),
        ("2026-11-25T07:30", "2026-11-26T07:30", "7", 409, "bản mới nhất"),
        ("2026-11-25T07:30", "2026-11-26T07:30", "x", 422, "Không đọc được biểu mẫu"),
    ],
)
async def test_what_cannot_be_is_said_on_the_page(
    own: Guarded, begins: str, ends: str, revision: str, status: int, words: str
) -> None:
    async with own.client(HOA) as http:
        answer = await leave(http, begins, ends, revision=revision)
        assert answer.status_code == status
        assert words in answer.text
        assert (await sent(http, "/me/o1", act="x", revision="0")).status_code == 422
    assert own.roster.written == []


async def test_others_find_no_plan_and_change_none(own: Guarded) -> None:
    async with own.client(OTHER) as http:
        assert (await http.get("/me/o1")).status_code == 404
        assert (await leave(http, "2026-11-25T07:30", "2026-11-26T07:30")).status_code == 404
        assert (await http.get("/me")).status_code == 200
    async with own.client(person("leader")) as http:
        assert "không gắn với cán bộ nào" in (await http.get("/me")).text
    assert own.roster.written == []
