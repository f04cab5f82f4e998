"""The public site in a browser: it can be read, and checks files and rows without a network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page

from api.app import create_app
from api.public.rendering import Site
from api.public.service import PublicLists
from dossiers.publication.sealing import hash_of
from dossiers.text.canonical import canonical_json, sha256_of
from dunghen.late_list.exporting import export_site
from tests.api.posting import NoStore
from tests.api.public.made import MadeShelf, as_json
from tests.api.settings import config
from tests.dashboards.pages import IN_TURN, Reader, View, faults
from tests.dashboards.serving import bound, serving
from tests.dossiers.publication.made_lists import large_list, small_list

PHONE = (View(390, "vi", "light"),)
MADE = small_list(stage="list", simulation=True)
LARGE = large_list(3_000, stage="list", id="2026-09", month="2026-09")
DONE = "() => document.getElementById('outcome').className !== 'outcome waiting'"


@dataclass(frozen=True)
class Shown:
    """The site at an address of a server, and in a folder. ``shelf``: what is published."""

    url: str
    folder: Path
    shelf: MadeShelf

    def file(self, ending: str, list_: str = "2026-10") -> FilePayload:
        listed = self.shelf.catalogue.of(list_)
        assert listed is not None
        [found] = [each for each in listed.newest.files if each.name.endswith(ending)]
        body = self.shelf.files.blobs[found.sha256]
        return {"name": found.name, "mimeType": found.media, "buffer": body}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    shelf = MadeShelf()
    shelf.publish(LARGE, document_no="180/TB-VP", dated="2026-10-12")
    shelf.publish(MADE)
    shelf.publish(small_list(stage="list", edition=2, cites="aa" * 32, simulation=True))
    app = create_app(config(title="Thành phố Minh Hòa"), NoStore())
    app.state.public_lists = PublicLists(lambda: shelf.catalogue, shelf.files)
    folder = tmp_path_factory.mktemp("out") / "site"
    export_site(shelf.catalogue, shelf.files, folder, Site("Thành phố Minh Hòa", simulation=True))
    with serving(app, bound()) as url:
        yield Shown(url, folder, shelf)


@pytest.fixture(scope="module")
def reader(browser: Browser, shown: Shown) -> Iterator[Reader]:
    with Reader.of(browser, shown.url) as found:
        yield found


@pytest.mark.parametrize(
    ("path", "views"),
    [
        ("/late-lists/2026-10", IN_TURN), ("/late-lists", PHONE), ("/late-lists/verify", PHONE),
        ("/late-lists/2026-10?show=officers", PHONE), ("/late-lists/2026-10?edition=1", PHONE),
        ("/late-lists/2026-09?show=dossiers&page=2", IN_TURN[:2]),
        ("/late-lists/2026-10?dossier=H99-1001", PHONE), ("/late-lists/2001-01", PHONE),
    ],
)  # fmt: skip
def test_a_public_page_can_be_read(reader: Reader, path: str, views: tuple[View, ...]) -> None:
    for number, view in enumerate(views):
        said = f"{'&' if '?' in path else '?'}lang={view.lang}"
        found = faults(reader.look(path + said, view, {}), axe=number < 2)
        assert found == {}, view.name
    assert reader.complaints() == []


@pytest.fixture(params=["served", "a folder"])
def checker(browser: Browser, shown: Shown, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page that checks, without a network from when it is open."""
    page = browser.new_page()
    if request.param == "served":
        page.goto(f"{shown.url}/late-lists/verify?list=2026-10&lang=en")
    else:
        page.goto((shown.folder / "en/2026-10/verify.html").as_uri())
    page.wait_for_function("document.documentElement.dataset.ready === 'true'")
    page.context.set_offline(True)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    yield page
    page.context.close()
    met = ("kiem-chung-2026-09.json", "icon.svg")  # of another list; of a new address
    assert [url for url in asked if not url.endswith(met)] == []


def told(page: Page) -> str:
    page.locator("#outcome").wait_for()
    return page.locator("#outcome").inner_text()


