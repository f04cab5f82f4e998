"""The search page: what is found within one's reach, by names as they appear to oneself."""

from __future__ import annotations

import re

import httpx
import pytest

from api.ports import StoreAway
from tests.api.access.callers import Guarded

pytestmark = pytest.mark.asyncio


async def results(http: httpx.AsyncClient, q: str) -> str:
    answer = await http.get("/search", params={"q": q})
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_very_id_leads_to_the_dossier(guard: Guarded) -> None:
    async with guard.client("supervisor") as http:
        exact = await http.get("/search", params={"q": "over-1"})
        assert (exact.status_code, exact.headers["location"]) == (303, "/dossiers/over-1")
        begun = await results(http, "over")
    assert "/dossiers/over-1" in begun
    assert "over-2" not in begun, "of another unit"


def ageless(text: str) -> str:
    """Without the age of the figures, which grows between two answers."""
    return re.sub(r'data-age="\d+"', "", text)


async def test_another_units_dossier_is_as_unknown_as_none(guard: Guarded) -> None:
    async with guard.client("supervisor") as http:
        theirs, nobodys = await results(http, "over-2"), await results(http, "over-9")
    assert "Không tìm thấy gì" in theirs
    theirs, nobodys = (page.partition("<main")[2] for page in (theirs, nobodys))  # beside the clock
    assert ageless(theirs.replace("over-2", "")) == ageless(nobodys.replace("over-9", ""))


async def test_names_are_found_as_they_appear_to_the_reader(guard: Guarded) -> None:
    async with guard.client("reform_office") as http:
        assert "Nguyễn Thị Hoa" in await results(http, "nguyen thi hoa")
        assert "Nguyễn Thị Hoa" in await results(http, "nguyễn thị hao")
        assert "Đăng ký khai sinh" in await results(http, "khai sinh")
    async with guard.client("leader") as http:
        assert "Nguyễn Thị Hoa" not in await results(http, "nguyen thi hoa")
        assert "N.T.H." in await results(http, "N.T.H.")
        assert "Phường Một" in await results(http, "phuong mot")
    async with guard.client("supervisor") as http:
        assert "Sở Hai" not in await results(http, "so hai")
        assert "Nguyễn Thị Hoa" in await results(http, "hoa")


async def test_the_trail_keeps_that_somebody_searched_and_not_what(guard: Guarded) -> None:
    guard.trail.entries.clear()
    async with guard.client("leader") as http:
        await results(http, "Trần Văn Bí Mật 0912345678")
        await http.get("/search", params={"q": "over-1"})
    assert [entry.kind for entry in guard.trail.entries] == ["list", "list"]
    assert {entry.target for entry in guard.trail.entries} == {""}
    assert "Mật" not in str(guard.trail.entries)


async def test_what_is_typed_is_bounded_and_never_markup(guard: Guarded) -> None:
    async with guard.client("leader") as http:
        assert (await http.get("/search", params={"q": "x" * 101})).status_code == 422
        page = await results(http, '<script>alert("1")</script>')
        assert '<script>alert("1")' not in page
        for odd in ("", "  ", "%", "_", "{q:String}", "'; DROP TABLE dossiers", "\x00", "o" * 100):
            await results(http, odd)


async def test_with_the_store_away_names_are_found(
    guard: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> object:
        raise StoreAway("ClickHouse does not answer.")

    monkeypatch.setattr(guard.live.query, "rows", away)
    async with guard.client("leader") as http:
        page = await results(http, "phuong mot")
    assert "Phường Một" in page
    assert "Chưa tìm được hồ sơ" in page
