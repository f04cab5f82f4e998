"""A file or a row is what was published, or it is said what differs."""

from __future__ import annotations

import io
import json
import random
import zipfile
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.publication.manifest import manifest_json
from dunghen.late_list.proving import prove
from tests.dunghen.late_list.published import Month, known

OCTOBER, SEPTEMBER = Month(), Month("2026-09")
BOTH = known(OCTOBER, SEPTEMBER)
ALONE = known(OCTOBER, SEPTEMBER, at_hand=False)
ENDINGS = (".pdf", ".json", ".csv", ".xlsx")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_published_file_proves_itself_by_the_manifest_alone(ending: str) -> None:
    found = prove(OCTOBER.file(ending), ALONE)
    assert found.genuine
    assert found.file.endswith(ending)
    assert (found.list, found.edition, found.approved, found.published) == ("2026-10", 1, 5, 6)
    assert "of the list of 10/2026" in found.what


@pytest.mark.parametrize("ending", ENDINGS)
def test_one_byte_of_any_file_is_noticed(ending: str) -> None:
    body, chance = OCTOBER.file(ending), random.Random(1)
    for at in [0, len(body) - 1, *(chance.randrange(len(body)) for _ in range(60))]:
        changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        assert not prove(changed, ALONE).genuine
        found = prove(changed, BOTH)
        assert not found.genuine
        if found.what.startswith("1 byte differs"):
            assert found.differences[0] == f"byte {at + 1}"
            assert f"{ending} of the list of 10/2026" in found.what
        else:  # JSON that says something else tells what
            assert ending == ".json"
            assert found.differences, found


def test_a_signed_pdf_begins_with_the_published_one() -> None:
    body = SEPTEMBER.file(".pdf")
    found = prove(body + b"\n8 0 obj << /Sig >>", ALONE)
    assert found.genuine
    assert (found.list, found.file) == ("2026-09", "danh-sach-tre-han-2026-09.pdf")
    tried = ALONE._replace(signatures=lambda published, whole: (f"{len(whole) - len(published)}",))
    found = prove(body + b"\nsigned", tried)
    assert found.what.startswith("This is the signed PDF of the list of 09/2026")
    assert found.notes[0] == "7"
    assert not prove(body + b" signed", ALONE).genuine, "something else than a signature"
    assert not prove(body[:-1] + b"\nsigned", ALONE).genuine


def test_a_signature_that_does_not_hold_is_told() -> None:
    def broken(published: bytes, whole: bytes) -> tuple[str, ...]:
        del published, whole
        raise ValueError("it signs other bytes")

    found = prove(OCTOBER.file(".pdf") + b"\nx", ALONE._replace(signatures=broken))
    assert (found.genuine, found.differences) == (False, ("it signs other bytes",))


def test_json_that_was_written_otherwise_is_the_same_list() -> None:
    content = OCTOBER.content()
    found = prove(json.dumps(content, indent=2, ensure_ascii=True).encode(), ALONE)
    assert found.genuine
    assert "every row as published" in found.what
    assert prove(json.dumps(content["list"]).encode(), ALONE).genuine


def change(content: Any, *path: Any) -> None:
    *way, last = path
    for each in way:
        content = content[each]
    content[last] = content[last] + 1 if isinstance(content[last], int) else "x"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (("rows", "dossiers", 16, "row", "late"), "dossier row 17 was changed"),
        (("rows", "dossiers", 16, "row", "charges", 0, "officer"), "dossier row 17 was changed"),
        (("rows", "officers", 0, "row", "counts", "late"), "officer row 1 was changed"),
        (("rows", "dossiers", 2, "salt"), "dossier row 3 was changed"),
        (("names", "officers", 0, "name"), "names or positions were changed"),
        (("list", "whole", "late"), "its head or its figures are not those that were approved"),
        (("list", "dossiers", 3), "its hashes of dossiers were changed"),
    ],
)
def test_what_was_changed_in_json_is_told(path: tuple[Any, ...], why: str) -> None:
    content = OCTOBER.content()
    change(content, *path)
    found = prove(msgspec.json.encode(content), ALONE)
    assert not found.genuine
    assert found.list == "2026-10"
    assert why in found.differences


def test_what_programs_may_read_differently_proves_nothing() -> None:
    text = json.dumps(OCTOBER.content())
    assert prove(text.encode(), ALONE).genuine
    assert not prove(b'{"list": {"whole": 0}, ' + text[1:].encode(), ALONE).genuine
    row = json.dumps(OCTOBER.content()["rows"]["dossiers"][0])
    assert not prove(row.replace('"row": {', '"row": {"late": 1, ').encode(), ALONE).genuine


