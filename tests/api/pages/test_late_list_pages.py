"""The pages of the late list, as people without a script use them: links and forms."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from api.access.principal import Principal
from api.access.reach import reach_of
from api.access.rules import DESKS, MOST_IN_HAND
from api.pages.dossiers.amounts import Written
from api.pages.dossiers.late_entries import dossier_entries, officer_entries, unit_entries
from api.pages.words import words_of
from api.viewer import Viewer
from dossiers.text.canonical import canonical_json
from dossiers.wire.publications import Case
from tests.api.access.callers import person
from tests.api.late_list.test_attaching import picture
from tests.api.pages.late_month import (
    HEAD_SIGNED_IN,
    LEADER_SIGNED_IN,
    REVIEWER_SIGNED_IN,
    SECOND_SIGNED_IN,
    TUAN_SIGNED_IN,
    LateMonth,
)
from tests.api.pages.read_html import read_html
from tests.dossiers.publication.made_lists import BUILDING, LAND, LIST, TUAN, small_list
from tests.dossiers.publication.made_records import LONG_1, TUAN_1, TUAN_2

pytestmark = pytest.mark.asyncio
PAGE = f"/publications/{LIST}"
SIDE = f"{PAGE}?of={BUILDING}&officer={TUAN}"
HTML = {"Accept": "text/html"}


@pytest.fixture
def month(tmp_path: Path) -> LateMonth:
    return LateMonth(tmp_path)


@pytest.fixture
def explained(month: LateMonth) -> LateMonth:
    month.story.explain(TUAN_1, TUAN_2, text=month.text("Tôi nhận thêm hồ sơ của người nghỉ phép."))
    month.tell()
    return month


async def test_every_number_of_the_review_is_that_of_its_list(explained: LateMonth) -> None:
    async with explained.guard.client(REVIEWER_SIGNED_IN) as http:
        page = read_html((await http.get(SIDE)).text).first("main")
        assert page is not None
        met = 0
        for link in page.all("a"):
            href, said = link.attributes.get("href", ""), link.text().strip()
            if "/dossiers?" in href or href.endswith("/dossiers"):
                number = re.match(r"(?:trên )?(\d+)\b", said)
                if number:
                    listed = read_html((await http.get(href)).text).first("tbody")
                    rows = len(list(listed.all("tr"))) if listed is not None else 0
                    assert rows == int(number[1]), (said, href)
                    met += 1
        assert met >= 15


async def hidden(http: httpx.AsyncClient, url: str, act: str) -> dict[str, str]:
    """The hidden fields of a form of the page."""
    document = read_html((await http.get(url, headers=HTML)).text)
    form = next(f for f in document.all("form") if f.attributes.get("action", "").endswith(act))
    return {
        each.attributes["name"]: each.attributes.get("value", "")
        for each in form.all("input")
        if each.attributes.get("type") == "hidden" and each.attributes["name"] != "case"
    }


async def sent(
    http: httpx.AsyncClient, act: str, fields: dict[str, str], *more: tuple[str, str]
) -> httpx.Response:
    body = urlencode([*fields.items(), *more])
    kind = {"Content-Type": "application/x-www-form-urlencoded", **HTML}
    return await http.post(f"{PAGE}/{act}", content=body, headers=kind)


BOTH = (("case", TUAN_1.dossier), ("case", TUAN_2.dossier))


async def test_the_effect_is_shown_before_the_decision_and_nothing_is_written(
    explained: LateMonth,
) -> None:
    before = explained.guard.live.publications.state.head
    async with explained.guard.client(REVIEWER_SIGNED_IN) as http:
        fields = await hidden(http, SIDE, "/decide")
        shown = await sent(
            http, "preview", fields, *BOTH, ("pick", TUAN_1.dossier), ("reason", "leave"),
            ("text", "Có văn bản xin thêm người."),
        )  # fmt: skip
        effect = read_html(shown.text).first("section", "late-effect")
        assert effect is not None
        # Of 4 late dossiers of 86 one goes; the unit keeps its 6 of 110.
        assert re.search(r"4\s*còn\s*3\s*trễ trên 86 hồ sơ, 4,7 % 3,5 %", _words(effect.text()))
        assert re.search(r"Sở Xây dựng: vẫn 6 trễ trên 110 hồ sơ", _words(effect.text()))
        assert "Có văn bản xin thêm người." in shown.text
    assert explained.guard.live.publications.state.head == before


def _words(text: str) -> str:
    return " ".join(text.split())


async def test_a_review_from_explanation_to_decision_by_forms(explained: LateMonth) -> None:
    async with explained.guard.client(REVIEWER_SIGNED_IN) as http:
        fields = await hidden(http, SIDE, "/decide")
        asked = await sent(http, "ask", fields, *BOTH, ("text", "Ai nghỉ, từ ngày nào?"))
        assert asked.status_code == 303, asked.text
    async with explained.guard.client(TUAN_SIGNED_IN) as http:
        mine = await http.get("/publications/mine")
        assert "Ai nghỉ, từ ngày nào?" in mine.text
        fields = await hidden(http, "/publications/mine", "/explain")
        answered = await sent(
            http, "reply", fields, ("pick", TUAN_1.dossier), ("text", "Từ 04/10.")
        )
        assert answered.headers["location"] == "/publications/mine?told=replied"
    async with explained.guard.client(REVIEWER_SIGNED_IN) as http:
        fields = await hidden(http, SIDE, "/decide")
        done = await sent(
            http, "decide", fields, *BOTH, ("pick", TUAN_1.dossier), ("reason", "leave"),
            ("text", "Nghỉ phép từ 04/10."),
        )  # fmt: skip
        assert done.status_code == 303, done.text
        page = (await http.get(done.headers["location"])).text
        assert "Đã ghi quyết định." in page
        assert "Mọi giải trình đã có quyết định" in page
    edition = explained.guard.live.publications.edition(LIST)
    assert edition is not None
    decisions = {case: edition.case(case).decision for case in (TUAN_1, TUAN_2)}
    assert [each is not None and each.accepted for each in decisions.values()] == [True, False]


async def test_the_first_of_two_reviewers_counts_and_the_other_loses_nothing(
    explained: LateMonth,
) -> None:
    async with (
        explained.guard.client(REVIEWER_SIGNED_IN) as first,
        explained.guard.client(SECOND_SIGNED_IN) as second,
    ):
        seen = await hidden(second, SIDE, "/decide")
        fields = await hidden(first, SIDE, "/decide")
        why = ("text", "Không có văn bản.")
        assert (await sent(first, "decide", fields, *BOTH, why)).status_code == 303
        late = await sent(
            second, "decide", seen, *BOTH, ("pick", TUAN_2.dossier), ("reason", "leave"),
            ("text", "Tôi đã gõ đoạn này."),
        )  # fmt: skip
    assert late.status_code == 409
    assert "Tôi đã gõ đoạn này." in late.text
    assert "Có người vừa ghi thêm" in late.text
    assert "Không có văn bản." in late.text, "what is true now"
    assert re.search(rf'value="{TUAN_2.dossier}"[^>]* checked', late.text)


async def test_kafka_away_is_said_and_nothing_typed_is_lost(explained: LateMonth) -> None:
    async with explained.guard.client(REVIEWER_SIGNED_IN) as http:
        fields = await hidden(http, SIDE, "/decide")
        explained.writer.away = True
        answer = await sent(http, "decide", fields, *BOTH, ("text", "Giữ lại đoạn này."))
        assert answer.status_code == 503
        assert "Giữ lại đoạn này." in answer.text
        explained.writer.away = False
        again = await sent(http, "decide", fields, *BOTH, ("text", "Giữ lại đoạn này."))
        assert again.status_code == 303


async def test_who_may_see_what(explained: LateMonth) -> None:
    explained.story.explain(LONG_1, by="cb-long")
    explained.tell()
    async with explained.guard.client(TUAN_SIGNED_IN) as http:
        assert (await http.get(PAGE)).headers["location"] == "/publications/mine"
        for url in ("/publications/mine", f"{PAGE}/dossiers", f"{PAGE}/steps", "/publications"):
            text = (await http.get(url)).text
            assert "Vũ Đình Long" not in text, url
            assert "H99-2001" in text or url.endswith(("steps", "publications")), url
        assert "H99-3001" not in (await http.get(f"{PAGE}/dossiers")).text
    async with explained.guard.client(HEAD_SIGNED_IN) as http:
        page = (await http.get(f"{PAGE}?show=all")).text
        assert "Vũ Đình Long" in page
        assert "Trương Văn Ý" not in page
        assert "Bạn chỉ thấy" in page
        assert f"{PAGE}/decide" not in (await http.get(SIDE)).text
        assert (await http.get(f"{PAGE}?of={LAND}&officer=cb-kien")).text.count("Kiên") == 0
    async with explained.guard.client(LEADER_SIGNED_IN) as http:
        side = (await http.get(SIDE)).text
        assert "Tôi nhận thêm hồ sơ" in side
        assert f"{PAGE}/decide" not in side
    async with explained.guard.client("public") as http:
        assert (await http.get(PAGE, headers=HTML)).status_code in (302, 303, 401)


async def test_an_officer_explains_many_with_one_text_and_a_file(month: LateMonth) -> None:
    month.tell()
    png = picture("PNG")
    async with month.guard.client(TUAN_SIGNED_IN) as http:
        fields = await hidden(http, "/publications/mine", "/explain")
        data = {**fields, "reason": "leave", "text": "Nghỉ phép cả tuần.",
                "pick": [TUAN_1.dossier, TUAN_2.dossier]}  # fmt: skip
        files = {"file": ("phep.png", png, "image/png")}
        answer = await http.post(f"{PAGE}/explain", data=data, files=files, headers=HTML)
        assert answer.status_code == 303, answer.text
    edition = month.guard.live.publications.edition(LIST)
    assert edition is not None
    for case in (TUAN_1, TUAN_2):
        state = edition.case(case)
        assert state.explanation is not None
        assert [file.media for file in state.files] == ["image/png"]


async def test_a_head_begins_with_those_of_whom_nothing_is_explained(explained: LateMonth) -> None:
    async with explained.guard.client(HEAD_SIGNED_IN) as http:
        page = read_html((await http.get(PAGE)).text).first("main")
        assert page is not None
        table = page.first("tbody")
        assert table is not None
        assert "Vũ Đình Long" in table.text()
        assert "Nguyễn Minh Tuấn" not in table.text()  # who has explained
        assert "Kiểm tra trước khi công bố" not in page.text()
        head = page.first("div", "late-acts")
        assert head is not None
        act = next(each for each in head.all("a") if each.text().strip() == "Giải trình")
        side = read_html((await http.get(act.attributes["href"])).text).first("aside", "late-side")
        assert side is not None
        assert [f.attributes["action"] for f in side.all("form")] == [f"{PAGE}/explain"]
        assert "Vũ Đình Long" in side.text()


async def test_after_the_review_a_word_is_taken_but_no_explanation(explained: LateMonth) -> None:
    explained.story.decide((TUAN_1, TUAN_2))
    explained.story.submit()
    explained.tell()
    async with explained.guard.client(TUAN_SIGNED_IN) as http:
        page = read_html((await http.get("/publications/mine")).text).first("main")
        assert page is not None
        buttons = [each.text().strip() for each in page.all("button")]
        assert buttons == ["Gửi là ý kiến, trả lời"]
        fields = await hidden(http, "/publications/mine", "/explain")
        answer = await sent(http, "reply", fields, ("pick", TUAN_1.dossier), ("text", "Đã đọc."))
        assert answer.status_code == 303


async def test_files_of_forms_are_counted_with_all_that_is_on_the_way(month: LateMonth) -> None:
    month.tell()
    uploads = month.guard.live.publishing.uploads
    async with month.guard.client(TUAN_SIGNED_IN) as http:
        fields = await hidden(http, "/publications/mine", "/explain")
        data = {**fields, "reason": "leave", "pick": [TUAN_1.dossier]}
        with uploads.opened("somebody else", MOST_IN_HAND) as other:
            uploads.count(other, MOST_IN_HAND)
            files = {"file": ("phep.png", picture("PNG"), "image/png")}
            answer = await http.post(f"{PAGE}/explain", data=data, files=files, headers=HTML)
            assert (answer.status_code, "Nhiều tệp đang được gửi" in answer.text) == (429, True)
        files = {"file": ("phep.png", picture("PNG"), "image/png")}
        answer = await http.post(f"{PAGE}/explain", data=data, files=files, headers=HTML)
        assert answer.status_code == 303, answer.text
    assert uploads.held == 0


async def test_what_is_not_there_is_said(month: LateMonth) -> None:
    async with month.guard.client(REVIEWER_SIGNED_IN) as http:
        assert "Chưa tháng nào được chốt" in (await http.get("/publications")).text
        assert (await http.get("/publications/2020-01")).status_code == 404
        frozen = month.story.edition.frozen.record
        for digest in (frozen.rows, frozen.sheet):
            month.blobs.erase(digest, b"over")
        month.tell()
        assert "Tháng 10/2026" in (await http.get("/publications")).text
        gone = await http.get(PAGE)
        assert (gone.status_code, "đã bị xóa theo thời hạn" in gone.text) == (410, True)


async def test_nothing_is_offered_in_a_replay(tmp_path: Path) -> None:
    month = LateMonth(tmp_path, mode="replay")
    month.story.explain(TUAN_1)
    month.tell()
    async with month.guard.client(REVIEWER_SIGNED_IN) as http:
        page = (await http.get(SIDE)).text
        steps = await http.get(f"{PAGE}/steps")
    assert f"{PAGE}/decide" not in page
    assert "bản phát lại" in page
    assert (steps.status_code, "<form method" in steps.text.partition("<main")[2]) == (200, False)


async def test_what_stands_in_a_list_is_said_where_its_dossier_officer_and_unit_are(
    explained: LateMonth,
) -> None:
    say = Written(words_of("vi"), explained.guard.live.view.context.calendar)

    def viewer(who: Principal) -> Viewer:
        return Viewer(explained.guard.live, who, reach_of(who, DESKS))

    async def said(who: Principal) -> list[str]:
        found = (
            *await dossier_entries(viewer(who), TUAN_1.dossier, say),
            *await officer_entries(viewer(who), TUAN, say),
            *await unit_entries(viewer(who), BUILDING, say),
        )
        return [f"{each.text} {each.link.href if each.link else ''}" for each in found]

    assert await said(REVIEWER_SIGNED_IN) == [
        "Trong danh sách trễ hạn tháng 10/2026: trễ 12 giờ, Chờ quyết định "
        "/publications/2026-10?show=all&of=H99.XD&officer=cb-tuan",
        "Trong danh sách trễ hạn tháng 10/2026: 4 hồ sơ trễ trên 86 "
        "/publications/2026-10?show=all&of=H99.XD&officer=cb-tuan",
        "Trong danh sách trễ hạn tháng 10/2026: 6 hồ sơ trễ trên 110 "
        "/publications/2026-10?show=all&unit=H99.XD",
    ]
    assert [each.rpartition(" ")[2] for each in await said(TUAN_SIGNED_IN)] == [
        "/publications/mine", "/publications/mine",
    ]  # fmt: skip
    assert await said(person("officer", officer="somebody-else")) == []


async def test_each_sees_what_they_have_to_do(explained: LateMonth) -> None:
    async def todo(who: Principal) -> list[str]:
        async with explained.guard.client(who) as http:
            document = read_html((await http.get("/publications")).text)
        tasks = next(
            (s for s in document.all("section") if s.attributes.get("id") == "tasks"), None
        )
        return [] if tasks is None else [_words(a.text()) for a in tasks.all("a")]

    assert await todo(REVIEWER_SIGNED_IN) == [
        "Duyệt 2 hồ sơ có giải trình, danh sách tháng 10/2026"
    ]
    assert await todo(TUAN_SIGNED_IN) == ["Giải trình 2 hồ sơ, danh sách tháng 10/2026"]
    assert await todo(LEADER_SIGNED_IN) == []
    explained.story.decide((TUAN_1, TUAN_2), by="reform-1")
    explained.story.submit()
    explained.tell()
    assert await todo(LEADER_SIGNED_IN) == ["Phê duyệt danh sách tháng 10/2026"]
    assert await todo(REVIEWER_SIGNED_IN) == []
    async with explained.guard.client(REVIEWER_SIGNED_IN) as http:
        page = (await http.get(f"{PAGE}/steps")).text
        assert "không phê duyệt" in page, "why somebody else does it"
        assert f'action="{PAGE}/approve"' not in page


async def test_the_inbox_has_it_too_unless_it_is_narrowed(explained: LateMonth) -> None:
    async def there(who: Principal, path: str) -> list[str]:
        async with explained.guard.client(who) as http:
            document = read_html((await http.get(path)).text)
        parts = [s for s in document.all("section") if s.attributes.get("class") == "list-tasks"]
        return [_words(a.text()) for part in parts for a in part.all("a")]

    (found,) = await there(REVIEWER_SIGNED_IN, "/alerts")
    assert found.startswith("Duyệt 2 hồ sơ có giải trình, danh sách tháng 10/2026")
    assert "11/11" in found, "until when"
    assert await there(REVIEWER_SIGNED_IN, "/alerts?state=snoozed") == []
    assert await there(REVIEWER_SIGNED_IN, "/alerts?kind=overdue") == []
    assert await there(LEADER_SIGNED_IN, "/alerts") == []


async def test_a_leader_approves_or_sends_back_by_forms(explained: LateMonth) -> None:
    explained.story.decide((TUAN_1, TUAN_2), by="reform-1")
    explained.story.submit()
    explained.tell()
    steps = f"{PAGE}/steps"
    async with explained.guard.client(LEADER_SIGNED_IN) as http:
        page = (await http.get(steps)).text
        frozen, submitted = explained.story.edition.frozen, explained.story.edition.submitted
        assert submitted is not None
        assert frozen.record.core in page
        assert submitted.record.core in page
        back = await hidden(http, steps, "/return")
        empty = await sent(http, "return", back, ("text", " "))
        assert (empty.status_code, "Cần nêu lý do bằng lời." in empty.text) == (422, True)
        done = await sent(http, "return", back, ("text", "Thiếu biên bản."))
        assert done.headers["location"] == f"{steps}?told=returned"
        assert "Thiếu biên bản." in (await http.get(steps)).text
    edition = explained.guard.live.publications.edition(LIST)
    assert edition is not None
    assert edition.submitted is None


async def test_several_months_count_a_dossier_once_with_its_list(explained: LateMonth) -> None:
    before = small_list(id="2026-09", month="2026-09")
    put = explained.blobs.put
    explained.story.list_id = "2026-09"
    explained.story.freeze(core=put(canonical_json(before.core)),
                           rows=put(canonical_json(before.rows)))  # fmt: skip
    explained.tell()
    async with explained.guard.client(REVIEWER_SIGNED_IN) as http:
        page = (await http.get("/publications?since=2026-10&until=2026-09")).text
        assert "12 hồ sơ trễ, mỗi hồ sơ tính một lần (24 nếu cộng từng tháng)" in page
        assert page.count('href="/dossiers/H99-') == 12
        url = "/api/v1/publications/together?since=2026-09&until=2026-10&limit=7"
        first = (await http.get(url)).json()
        rest = (await http.get(f"{url}&cursor={first['next']}")).json()
        assert (first["late"], first["added"], first["repeated"], first["open"]) == (12, 24, 12, 4)
        assert first["lists"] == ["2026-09", "2026-10"]
        assert (len(first["dossiers"]), len(rest["dossiers"]), rest["next"]) == (7, 5, None)
        assert (await http.get(url.replace("2026-09", "2026"))).status_code == 422
    async with explained.guard.client(TUAN_SIGNED_IN) as http:
        assert (await http.get(url)).json()["late"] == 4


async def test_what_left_the_list_by_anothers_case_has_left_it_for_everybody(
    explained: LateMonth,
) -> None:
    case = Case("H99-2001", LAND, "cb-kien")
    explained.story.explain(case, by="cb-kien", reason="other_agency")
    explained.story.decide((case,), reason="other_agency")
    explained.tell()
    async with explained.guard.client(TUAN_SIGNED_IN) as http:
        url = "/api/v1/publications/together?since=2026-10&until=2026-10"
        assert (await http.get(url)).json()["late"] == 3
        assert "H99-2001" in (await http.get(f"{PAGE}/dossiers?what=excluded")).text


async def test_a_list_becomes_public_by_forms_of_three_people(explained: LateMonth) -> None:
    steps = f"{PAGE}/steps"
    async with explained.guard.client(REVIEWER_SIGNED_IN, Accept="text/html") as http:
        fields = await hidden(http, SIDE, "/decide")
        pick = (("pick", TUAN_1.dossier), ("reason", "other_agency"), ("text", "Có văn bản."))
        assert (await sent(http, "decide", fields, *BOTH, *pick)).status_code == 303
        submitted = await sent(http, "submit", await hidden(http, steps, "/submit"))
        assert submitted.headers["location"] == f"{steps}?told=submitted", submitted.text
    async with explained.guard.client(LEADER_SIGNED_IN, Accept="text/html") as http:
        table = read_html((await http.get(steps)).text).first("table")
        assert table is not None
        rows = [[_words(cell.text()) for cell in row.all("td")] for row in table.all("tr")][1:]
        assert rows[:2] == [["220", "220", "0"], ["12", "11", "\u22121"]], (
            "published is frozen less"
        )
        approved = await sent(http, "approve", await hidden(http, steps, "/approve"))
        assert approved.headers["location"] == f"{steps}?told=approved"
        fields = await hidden(http, steps, "/publish")
        envelope = (("dated", "2026-11-13"), ("signer", "Nguyễn Văn A"))
        unnamed = await sent(http, "publish", fields, *envelope, ("document_no", " "))
        assert (unnamed.status_code, "Hãy ghi số văn bản." in unnamed.text) == (422, True)
        assert "Nguyễn Văn A" in unnamed.text
        done = await sent(http, "publish", fields, *envelope, ("document_no", "12/TB-VP"))
        assert done.headers["location"] == f"{steps}?told=published", done.text
        files = re.findall(r'href="(/late-lists/[^"]+)"', (await http.get(steps)).text)
        assert any(name.endswith(".pdf") for name in files)
        assert [(await http.get(name)).status_code for name in files] == [200] * len(files)
    async with explained.guard.client(TUAN_SIGNED_IN) as http:
        mine = (await http.get("/publications/mine")).text
        assert "Dòng đã công bố" in mine
        assert f"{PAGE}/explain" not in mine
