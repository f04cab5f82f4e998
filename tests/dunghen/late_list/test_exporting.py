"""The public site as a folder: it holds together by itself, and is what the API serves."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from api.app import create_app
from api.public.rendering import Site
from api.public.service import PublicLists
from dossiers.errors import UserError
from dunghen.late_list.exporting import export_site
from dunghen.late_list.static_links import folder_of
from tests.api.posting import NoStore
from tests.api.public.made import MadeShelf
from tests.api.settings import config
from tests.dossiers.publication.made_lists import large_list, small_list

SITE = Site("Thành phố Minh Hòa", simulation=True)
LINK = re.compile(r'(?:href|src)="([^"]+)"')


def published() -> MadeShelf:
    shelf = MadeShelf()
    shelf.publish(large_list(450, stage="list", id="2026-09", month="2026-09"))
    shelf.publish(small_list(stage="list"))
    shelf.publish(small_list(stage="list", edition=2, cites="aa" * 32), document_no="221/TB-VP")
    return shelf


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shelf, target = published(), tmp_path_factory.mktemp("out") / "site"
    export_site(shelf.catalogue, shelf.files, target, SITE, "https://minhhoa.example/tre-han")
    return target


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }


def test_every_link_leads_to_a_file_of_the_folder(folder: Path) -> None:
    files = files_in(folder)
    followed = set()
    for name, body in files.items():
        if not name.endswith(".html") or "embed/" in name:
            continue
        text = body.decode()
        for link in LINK.findall(text):
            path, _, anchor = link.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path)))
            target = target if path else name
            assert target in files, (name, link)
            if anchor:
                assert f'id="{unquote(anchor)}"' in files[target].decode(), (name, link)
            followed.add(target)
    assert {each for each in files if each.endswith((".pdf", ".xlsx", ".csv"))} <= followed
    assert "2026-10/edition-1/index.html" in followed


def test_nothing_of_it_is_from_elsewhere(folder: Path) -> None:
    for name, body in files_in(folder).items():
        if name.endswith((".html", ".css", ".js")) and "embed/" not in name:
            text = body.decode()
            assert not re.search(r'(?:href|src|url\()="?/|https?://(?!www\.w3\.org)', text), name


@pytest.mark.asyncio
async def test_files_and_data_are_the_bytes_of_the_api(folder: Path) -> None:
    shelf = published()
    app = create_app(config(), NoStore())
    app.state.public_lists = PublicLists(lambda: shelf.catalogue, shelf.files)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        compared = 0
        for name, body in files_in(folder).items():
            path = name.removesuffix(".json") if name.startswith("api/") else f"late-lists/{name}"
            if not name.startswith("api/") and not re.match(r"2026-\d\d/\d+/", name):
                continue
            assert (await http.get(f"/{path}")).content == body, name
            compared += 1
        assert compared == 3 + 3 * 5


def test_the_same_lists_make_the_same_folder_and_replace_it_whole(
    folder: Path, tmp_path: Path
) -> None:
    shelf, target = published(), tmp_path / "site"
    for _ in range(2):
        export_site(shelf.catalogue, shelf.files, target, SITE, "https://minhhoa.example/tre-han")
        assert files_in(target) == files_in(folder)
        (target / "2026-10" / "left-behind.html").write_text("from before")
    export_site(shelf.catalogue, shelf.files, target, SITE)
    assert not (target / "2026-10" / "left-behind.html").exists()
    assert [each.name for each in tmp_path.iterdir()] == ["site"]


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    shelf = published()
    with pytest.raises(UserError, match="holds something else"):
        export_site(shelf.catalogue, shelf.files, tmp_path, SITE)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_what_fails_on_the_way_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    shelf, target = published(), tmp_path / "site"
    export_site(shelf.catalogue, shelf.files, target, SITE)
    before = files_in(target)

    class Broken(type(shelf.files)):  # type: ignore[misc]
        async def content(self, digest: str) -> bytes | None:
            raise OSError(5, "the disk")

    with pytest.raises(UserError, match="the disk"):
        export_site(shelf.catalogue, Broken(shelf.files.blobs), target, SITE)
    assert files_in(target) == before
    assert [each.name for each in tmp_path.iterdir()] == ["site"]


def test_a_site_that_would_lack_something_is_not_written(tmp_path: Path) -> None:
    shelf, target = published(), tmp_path / "site"
    del shelf.files.blobs[shelf.editions[0].record.files[1].sha256]
    with pytest.raises(UserError, match=r"danh-sach-tre-han-2026-09\.xlsx cannot be read"):
        export_site(shelf.catalogue, shelf.files, target, SITE)
    shelf = published()
    del shelf.files.blobs[shelf.editions[1].submitted.rows]
    with pytest.raises(UserError, match="list of 2026-10"):
        export_site(shelf.catalogue, shelf.files, target, SITE)
    assert list(tmp_path.iterdir()) == []


def test_the_fragment_touches_nothing_outside_it(folder: Path) -> None:
    text = (folder / "embed" / "2026-10.html").read_text("utf-8")
    assert "<script" not in text
    assert " id=" not in text
    assert 'href="https://minhhoa.example/tre-han/2026-10/"' in text
    [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    selectors = [each for rule in style.split("}")[:-1] for each in rule.split("{")[0].split(",")]
    assert all(each.strip().startswith(".dunghen-late-list") for each in selectors)
    classes = {name for each in re.findall(r'class="([^"]+)"', text) for name in each.split()}
    assert all(each.startswith("dunghen-late-list") for each in classes)


@pytest.mark.parametrize("unit", ["../../etc", "a/b", "..", "a b", "Ở", "." * 150])
def test_no_id_of_a_list_names_a_place_elsewhere(unit: str) -> None:
    found = folder_of(f"2026-10~{unit}")
    assert re.fullmatch(r"2026-10[a-z0-9-]*-[0-9a-f]{8}", found)
    assert folder_of("2026-10~H29.168") == "2026-10~H29.168"
