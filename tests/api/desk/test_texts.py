"""Texts lie in files of their own: whole, for one user alone, and erasable."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from api.desk.blobs import BlobError, BlobStore
from api.desk.texts import MOST_TEXT, TextFault, TextStore, checked
from dossiers.wire.one_tap import LinkKey

KEY = LinkKey(bytes(range(32)))


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def test_a_text_comes_back_by_the_hash_of_its_file(blobs: BlobStore) -> None:
    texts = TextStore(blobs, KEY)
    digest = texts.put("Đã xin lỗi công dân.", "event-1")
    assert texts.read(digest) == "Đã xin lỗi công dân."
    [file] = [each for each in blobs.folder.rglob("*") if each.is_file()]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest == file.name
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(blobs.folder.stat().st_mode) == 0o700


def test_a_second_tap_writes_the_same_file_and_another_event_another(blobs: BlobStore) -> None:
    """The hash of a short text alone would tell it to whoever reads the topic."""
    texts = TextStore(blobs, KEY)
    first = texts.put("Đã rõ", "event-1")
    assert texts.put("Đã rõ", "event-1") == first
    assert texts.put("Đã rõ", "event-2") != first
    assert TextStore(blobs, LinkKey(bytes(32))).put("Đã rõ", "event-1") != first


def test_an_erased_text_is_gone_and_stays_so(blobs: BlobStore) -> None:
    texts = TextStore(blobs, KEY)
    digest, other = texts.put("Một", "event-1"), texts.put("Hai", "event-2")
    assert blobs.erase(digest, b"{}")
    assert (texts.read(digest), texts.state(digest)) == (None, "erased")
    assert texts.read(other) == "Hai"
    assert not blobs.erase(digest, b"{}")
    texts.put("Một", "event-1")
    assert texts.state(digest) == "erased"
    assert not any(
        b"M\xe1\xbb\x99t" in f.read_bytes() for f in blobs.folder.rglob("*") if f.is_file()
    )


def test_a_file_that_was_changed_is_no_text(blobs: BlobStore) -> None:
    texts = TextStore(blobs, KEY)
    digest = texts.put("Một", "event-1")
    (blobs.folder / digest[:2] / digest).write_bytes(b"dunghen text 1 0\nHai")
    assert (texts.read(digest), texts.state(digest)) == (None, "damaged")


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 65])
def test_only_hashes_name_files(blobs: BlobStore, name: str) -> None:
    assert blobs.read(name) is None
    assert not blobs.erase(name, b"")


def test_a_disk_that_fails_is_told(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file")
    with pytest.raises(BlobError, match="cannot be written"):
        BlobStore(tmp_path / "blobs").put(b"x")


def test_what_is_refused_is_not_repeated() -> None:
    with pytest.raises(TextFault) as caught:
        checked("Gọi\nchị Hoa 0912 345 678")
    assert "line 2, characters 9 to 20" in str(caught.value)
    assert "0912" not in str(caught.value)
    with pytest.raises(TextFault, match="more than"):
        checked("a" * (MOST_TEXT + 1))
    with pytest.raises(TextFault, match="not printed"):
        checked("a\x07b")


def test_a_text_is_kept_in_one_form() -> None:
    assert (
        checked(" Tie\u0302\u0301p nha\u0323\u0302n\r\nchie\u0302\u0300u \n") == "Tiếp nhận\nchiều"
    )