def test_what_was_added_to_json_is_told() -> None:
    content = OCTOBER.content()
    told = prove(json.dumps({**content, "note": "withdrawn"}).encode(), ALONE).differences
    assert told == ("'note' was not published",)
    content["rows"]["dossiers"][2]["note"] = "withdrawn"
    told = prove(json.dumps(content).encode(), ALONE).differences
    assert told == ("dossier row 3 was changed",)
    content = OCTOBER.content()
    bare = prove(json.dumps({"list": content["list"]}).encode(), ALONE)
    assert bare.genuine
    assert "every row" not in bare.what, "there is none in it"
    assert not prove(json.dumps({"list": content["list"], "rows": {}}).encode(), ALONE).genuine


@pytest.mark.parametrize("odd", [
    b'{"list": "\xff"}', b'{"whole": ' + b"9" * 30 + b"}", b'{"salt": "00", "row": 1e400}',
    b'{"salt": "00", "row": ' + b"9" * 30 + b"}",
    b'{"whole": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    b'{"list": ' + b'{"a":' * 900 + b"1" + b"}" * 901,
    b'{"format": "dunghen-late-list-manifest-1", "x": ' + b"9" * 30 + b"}",
])  # fmt: skip
def test_odd_json_breaks_nothing(odd: bytes) -> None:
    assert not prove(odd, BOTH).genuine


def test_a_published_salt_beside_no_row_proves_nothing() -> None:
    salt = OCTOBER.content()["rows"]["dossiers"][16]["salt"]
    rows: tuple[object, ...] = ([], None, 1, "x")
    for row in rows:
        assert not prove(json.dumps({"salt": salt, "row": row}).encode(), BOTH).genuine


def test_rows_that_were_taken_out_or_moved_are_told() -> None:
    content = OCTOBER.content()
    del content["rows"]["dossiers"][19]
    found = prove(msgspec.json.encode(content), ALONE)
    assert found.differences == ("it has 19 dossiers, 20 were published",)
    content = OCTOBER.content()
    rows = content["rows"]["dossiers"]
    rows[4], rows[5] = rows[5], rows[4]
    found = prove(msgspec.json.encode(content), ALONE)
    assert found.differences == ("dossier row 5 was changed", "dossier row 6 was changed")


def test_one_row_with_its_salt_is_proven_by_itself() -> None:
    sealed = OCTOBER.content()["rows"]["dossiers"][16]
    found = prove(json.dumps(sealed, indent=1).encode(), ALONE)
    assert found.genuine
    assert found.what == "This is dossier row 17 of the list of 10/2026, as published."
    sealed["row"]["late"] += 1
    assert not prove(json.dumps(sealed).encode(), ALONE).genuine
    found = prove(json.dumps(sealed).encode(), BOTH)
    assert found.what == "Dossier row 17 of the list of 10/2026 was changed."
    assert found.differences == ("late: 17000 was published, here it is 17001",)


def test_a_workbook_and_a_csv_that_were_changed_tell_their_cells() -> None:
    lines = OCTOBER.file(".csv").decode("utf-8-sig").replace("H-17,17000", "H-17,9")
    found = prove(lines.encode(), BOTH)
    assert not found.genuine
    assert found.differences == ("line 18, column 2: '17000' was published, here it is '9'",)
    found = prove(rezipped(OCTOBER.file(".xlsx"), b"<v>17000</v>", b"<v>9</v>"), BOTH)
    assert not found.genuine
    assert len(found.differences) == 1
    assert "'17000' was published, here it is '9'" in found.differences[0]
    assert not prove(rezipped(OCTOBER.file(".xlsx"), b"<v>17000</v>", b"<v>9</v>"), ALONE).genuine


def rezipped(body: bytes, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as book, zipfile.ZipFile(out, "w") as other:
        for name in book.namelist():
            other.writestr(name, book.read(name).replace(old, new))
    return out.getvalue()


def test_a_corrected_list_says_so_and_its_manifest_is_proven_too() -> None:
    corrected = Month(edition=2)
    found = prove(OCTOBER.file(".pdf"), known(OCTOBER, corrected, at_hand=False))
    assert (found.edition, found.notes) == (1, ("Edition 2 has corrected it since.",))
    assert prove(manifest_json(OCTOBER.manifest), ALONE).genuine
    assert not prove(manifest_json(corrected.manifest), ALONE).genuine


@given(st.binary(max_size=300) | st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["x", "0" * 32]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["list", "rows", "names", "salt", "row", "format", "whole", "dossiers"]),
        inner, max_size=5,
    ),
    max_leaves=12,
).map(msgspec.json.encode))  # fmt: skip
def test_whatever_else_a_file_holds_it_proves_nothing_and_breaks_nothing(content: bytes) -> None:
    for start in (b"", b"%PDF-", b"PK\x03\x04"):
        assert not prove(start + content, BOTH).genuine
