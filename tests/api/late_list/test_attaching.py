"""Files that people attach: what is taken, what is left of it, and what is not."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Literal

import pikepdf
import pytest
from PIL import Image, PngImagePlugin

from api.desk.blobs import BlobStore
from api.desk.texts import TextStore
from api.late_list.attaching import check_seal, taken
from api.late_list.pdf_child import verdict_of
from api.publications.errors import LateListError
from api.publications.ports import LateLists
from dossiers.wire.one_tap import LinkKey
from dossiers.wire.publications import MOST_FILE_BYTES

pytestmark = pytest.mark.asyncio
Name, Dictionary, Array = pikepdf.Name, pikepdf.Dictionary, pikepdf.Array


class NoTopic:
    def write(self, key: bytes, value: bytes | None) -> None:
        raise AssertionError(key)


@pytest.fixture
def lists(tmp_path: Path) -> LateLists:
    blobs, key = BlobStore(tmp_path / "blobs"), LinkKey(bytes(range(32)))
    return LateLists(NoTopic(), blobs, TextStore(blobs, key), key)


def pdf(change: Any = None, **how: Any) -> bytes:
    made = pikepdf.new()
    made.add_blank_page(page_size=(200, 200))
    if change is not None:
        change(made)
    out = io.BytesIO()
    made.save(out, **how)
    return out.getvalue()


def script(_: Any = None) -> Any:
    return Dictionary(S=Name("/JavaScript"), JS="app.alert(1)")


def opens(made: Any) -> None:
    made.Root.OpenAction = script()


def launches(made: Any) -> None:
    action = made.make_indirect(Dictionary(S=Name.Launch, F="calc.exe"))
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)
    made.pages[0].Annots = Array([made.make_indirect(note)])


def carries(made: Any) -> None:
    made.attachments["notes.txt"] = b"hello"


def hidden(made: Any) -> None:
    """Nested deep in something that nobody shows."""
    deep: Any = Dictionary(A=Array([Array([Dictionary(Next=script())])]))
    made.Root.PieceInfo = made.make_indirect(Dictionary(X=deep))


def named_apart(made: Any) -> None:
    """The name of the action stands in an object of its own."""
    made.Root.Extra = Dictionary(S=made.make_indirect(Name("/JavaScript")))


def asks_when_opened(made: Any) -> None:
    """Without a script: an address is called."""
    made.Root.OpenAction = Dictionary(S=Name.URI, URI="https://a.b/?who")


def asks_when_shown(made: Any) -> None:
    made.pages[0].AA = Dictionary(O=made.make_indirect(Dictionary(S=Name.URI, URI="https://a.b")))


def opens_another(made: Any) -> None:
    """From a share, which is told who looks."""
    made.Root.Extra = Dictionary(S=Name.GoToR, F="\\\\a.b\\c")


@pytest.mark.parametrize(
    "change",
    [opens, launches, carries, hidden, named_apart, asks_when_opened, asks_when_shown,
     opens_another],
)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True])
async def test_a_pdf_that_does_something_is_found(change: Any, packed: bool) -> None:
    modes = pikepdf.ObjectStreamMode
    mode = modes.generate if packed else modes.disable
    assert verdict_of(pdf(change, object_stream_mode=mode)) == "active"


async def test_a_pdf_that_does_something_is_refused(lists: LateLists, tmp_path: Path) -> None:
    with pytest.raises(LateListError) as error:
        await taken(lists, "o1", pdf(opens))
    assert (error.value.status, error.value.key) == (422, "file_active")
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240


async def test_a_name_written_in_escapes_is_the_same_name() -> None:
    plain = pdf(opens, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert plain.count(b"/JavaScript") == 1
    # Of the same length, so that the table of the file still fits.
    escaped = plain.replace(b"/JavaScript", b"/J#61vaScript").replace(
        b"(app.alert\\(1\\))", b"(app.aler\\(\\))"
    )
    assert len(escaped) == len(plain)
    assert verdict_of(escaped) == "active"


async def test_a_pdf_may_open_at_a_place_of_its_own() -> None:
    def begins(made: Any) -> None:
        place = Array([made.pages[0].obj, Name.Fit])
        made.Root.OpenAction = Dictionary(S=Name.GoTo, D=place)

    assert verdict_of(pdf(begins)) == "fine"


@pytest.mark.parametrize(
    "content",
    [
        pdf().replace(b"startxref", b"startxxxx"),
        pdf()[:-40] + b"%%EOF",
        b"%PDF-1.7\n" + b"(" * 100_000 + b"%%EOF",
    ],
)
async def test_a_pdf_that_a_reader_would_mend_is_damaged(content: bytes) -> None:
    assert verdict_of(content) == "damaged"


async def test_a_pdf_that_asks_for_a_password_is_encrypted() -> None:
    assert verdict_of(pdf(encryption=pikepdf.Encryption(owner="o", user="u"))) == "encrypted"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (pdf(encryption=pikepdf.Encryption(owner="o", user="")), "file_encrypted"),
        (pdf()[:-40], "file_damaged"),
        (pdf() + b"<script>", "file_damaged"),
        (b"MZ" + pdf(), "file_kind"),
        (b"<svg/>", "file_kind"),
        (b"", "file_large"),
        (b"%PDF-" + bytes(MOST_FILE_BYTES), "file_large"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 40, "file_damaged"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\0", "file_damaged"),
    ],
)
async def test_what_is_no_plain_file_is_refused(lists: LateLists, content: bytes, key: str) -> None:
    with pytest.raises(LateListError) as error:
        await taken(lists, "o1", content)
    assert error.value.key == key


async def test_a_plain_pdf_is_kept_as_it_came(lists: LateLists) -> None:
    content = pdf()
    upload = await taken(lists, "o1", content)
    assert (upload.file.media, upload.file.size) == ("application/pdf", len(content))
    assert lists.blobs.read(upload.file.sha256) == content


def picture(kind: Literal["PNG", "JPEG"]) -> bytes:
    """Turned, with a place, a comment and something behind its end."""
    image = Image.radial_gradient("L").convert("RGB").resize((60, 40))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "SECRET street"
    exif.get_ifd(0x8825)[1] = "SECRET"
    out = io.BytesIO()
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("where", "SECRET")
        image.save(out, "PNG", pnginfo=info, exif=exif)
    else:
        image.save(out, "JPEG", exif=exif, comment=b"SECRET", progressive=True)
    return out.getvalue() + b"SECRET"


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
async def test_an_image_keeps_nothing_but_its_picture(
    lists: LateLists, kind: Literal["PNG", "JPEG"]
) -> None:
    content = picture(kind)
    assert b"SECRET" in content
    upload = await taken(lists, "o1", content)
    kept = lists.blobs.read(upload.file.sha256)
    assert kept is not None
    assert b"SECRET" not in kept
    before, after = Image.open(io.BytesIO(content)), Image.open(io.BytesIO(kept))
    assert before.tobytes() == after.tobytes()
    if kind == "JPEG":
        assert dict(after.getexif()) == {0x0112: 6}, "it is still to be turned"


async def test_a_thumbnail_within_the_head_goes_too(lists: LateLists) -> None:
    content = picture("JPEG")
    body = b"JFIF\0\x01\x01\0\0\x01\0\x01" + b"\x02\x01" + b"SECRET"
    head = b"\xff\xe0" + (len(body) + 2).to_bytes(2, "big") + body
    kept = lists.blobs.read(
        (await taken(lists, "o1", content[:2] + head + content[2:])).file.sha256
    )
    assert kept is not None
    assert b"SECRET" not in kept
    assert Image.open(io.BytesIO(kept)).tobytes() == Image.open(io.BytesIO(content)).tobytes()


async def test_a_huge_picture_is_refused_unseen(lists: LateLists) -> None:
    out = io.BytesIO()
    Image.new("1", (20_001, 1)).save(out, "PNG")
    with pytest.raises(LateListError, match="million pixels"):
        await taken(lists, "o1", out.getvalue())


async def test_only_who_sent_a_file_attaches_it(lists: LateLists) -> None:
    upload = await taken(lists, "o1", picture("PNG"))
    check_seal(lists.key, "o1", upload.file, upload.seal)
    for person, seal in (("o2", upload.seal), ("o1", ""), ("o1", "é")):
        with pytest.raises(LateListError, match="send the file itself"):
            check_seal(lists.key, person, upload.file, seal)
