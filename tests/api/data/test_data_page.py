"""Page /data says what is wrong, and each number leads to a list that is as long."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest

from api.live.verifications import LastVerifications
from api.pages.data.wording import recount_words
from api.pages.words import words_of
from api.ports import StoreAway
from oracle import SHARED
from oracle.checks.report import LEFT_OUT
from tests.api.data.conftest import DataPage

pytestmark = pytest.mark.asyncio
ROOT = Path(__file__).parents[3]


async def page(odd: DataPage, path: str) -> str:
    async with odd.client() as http:
        answer = await http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def plain(html: str) -> str:
    """What one reads in the main part, without the explanations."""
    main = html.partition("<main")[2].partition("</main>")[0]
    main = re.sub(r"<details.*?</details>", " ", main, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def rows(html: str) -> int:
    """Rows of the table of a list."""
    return html.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr")


async def test_key_figures_and_sources(odd: DataPage) -> None:
    shown = plain(await page(odd, "/data"))
    for said in (
        "96,75 %", "387 trên 400 hồ sơ, thiếu 13", "1 / 4 còn mới",
        "Hệ thống đất đai chưa gửi bản ghi nào", "Hệ thống đất đai im lặng chưa có bản ghi 4 giờ",
        "Sở Xây dựng 000.00.17.H29 im lặng 3 giờ 30 phút 1 giờ 361 348 13 96,40 20",
        "Phần mềm của Sở Y tế iGate mới 1 giờ 1 giờ 30 phút 39 39 0 100,00 1",
        "Bộ phận một cửa im lặng 2 giờ 1 giờ chưa có số đếm – – – 0",
        "Cộng, 2 nguồn có số đếm 400 387 13 96,75 21",
    ):  # fmt: skip
        assert said in shown, said


async def test_the_last_recount_and_the_nights(odd: DataPage) -> None:
    shown = plain(await page(odd, "/data"))
    assert "Đang giải quyết 4.268 4.267 Đang quá hạn 226 226" in shown
    assert "3 đêm qua: 1 khớp, 1 sai lệch, 0 không xong, 1 không chạy." in shown
    nights = plain(await page(odd, "/data/nights"))
    assert "22/11/2026 không chạy" in nights
    one = plain(await page(odd, "/data/nights/2026-11-23/night"))
    assert "open 4268, recounted 4267" in one
    assert "two of them" in one
    assert "whose hours" in one


LISTS: Mapping[str, int] = {
    "/data/letters?reason=from_the_future": 2,
    "/data/letters?reason=not_yours": 1,
    "/data/rewritten?kind=due_after": 1,
    "/data/rewritten": 2,
    "/data/names": 5,
    "/data/texts": 1,
    "/data/procedures": 2,
    "/data/sources": 5,  # and the sum
}


@pytest.mark.parametrize(("path", "count"), LISTS.items())
async def test_a_number_of_the_page_is_that_of_its_list(
    odd: DataPage, path: str, count: int
) -> None:
    html = await page(odd, "/data")
    assert f'href="{path}"' in html
    assert rows(await page(odd, path)) == count


async def test_the_overview_has_reasons_and_no_names(odd: DataPage) -> None:
    shown = plain(await page(odd, "/data"))
    assert "tài khoản chung" in shown
    assert "admin_hotich" not in shown, "each look at the names is noted, and this one is not"


async def test_names_link_to_as_many_dossiers_as_they_say(odd: DataPage) -> None:
    html = await page(odd, "/data/names")
    links = re.findall(r'href="(/data/names/dossiers[^"]*)"><span>(\d+)</span>', html)
    assert len(links) == 5
    for link, count in links:
        assert rows(await page(odd, unescape(link))) == int(count)


async def test_each_unmatched_name_says_why_and_who_may_be_meant(odd: DataPage) -> None:
    shown = plain(await page(odd, "/data/names"))
    assert "Trần Văn Huy Sở Y tế 2 người trùng tên" in shown
    assert "Lê Văn Sỹ Sở Y tế ở đơn vị khác L.V.S. (o4, Sở Xây dựng)" in shown
    assert "Phan Anh Sở Y tế đã chuyển hoặc nghỉ vào ngày đó" in shown
    assert "admin_hotich Sở Y tế tài khoản chung" in shown
    assert "Ng. T. Hồng Nhung Sở Y tế không có trong danh bạ N.T.H.N. (o1, Sở Y tế)" in shown


async def test_sync_errors_of_a_source_by_reason(odd: DataPage) -> None:
    html = await page(odd, "/data/errors?source=portal:000.00.17.H29")
    shown = plain(html)
    assert "20 lỗi" in shown
    assert "mã thiếu danh sách so lúc 03:00 23/11/2026 13" in shown
    assert "bị từ chối khi gửi MaHoSo is missing 4" in shown
    (letters,) = re.findall(r'href="(/data/letters\?state=day[^"]*future[^"]*)"', html)
    assert rows(await page(odd, unescape(letters))) == 2
    missing = plain(await page(odd, "/data/missing?unit=sxd"))
    assert "Sở Xây dựng: 13 mã" in missing
    assert "lost-1 Ngày ở tương lai lost-2 chưa từng tới" in missing


async def test_errors_with_other_systems_are_those_reported_or_missing(odd: DataPage) -> None:
    html = await page(odd, "/data/errors?source=portal:000.00.18.H29")
    assert "Sở Y tế lỗi với hệ thống khác, nguồn báo VBDLIS E17 1" in plain(html)
    assert "chưa bao giờ được gửi" not in plain(html)
    (link,) = re.findall(r'href="(/data/reported[^"]*)"', html)
    assert "h-0" in plain(await page(odd, unescape(link)))
    quiet = plain(await page(odd, "/data/errors?source=portal:000.00.17.H29"))
    assert "thiếu, vì chưa bao giờ được gửi, của Sở Xây dựng." in quiet


async def test_a_step_that_usually_takes_too_long_is_named_with_its_dossiers(
    odd: DataPage,
) -> None:
    html = await page(odd, "/data")
    assert "Thẩm định Cấp phép xây dựng" in plain(html)
    (link,) = re.findall(r'href="(/data/steps/dossiers[^"]*)"', html)
    listed = await page(odd, unescape(link))
    assert rows(listed) == 6
    assert "quy định 1 ngày làm việc" in plain(listed)


async def test_what_was_sent_is_text_and_no_markup(odd: DataPage) -> None:
    html = await page(odd, "/data/texts")
    assert "Phòng &lt;b&gt;Lạ&lt;/b&gt;" in html
    assert "<b>Lạ" not in html


@pytest.mark.parametrize(
    "part",
    ["sources", "coverage", "missing", "errors", "rewritten", "names", "texts", "procedures",
     "nights", "letters", "steps"],
)  # fmt: skip
async def test_every_list_is_a_file_too(odd: DataPage, part: str) -> None:
    async with odd.client() as http:
        answer = await http.get(f"/data/{part}.csv", params={"unit": "sxd"})
        english = await http.get("/data/names.csv", params={"lang": "en"})
    assert answer.headers["content-type"].startswith("text/csv")
    header, *lines = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert lines
    assert all(len(line) <= len(header) for line in lines)
    assert "shared account" in english.text


async def test_both_languages_say_the_same_in_their_words(odd: DataPage) -> None:
    shown = plain(await page(odd, "/data?lang=en"))
    assert "387 of 400 dossiers, 13 missing" in shown
    assert "Hệ thống đất đai has sent nothing yet" in shown


async def test_without_anything_on_record_it_says_so_and_shows_no_zero(
    odd: DataPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(odd.app.state.live.view, "verifications", LastVerifications())
    shown = plain(await page(odd, "/data?month=2026-10"))
    assert "thiếu chưa có số đếm của Cổng" in shown.replace(": Độ phủ so với Cổng, ", "").replace(
        "xem danh sách hồ sơ ", ""
    )
    assert "chưa có lần đối soát nào được ghi" in shown


async def test_a_part_that_fails_leaves_the_rest(
    odd: DataPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = odd.app.state.live.query
    rows_of = query.rows

    async def rows(sql: str, parameters: Mapping[str, object]) -> object:
        if "officer_name" in sql:
            raise StoreAway("away")
        return await rows_of(sql, parameters)

    monkeypatch.setattr(query, "rows", rows)
    shown = plain(await page(odd, "/data"))
    assert "Chưa đọc được phần này." in shown
    assert "Hạn trả lùi, sau khi đã quá hạn" in shown


async def test_every_sentence_of_a_recount_that_stays_has_its_words() -> None:
    words = words_of("vi")
    names = [
        name
        for path in sorted((ROOT / "oracle" / "checks").glob("*.py"))
        for name in re.findall(r'\bCheck\("([^"]+)"\)', path.read_text("utf-8"))
    ]
    assert len(names) > 10
    for sentence in (*names, *LEFT_OUT, *SHARED):
        assert recount_words(sentence, words) != sentence, sentence
    assert recount_words("8 dossiers of others", words) == "8 dossiers of others"