def check(page: Page, file: FilePayload) -> str:
    page.evaluate("document.getElementById('outcome').hidden = true")
    page.set_input_files("#check-file", [file])
    return told(page)


def changed(file: FilePayload, **more: Any) -> FilePayload:
    return {**file, **more}  # type: ignore[typeddict-item]


def test_a_published_file_is_known_and_one_byte_is_noticed(checker: Page, shown: Shown) -> None:
    for ending in (".pdf", ".xlsx", ".csv", ".json"):
        file = shown.file(ending)
        assert f"This is the published file {file['name']}" in check(checker, file)
        assert "edition 2" in told(checker)
        body = file["buffer"]
        other = changed(file, buffer=body[:-1] + bytes([body[-1] ^ 1]))
        assert "It is not as it was published" in check(checker, other)


def test_a_signature_behind_the_document_is_told_from_anything_else(
    checker: Page, shown: Shown
) -> None:
    file = shown.file(".pdf")
    signed = changed(file, name="signed.pdf", buffer=file["buffer"] + b"\n1 0 obj /ByteRange")
    assert "this page cannot check" in check(checker, signed)
    assert checker.locator("#outcome.good").count() == 0
    apart = changed(file, name="signed.pdf", buffer=file["buffer"] + b" 1 0 obj /ByteRange")
    assert "no proper signature" in check(checker, apart)
    other = changed(file, name="another.pdf", buffer=b"%PDF-1.7\nof another month\n%%EOF")
    assert "No published file" in check(checker, other)


def test_the_code_on_a_document_names_its_list(checker: Page, shown: Shown) -> None:
    core = sha256_of(canonical_json(json.loads(shown.file(".json")["buffer"])["list"]))
    for code, words in ((core, "that of a published list"), ("0" * 64, "No published list")):
        checker.evaluate("document.getElementById('outcome').hidden = true")
        checker.evaluate("code => { location.hash = code }", code)
        assert words in told(checker)
        assert ("edition 2" in told(checker)) == (code == core)


def test_a_list_saved_anew_is_checked_row_by_row(checker: Page, shown: Shown) -> None:
    file = shown.file(".json")
    content = json.loads(file["buffer"])
    anew = changed(file, buffer=json.dumps(content, indent=1).encode())
    assert "saved anew" in check(checker, anew)
    assert "12 rows of dossiers" in told(checker)
    content["rows"]["dossiers"][3]["row"]["late"] += 1
    found = check(checker, changed(file, buffer=json.dumps(content).encode()))
    assert "dossiers, row 4" in found
    content["rows"]["dossiers"].pop(3)
    found = check(checker, changed(file, buffer=json.dumps(content).encode()))
    assert "11 rows, 12 were published" in found
    content = json.loads(file["buffer"])
    content["names"]["officers"][0]["name"] = "Somebody else"
    found = check(checker, changed(file, buffer=json.dumps(content).encode()))
    assert "sheet of names differs" in found


def test_one_row_is_proved_by_its_salt(checker: Page) -> None:
    sealed = MADE.rows.dossiers[4]
    checker.fill("#check-row", canonical_json(sealed).decode())
    checker.click("#checker button")
    assert "dossiers, row 5" in told(checker)
    text = canonical_json(sealed).decode().replace("H99-", "H98-")
    checker.fill("#check-row", text)
    checker.click("#checker button")
    assert "has no such row" in told(checker)


def test_a_row_of_another_month_is_recognised(browser: Browser, shown: Shown) -> None:
    page = browser.new_page()
    page.goto(f"{shown.url}/late-lists/verify?list=2026-10&lang=en")
    page.fill("#check-row", canonical_json(LARGE.rows.dossiers[7]).decode())
    page.click("#checker button")
    assert "dossiers, row 8" in told(page)
    assert "List of 09/2026" in told(page)
    other = canonical_json(LARGE.rows.dossiers[8]).decode().replace('"row":{', '"row":{"a":1,')
    page.fill("#check-row", other)
    page.click("#checker button")
    assert "No published list has such a row" in told(page)
    page.context.close()


