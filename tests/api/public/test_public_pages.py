"""What anybody sees of a late list: the figures, and nothing of what is not published."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from xml.etree import ElementTree

import httpx
import msgspec
import pytest
import pytest_asyncio

from dossiers.publication.manifest import read_manifest
from dossiers.text.canonical import sha256_of
from tests.api.pages.read_html import Node, read_html
from tests.api.public.conftest import PublicSite, october
from tests.api.public.made import PDF
from tests.dossiers.publication.made_lists import (
    BUILDING,
    LAND,
    PARENTS,
    PEOPLE,
    SMALL_TOTALS,
    UNITS,
    charge,
    late,
    made_list,
    small_list,
)

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def http(site: PublicSite) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(site.app)
    headers = {"Accept": "text/html"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=headers
    ) as client:
        yield client


async def page(http: httpx.AsyncClient, path: str) -> Node:
    answer = await http.get(path)
    assert answer.status_code == 200, answer.text
    return read_html(answer.text)


def table_of(tree: Node, section: str) -> list[list[str]]:
    """The rows of a section, cell by cell; of a name the text without its second line."""
    [part] = [each for each in tree.all("section") if each.attributes.get("id") == section]
    return [
        [
            cell.text(
                lambda each: each.tag == "small" or bool({"badge", "narrow"} & {*each.classes})
            )
            for cell in row.all()
            if cell.tag in ("td", "th")
        ]
        for row in part.all("tr")
    ][1:]


def number(text: str) -> int:
    return int(text.replace("\u2212", "-").replace(".", "") or 0)


async def test_the_units_add_up_to_the_whole(http: httpx.AsyncClient) -> None:
    rows = table_of(await page(http, "/late-lists/2026-10"), "units")
    *parts, whole = rows
    for column in (2, 3, 4, 5, 9):
        assert sum(number(row[column]) for row in parts) == number(whole[column])
    assert whole[5] == "12"
    assert [row[1] for row in rows][:2] == ["Sở Xây dựng", "Văn phòng Đăng ký đất đai"]


async def test_what_counts_for_two_units_is_said(http: httpx.AsyncClient) -> None:
    """Sở Xây dựng and Văn phòng Đăng ký đất đai share one of the dossiers."""
    rows = table_of(await page(http, "/late-lists/2026-10"), "units")
    [several] = [row for row in rows if row[1] == "Trừ phần tính ở nhiều đơn vị"]
    assert number(several[5]) == -1


async def test_officers_stand_by_unit_then_name_and_not_by_number(http: httpx.AsyncClient) -> None:
    rows = table_of(await page(http, "/late-lists/2026-10?show=officers"), "officers")
    assert [row[1] for row in rows] == [
        "Trần Văn Kiên", "Lê Thị Bích Ngọc", "Trương Văn Ý", "Vũ Đình Long", "Nguyễn Minh Tuấn",
    ]  # fmt: skip
    text = (await http.get("/late-lists/2026-10?show=officers")).text
    assert "aria-sort" not in text  # nobody is offered people in the order of their lates


async def test_a_search_needs_no_diacritics_and_finds_all_kinds(http: httpx.AsyncClient) -> None:
    tree = await page(http, "/late-lists/2026-10?q=tuan")
    assert [row[1] for row in table_of(tree, "officers")] == ["Nguyễn Minh Tuấn"]
    found = table_of(await page(http, "/late-lists/2026-10?q=H99-2001"), "dossiers")
    assert [row[1] for row in found] == ["H99-2001"]
    found = table_of(await page(http, "/late-lists/2026-10?q=xay+dung"), "units")
    assert [row[1] for row in found] == ["Sở Xây dựng"]


async def test_a_unit_shows_what_it_is_charged_with(http: httpx.AsyncClient) -> None:
    """Of one that another unit answers for, too."""
    path = f"/late-lists/2026-10?unit={BUILDING}&show=dossiers"
    ids = [row[1] for row in table_of(await page(http, path), "dossiers")]
    assert ids == ["H99-2001", *(f"H99-100{n}" for n in range(1, 6))]
    assert (await http.get("/late-lists/2026-10?unit=nowhere")).status_code == 404


async def test_one_dossier_has_parts_that_add_up_and_a_row_to_check(
    http: httpx.AsyncClient,
) -> None:
    tree = await page(http, "/late-lists/2026-10?dossier=H99-1001")
    rows = table_of(tree, "dossier")
    assert [row[2] for row in rows] == ["9 giờ", "3 giờ", "12 giờ"]
    manifest = read_manifest(
        (await http.get("/late-lists/2026-10/1/kiem-chung-2026-10.json")).content
    )
    assert any(each in tree.text() for each in manifest.dossiers)


async def test_a_correction_stands_before_what_it_corrects(
    site: PublicSite, http: httpx.AsyncClient
) -> None:
    before = (await http.get("/late-lists/2026-10")).text
    rows = [late("H99-1001", charge(BUILDING, "cb-tuan", 9_000_000))]
    corrected = made_list(
        rows, (), SMALL_TOTALS, PARENTS, UNITS, PEOPLE, stage="list", edition=2, cites="aa" * 32
    )
    site.shelf.publish(corrected, document_no="221/TB-VP", dated="2026-11-20")
    tree = await page(http, "/late-lists/2026-10")
    text = tree.text()
    assert "Đính chính ngày 20/11/2026, văn bản số 221/TB-VP" in text
    assert "Văn phòng Đăng ký đất đai có 0 hồ sơ quá hạn, không phải 5." in text
    assert text.index("Đính chính ngày") < text.index("Sở Xây dựng có 1 hồ sơ")
    kept = (await http.get("/late-lists/2026-10?edition=1")).text
    assert "Bản này đã được đính chính" in kept
    assert read_html(before).first("table").text() == read_html(kept).first("table").text()  # type: ignore[union-attr]


async def test_what_is_not_published_is_nowhere(site: PublicSite, http: httpx.AsyncClient) -> None:
    draft = small_list(id="2026-11", month="2026-11")
    site.shelf.files.put(PDF)
    for path in ("/late-lists/2026-11", "/late-lists/2026-11/1/danh-sach-tre-han-2026-11.json",
                 "/api/v1/late-lists/2026-11"):  # fmt: skip
        assert (await http.get(path)).status_code == 404, path
    for path in ("/late-lists", "/api/v1/late-lists", "/late-lists/feed.atom"):
        assert "11/2026" not in (await http.get(path)).text.replace("13/11/2026", "")
    assert draft.core.id == "2026-11"


async def test_no_address_has_two_pages(http: httpx.AsyncClient) -> None:
    """Neither a cookie nor a session changes what a cache may keep."""
    path = "/late-lists/2026-10"
    plain = await http.get(path)
    http.cookies.set("dunghen-lang", "en")
    http.cookies.set("dunghen-theme", "dark")
    same = await http.get(path, headers={"Accept-Language": "en", "Host": "elsewhere.example"})
    assert same.content == plain.content
    assert "set-cookie" not in same.headers
    assert same.headers["cache-control"].startswith("public")
    english = await http.get(f"{path}?lang=en")
    assert "12 of 220 dossiers" in english.text
    assert 'href="/late-lists?lang=en"' in english.text


async def test_an_unchanged_page_is_not_sent_again(http: httpx.AsyncClient) -> None:
    file = "/late-lists/2026-10/1/danh-sach-tre-han-2026-10.pdf"
    for path in (
        "/late-lists", "/late-lists/2026-10", "/api/v1/late-lists", file, "/late-lists/feed.atom",
    ):  # fmt: skip
        first = await http.get(path)
        again = await http.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path


async def test_a_file_is_what_was_published(site: PublicSite, http: httpx.AsyncClient) -> None:
    edition = site.shelf.catalogue.lists[0].newest
    for file in edition.files:
        answer = await http.get(f"/late-lists/2026-10/1/{file.name}")
        assert sha256_of(answer.content) == file.sha256
        assert answer.headers["etag"] == f'"{file.sha256}"'
        assert answer.headers["cache-control"] == "public, max-age=86400"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_download_goes_on_where_it_broke_off(http: httpx.AsyncClient) -> None:
    path = "/late-lists/2026-10/1/danh-sach-tre-han-2026-10.pdf"
    whole = (await http.get(path)).content
    part = await http.get(path, headers={"Range": "bytes=5-"})
    assert (part.status_code, part.content) == (206, whole[5:])
    assert part.headers["content-range"] == f"bytes 5-{len(whole) - 1}/{len(whole)}"
    last = await http.get(path, headers={"Range": "bytes=-4"})
    assert last.content == whole[-4:]
    beyond = await http.get(path, headers={"Range": "bytes=999999-"})
    assert beyond.status_code == 416
    backwards = await http.get(path, headers={"Range": "bytes=5-2"})
    assert (backwards.status_code, backwards.content) == (200, whole)
    other = await http.get(path, headers={"Range": "bytes=0-1", "If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, whole)


async def test_names_that_had_their_time_are_gone_everywhere(
    site: PublicSite, http: httpx.AsyncClient
) -> None:
    assert "Nguyễn Minh Tuấn" in (await http.get("/late-lists/2026-10")).text
    made = october(stage="reduced", names="none")
    bare = made.rows
    rows = msgspec.structs.replace(bare, officers=())
    core = msgspec.structs.replace(made.core, officers=(), sheet="")
    site.shelf.reduce(site.shelf.editions[1], made._replace(core=core, rows=rows))
    for path in (
        "/late-lists/2026-10", "/late-lists/2026-10?show=officers", "/late-lists/2026-10?q=tuan",
        "/api/v1/late-lists/2026-10?show=officers",
    ):  # fmt: skip
        text = (await http.get(path)).text
        assert "Nguyễn Minh Tuấn" not in text, path
    assert "Tên cán bộ không còn được công bố" in (await http.get("/late-lists/2026-10")).text
    printed = site.shelf.editions[1].record.core
    verify = html.unescape((await http.get("/late-lists/verify?list=2026-10")).text)
    assert f'"was":"{printed}"' in verify, "a document of before is known by its code"
    gone = await http.get("/late-lists/2026-10/1/danh-sach-tre-han-2026-10.pdf")
    assert gone.status_code == 410
    assert "không còn được công bố" in gone.text


async def test_the_feed_is_atom_and_tells_what_happened(
    site: PublicSite, http: httpx.AsyncClient
) -> None:
    site.shelf.publish(october(edition=2, cites="aa" * 32), document_no="221/TB-VP")
    atom = {"a": "http://www.w3.org/2005/Atom"}
    tree = ElementTree.fromstring((await http.get("/late-lists/feed.atom")).content)  # noqa: S314
    assert tree.findtext("a:id", namespaces=atom)
    assert tree.findtext("a:author/a:name", namespaces=atom) == "Thành phố Minh Hòa"
    titles = [each.findtext("a:title", namespaces=atom) for each in tree.findall("a:entry", atom)]
    assert titles == [
        "Đính chính danh sách hồ sơ trễ hạn tháng 10/2026 (lần 2)",
        "Công bố danh sách hồ sơ trễ hạn tháng 10/2026",
        "Công bố danh sách hồ sơ trễ hạn tháng 09/2026",
    ]
    ids = [each.findtext("a:id", namespaces=atom) for each in tree.findall("a:entry", atom)]
    assert len(set(ids)) == 3
    for each in tree.iter("{http://www.w3.org/2005/Atom}updated"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", each.text or "")


async def test_the_feed_tells_of_the_correction_of_an_old_list(
    site: PublicSite, http: httpx.AsyncClient
) -> None:
    newer = [replace(site.shelf.editions[0], list=f"{2030 + n}-01") for n in range(60)]
    site.shelf.editions += newer
    site.shelf.publish(october(edition=2, cites="aa" * 32), document_no="221/TB-VP")
    text = (await http.get("/late-lists/feed.atom")).text
    assert "Đính chính danh sách hồ sơ trễ hạn tháng 10/2026 (lần 2)" in text


async def test_a_page_that_a_section_does_not_have_says_nothing_of_it(
    http: httpx.AsyncClient,
) -> None:
    for section in ("units", "officers", "dossiers", "excluded"):
        path = f"/late-lists/2026-10?show={section}"
        assert (await http.get(path)).status_code == 200, section
        assert (await http.get(f"{path}&page=2")).status_code == 404, section


async def test_rows_that_cannot_be_read_are_not_told_as_none(
    site: PublicSite, http: httpx.AsyncClient
) -> None:
    edition = site.shelf.editions[1]
    rows = [late("H99-1001", charge(BUILDING, "cb-tuan", 9_000_000))]
    corrected = made_list(
        rows, (), SMALL_TOTALS, PARENTS, UNITS, PEOPLE, stage="list", edition=2, cites="aa" * 32
    )
    site.shelf.publish(corrected, document_no="221/TB-VP")
    del site.shelf.files.blobs[edition.submitted.rows]
    assert (await http.get("/late-lists/2026-10?edition=1")).status_code == 503
    correction = await http.get("/late-lists/2026-10")
    assert correction.status_code == 200
    assert "văn bản số 221/TB-VP" in correction.text, "that it corrects is said all the same"


async def test_a_list_is_checked_on_its_page_however_many_there_are(
    site: PublicSite, http: httpx.AsyncClient
) -> None:
    newer = [replace(site.shelf.editions[0], list=f"{2030 + n}-01") for n in range(130)]
    site.shelf.editions += newer
    text = html.unescape((await http.get("/late-lists/verify?list=2026-10")).text)
    assert text.index('"list":"2026-10","edition":1') < text.index('"list":"2159-01"')
    assert '"all":false' in text


async def test_search_engines_are_told(http: httpx.AsyncClient) -> None:
    page_ = await http.get("/late-lists/2026-10")
    assert page_.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page_.text
    data = await http.get("/api/v1/late-lists/2026-10?show=officers")
    assert data.headers["x-robots-tag"] == "noindex"
    assert "x-robots-tag" not in (await http.get("/late-lists")).headers
    assert "Allow: /late-lists" in (await http.get("/robots.txt")).text


async def test_the_data_counts_as_the_page_does(http: httpx.AsyncClient) -> None:
    data = (await http.get("/api/v1/late-lists/2026-10", params={"show": "dossiers"})).json()
    assert data["whole"]["late"] == data["dossiers_count"] == len(data["rows"]) == 12
    manifest = (await http.get(data["editions"][0]["manifest"])).json()
    assert [row["hash"] for row in data["rows"]] == manifest["dossiers"]
    of_land = await http.get(
        "/api/v1/late-lists/2026-10", params={"show": "officers", "unit": LAND}
    )
    assert [row["name"] for row in of_land.json()["rows"]] == ["Trần Văn Kiên", "Lê Thị Bích Ngọc"]


async def test_another_site_may_lead_here(http: httpx.AsyncClient) -> None:
    """The agency's portal links to pages and files."""
    visit = {
        "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
    }  # fmt: skip
    for path in ("/late-lists/2026-10", "/late-lists/2026-10/1/danh-sach-tre-han-2026-10.pdf"):
        assert (await http.get(path, headers=visit)).status_code == 200


async def test_a_wrong_address_is_told_in_the_public_frame(http: httpx.AsyncClient) -> None:
    for path, status in (("/late-lists/2026-10?page=x", 422), ("/late-lists/2001-01", 404)):
        answer = await http.get(path)
        assert answer.status_code == status
        assert "Công khai tiến độ" in answer.text
        assert answer.headers["cache-control"] == "no-store"
