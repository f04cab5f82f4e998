"""The plain pages and their CSV, read as a browser and a spreadsheet would."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import pytest

from api.pages.words import words_of
from api.ports import StoreAway
from documents.cells import safe_cell
from dossiers.time.calendar import Calendar
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.events import DOSSIER_EVENTS
from dossiers.wire.flags import ALL_FLAGS
from tests.api.city import HOUR
from tests.api.conftest import Running

pytestmark = pytest.mark.asyncio


class Page(HTMLParser):
    """Tags, links and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.inline = 0  # scripts with a text of their own
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inline += tag == "script" and "src" not in dict(attrs)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += f"{data.strip()}\n" if data.strip() else ""


async def page(api: Running, path: str, status: int = 200) -> Page:
    """For a reader whose browser keeps nothing yet."""
    api.http.cookies.clear()
    answer = await api.http.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Page(answer.text)


OVERDUE = "/dossiers?standing=overdue"


async def test_units_with_overdue_dossiers_most_first(api: Running) -> None:
    found = await page(api, "/units")
    assert found.text.index("Phường Một") < found.text.index("Sở Hai")
    assert "MÔ PHỎNG" in found.text
    assert "Số liệu lúc 10:00:00 23/11/2026" in found.text


@pytest.mark.parametrize(
    ("short", "goal"),
    [
        ("/overdue", "/units"),
        ("/overdue?lang=en", "/units?lang=en"),
        ("/overdue/u%2F2", "/dossiers?unit=u%2F2&standing=overdue"),
        ("/overdue/u1?lang=en", "/dossiers?unit=u1&standing=overdue&lang=en"),
        ("/overdue.csv", "/dossiers.csv?standing=overdue"),
        ("/overdue/u1.csv", "/dossiers.csv?unit=u1&standing=overdue"),
    ],
)
async def test_addresses_that_messages_have_lead_on(api: Running, short: str, goal: str) -> None:
    api.http.cookies.clear()
    answer = await api.http.get(short)
    assert (answer.status_code, answer.headers["location"]) == (308, goal)
    assert (await api.http.get(goal)).status_code == 200


async def test_every_link_leads_somewhere(api: Running) -> None:
    for start in ("/units", "/units/u1", f"{OVERDUE}&unit=u%2F2&lang=en"):
        for link in (await page(api, start)).links:
            answer = await api.http.get(link.partition("#")[0] or start, follow_redirects=True)
            assert answer.status_code == 200, (start, link)


async def test_a_name_from_outside_is_text_and_never_markup(api: Running) -> None:
    answer = await api.http.get(f"{OVERDUE}&unit=u1")
    found = Page(answer.text)
    assert found.inline == 0
    assert '<script>alert("1")</script>' in found.text  # one word, so it is shown whole
    assert "=cmd|' /C calc'!A0" in found.text
    # The policy allows no inline script or style, and the page has none.
    assert "style" not in found.attributes
    assert not [name for name in found.attributes if name.startswith("on")]
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


async def test_a_list_shows_what_a_supervisor_needs(api: Running) -> None:
    found = await page(api, f"{OVERDUE}&unit=u%2F2")
    for text in ("over-2", "Đăng ký khai sinh", "Đ.V.A.", "23/11 09:00", "quá hạn 1 giờ"):
        assert text in found.text
    assert "Đỗ Văn An" not in found.text
    whole = await page(api, f"{OVERDUE}&unit=city")
    assert all(id_ in whole.text for id_ in ("over-1", "over-2", "=cmd"))


async def test_english_on_request(api: Running) -> None:
    found = await page(api, "/units/u1?lang=en")
    assert "In progress" in found.text
    following = Page((await api.http.get("/units")).text)
    assert "Compare units" in following.text, "the browser keeps the language"
    assert "/units?lang=vi" in following.links
    again = Page((await api.http.get("/units?lang=vi")).text)
    assert "So sánh đơn vị" in again.text
    assert (await api.http.get("/units?lang=fr")).status_code == 422


async def test_both_languages_have_the_same_messages() -> None:
    vietnamese, english = words_of("vi").messages, words_of("en").messages
    assert vietnamese.keys() == english.keys()
    braces = re.compile(r"{\w+}")
    for key, text in vietnamese.items():
        assert set(braces.findall(text)) == set(braces.findall(english[key])), key


async def test_every_flag_and_every_event_has_a_word() -> None:
    kinds = [str(kind.__struct_config__.tag) for kind in DOSSIER_EVENTS]
    for words in (words_of("vi"), words_of("en")):
        said = [words(f"flag_{flag}") for flag in ALL_FLAGS] + [words(f"kind_{k}") for k in kinds]
        assert len({*said}) == len(said)
        assert all(said)


async def test_errors_are_pages_too(api: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Không có đơn vị này" in (await page(api, "/units/nowhere", 404)).text
    assert "từ đầu" in (await page(api, f"{OVERDUE}&cursor=x", 422)).text

    async def away(*_: object) -> list[dict[str, object]]:
        raise StoreAway("ClickHouse does not answer.")

    monkeypatch.setattr(api.live, "query", type("Away", (), {"rows": staticmethod(away)}))
    assert "thử lại" in (await page(api, OVERDUE, 503)).text
    assert (await api.http.get("/dossiers.csv")).status_code == 503


async def test_csv_opens_in_a_spreadsheet_without_running_anything(api: Running) -> None:
    answer = await api.http.get("/dossiers.csv?standing=overdue&unit=city")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    ids = [row[0] for row in rows if len(row) > 5][1:]
    assert ids == ["over-1", "'=cmd|' /C calc'!A0", "over-2"]
    number = re.compile(r"-[\d.]+")
    cells = [cell for row in rows for cell in row if not number.fullmatch(cell)]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"), (" =1", "' =1"), ("@SUM(A1)", "'@SUM(A1)"), ("-2+3", "'-2+3"),
        ("＝1", "'＝1"), ("\t=1", "'\t'=1"), ("a;=1;-2", "a;'=1;'-2"),
        ("a\r\n @x", "a\r'\n' @x"), ("a; b-c", "a; b-c"),
        ("H29.168-0412", "H29.168-0412"), (-3, "-3"),
        (None, ""),
    ],
)  # fmt: skip
async def test_cells(value: object, cell: str) -> None:
    assert safe_cell(value) == cell


async def test_amounts_of_working_time() -> None:
    office = Calendar(CalendarSpec(kind="vn-office"), "Asia/Ho_Chi_Minh")
    always = Calendar(CalendarSpec(kind="24x7"), "Asia/Ho_Chi_Minh")
    words = words_of("vi")
    assert words.amount(9 * HOUR, office) == "1 ngày làm việc 1 giờ"
    assert words.amount(9 * HOUR, always) == "9 giờ"
    assert words.amount(24 * HOUR + 60_000, always) == "1 ngày 1 phút"
    assert words.amount(0, office) == "0 phút"