def test_a_dossier_is_found_in_the_file_that_was_checked(checker: Page, shown: Shown) -> None:
    checker.fill("#check-row", "no such")
    checker.click("#checker button")
    assert "Choose the JSON file" in told(checker)
    assert "This is the published file" in check(checker, shown.file(".json", "2026-09"))
    checker.fill("#check-row", LARGE.rows.dossiers[-1].row.dossier)
    checker.click("#checker button")
    assert f"dossiers, row {len(LARGE.rows.dossiers)}" in told(checker)
    assert "List of 09/2026" in told(checker)
    assert json.loads(checker.input_value("#check-row")) == json.loads(
        canonical_json(LARGE.rows.dossiers[-1])
    )


def test_no_trick_in_json_is_as_published(checker: Page, shown: Shown) -> None:
    file = shown.file(".json")
    text = file["buffer"].decode()
    content = json.loads(text)
    rows = content["rows"]
    tricks = [
        text.replace('{"list":', '{"list":{"whole":0},"list":', 1),  # the last one counts here
        text.replace('"edition":2', '"edition":2.0', 1).replace('"edition":1', '"edition":1.0', 1),
        json.dumps({**content, "note": "withdrawn"}),
        json.dumps({**content, "rows": {**rows, "dossiers": {"length": 12}}}),
        json.dumps({**content, "rows": {**rows, "more": []}}),
        json.dumps({**content, "names": {"officers": 1.5}}),
        json.dumps({**content, "rows": json.loads(as_json(LARGE))["rows"]}),
        '{"list":' + "[" * 100_000 + "]" * 100_000 + ',"rows":1}',
    ]
    for trick in tricks:
        assert "This is the published file" in check(checker, file)
        found = check(checker, changed(file, name="anew.json", buffer=trick.encode()))
        assert "what was published, but" not in found, trick[:80]
        assert checker.locator("#outcome.bad").count() == 1, trick[:80]
    named = """async (content) => {
      content.list.sheet = "";
      const core = await lateListProof.sha256(
        new TextEncoder().encode(lateListProof.canonical(content.list)));
      const known = [{ core, list: "", edition: 0, files: [] }];
      return (await lateListProof.proveText(JSON.stringify(content), known)).faults;
    }"""
    assert checker.evaluate(named, content) == [{"what": "names"}]


def test_a_large_list_is_checked_within_a_second(checker: Page, shown: Shown) -> None:
    found = check(checker, shown.file(".json", "2026-09"))
    assert "This is the published file" in found
    milliseconds = int(found.rpartition("Checked in ")[2].split()[0])
    assert milliseconds <= 1_000


def test_what_is_hashed_is_the_text_that_python_hashes(checker: Page) -> None:
    """Keys in order, letters of every kind, controls, the largest numbers, nothing but integers."""
    vectors: list[Any] = [
        {"b": 1, "a": [True, None, {"z": "", "y": -1}], "A": "đã trễ"},
        "\u0000\u0001\u001f\b\t\n\f\r\"\\/\u007f\u2028\u2029\ud7ff\U0001f600",
        [0, -0, 2**53 - 1, -(2**53) + 1], {}, [], "Ơn \u1ea1 a\u0323",
    ]  # fmt: skip
    ours = [canonical_json(each).decode() for each in vectors]
    assert checker.evaluate("(all) => all.map(lateListProof.canonical)", vectors) == ours
    hashes = checker.evaluate(
        "(all) => Promise.all(all.map((each) => lateListProof.rowHash(each)))",
        [json.loads(canonical_json(each)) for each in MADE.rows.dossiers],
    )
    assert hashes == [hash_of(each) for each in MADE.rows.dossiers]
    refused = "() => { try { lateListProof.canonical(1.5) } catch { return 'refused' } }"
    assert checker.evaluate(refused) == "refused"
    assert checker.evaluate("() => lateListProof.sha256(new Uint8Array([1]))") == sha256_of(b"\x01")
