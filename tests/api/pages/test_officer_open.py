"""What an officer has open, narrowed to one procedure and as files; and how rates are judged."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import unescape

import pytest

from api.pages.parts.rates import shown_rate
from api.pages.words import words_of
from dossiers.wire.reference import Rules
from dunghen.serving.store_query import StoreQuery
from tests.api.access.callers import Guarded, guarded, person
from tests.api.engines import Engines
from tests.api.insight.busy_city import busy_city

RULES = Rules(minimum_volume=20, target_rate=98.0)


@pytest.fixture(scope="module")
def guard(engines: Engines) -> Iterator[Guarded]:
    with engines.of("busy", busy_city) as (city, store):
        query = StoreQuery(store)
        yield guarded(city, query)
        query.close()


@pytest.mark.asyncio
async def test_one_procedure_is_what_its_groups_its_files_and_its_choice_say(
    guard: Guarded,
) -> None:
    async with guard.client("reform_office") as http:
        whole = (await http.get("/officers/o3")).text
        some = (await http.get("/officers/o3?procedure=p2")).text
        [file] = [unescape(f) for f in re.findall(r'href="(/dossiers\.csv[^"]+)"', some)]
        [_, *rows] = csv.reader(io.StringIO((await http.get(file)).text))
        none = (await http.get("/officers/o3?procedure=nothing")).text

    def held(text: str) -> int:
        return sum(int(n) for n in re.findall(r'class="count" href="[^"]+">([\d.]+)<', text))

    assert 0 < held(some) == len(rows) < held(whole)
    assert {True} == {"Cấp phép" in row for row in rows}
    assert '<option value="p2" selected>' in some
    assert "Không giữ hồ sơ nào của thủ tục này" in none
    assert "/dossiers.csv" not in none


@pytest.mark.asyncio
async def test_a_head_sees_of_somebody_who_works_elsewhere_too_what_lies_within_reach(
    guard: Guarded,
) -> None:
    said = "chưa kể hồ sơ ở đơn vị ngoài phạm vi của bạn"
    for who, told in ((person("supervisor", units=("u2",)), True), ("reform_office", False)):
        async with guard.client(who) as http:
            assert (said in (await http.get("/officers/o5")).text) == told


@pytest.mark.parametrize(
    ("rate", "judged", "text", "tone", "shape"),
    [
        (97.96, 50, "97,9", "neutral", "below"),
        (98.0, 50, "98,0", "neutral", ""),
        (95.0, 50, "95,0", "neutral", "below"),
        (94.9, 50, "94,9", "late", "under"),
        (50.0, 19, "–", "neutral", ""),
        (None, 0, "–", "neutral", ""),
    ],
)
def test_a_rate_is_judged_as_on_the_wall(
    rate: float | None, judged: int, text: str, tone: str, shape: str
) -> None:
    shown = shown_rate(rate, judged, RULES, words_of("vi"))
    assert (shown.text, shown.tone, shown.shape) == (text, tone, shape)
