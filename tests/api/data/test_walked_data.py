"""Every number of /data and of its lists leads to a list that is as long."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest

from tests.api.data.conftest import DataPage
from tests.api.pages.read_html import read_html
from tests.api.pages.walking import PAGES, numbers_of, rows_of, walk

pytestmark = pytest.mark.asyncio


async def test_every_number_is_that_of_its_list(odd: DataPage) -> None:
    async with odd.client() as http:
        pages = [page for page in await walk(http, "/data") if page.rule.startswith("/data")]
        found = {number for page in pages for number in numbers_of(page)}
        rows = {url: await length_of(http, url) for url in {number.href for number in found}}
    assert [(said, rows[said.href]) for said in found if said.number != rows[said.href]] == []
    assert len(found) > 40
    assert {page.rule for page in pages} == {rule for rule in PAGES if rule.startswith("/data")}


async def length_of(http: httpx.AsyncClient, url: str) -> int:
    """Rows of a list; of errors their sum, a row for each reason; of what is missing what it says,
    as not every one is on record; of a question how many it is about."""
    path = urlsplit(url).path
    if path not in ("/data/errors", "/data/missing", "/data/replay"):
        return await rows_of(http, url)
    main = read_html((await http.get(url)).text).first("main")
    assert main is not None
    if path == "/data/errors":
        return sum(int(cell.text()) for cell in main.all("td", "phone-main"))
    said = main.first("h2") if path == "/data/replay" else main.first("p", "page-sub")
    assert said is not None
    return next(int(word) for word in said.text().split() if word.isdigit())
