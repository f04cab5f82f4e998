"""What one takes along from a dossier's page: the control slip and the letter of apology."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from docx import Document

from dunghen.serving.store_query import StoreQuery
from tests.api.access.callers import Guarded, guarded, person
from tests.api.engines import Engines
from tests.api.insight.busy_city import busy_city
from tests.documents.late_list.papers import pages_of

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def guard(engines: Engines) -> Iterator[Guarded]:
    with engines.of("busy", busy_city) as (city, store):
        query = StoreQuery(store)
        yield guarded(city, query)
        query.close()


async def one(guard: Guarded, filter_: str) -> str:
    async with guard.client("reform_office") as http:
        text = (await http.get(f"/dossiers?{filter_}")).text
    found = re.search(r'scope="row"[^>]*><a href="/dossiers/([^"]+)"', text)
    assert found is not None
    return found[1]


async def test_the_slip_says_who_held_it_and_the_page_leads_to_it(guard: Guarded) -> None:
    dossier = await one(guard, "standing=late&procedure=p2")
    async with guard.client("reform_office") as http:
        page = (await http.get(f"/dossiers/{dossier}")).text
        assert f'href="/letters/control.pdf/{dossier}"' in page
        answer = await http.get(f"/letters/control.pdf/{dossier}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/pdf"
        [text] = pages_of(answer.content)
        assert "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ" in text
        assert dossier in text.replace(" ", "")
        assert "Bộ phận Một cửa" in text
        assert "Trễ" in text
        again = await http.get(f"/letters/control.pdf/{dossier}")
        assert again.content == answer.content


async def test_the_letter_has_blanks_and_is_there_for_what_is_late_or_open(
    guard: Guarded,
) -> None:
    late, early = (
        await one(guard, "standing=overdue&procedure=p2"),
        await one(guard, "standing=early"),
    )
    async with guard.client("reform_office") as http:
        answer = await http.get(f"/letters/apology.docx/{late}")
        assert answer.status_code == 200, answer.text
        text = "\n".join(line.text for line in Document(io.BytesIO(answer.content)).paragraphs)
        assert "Kính gửi: ……" in text
        assert f"mã hồ sơ: {late}" in text
        assert "đã quá thời hạn" in text
        page = (await http.get(f"/dossiers/{early}")).text
        assert "/letters/apology" not in page
        assert (await http.get(f"/letters/apology.pdf/{early}")).status_code == 404
        assert (await http.get(f"/letters/apology.odt/{late}")).status_code in (404, 422)


async def test_who_may_not_see_a_dossier_gets_none_of_it(guard: Guarded) -> None:
    dossier = await one(guard, "unit=u1&standing=overdue")
    async with guard.client(person("supervisor", units=("u2",))) as http:
        for name in ("control.pdf", "apology.docx"):
            assert (await http.get(f"/letters/{name}/{dossier}")).status_code == 404
