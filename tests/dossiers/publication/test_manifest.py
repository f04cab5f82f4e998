"""What the manifest of an edition says, and the names of its files."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.publication.manifest import (
    RecordPlace,
    file_stem,
    manifest_json,
    manifest_name,
    manifest_of,
    read_manifest,
)
from dossiers.text.canonical import sha256_of
from dossiers.wire.late_lists import Counts, Cut, Days, ListCore, Thresholds
from dossiers.wire.publications import Published, PublishedFile, Reduced, Signed

NAMES = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
APPROVED = RecordPlace(number=7, sha256="a" * 64)
PUBLISHED = RecordPlace(number=8, sha256="b" * 64)
COUNTS = Counts(total=9, late=2, done=1, open=1, zero=0, repeated=0, apologised=0,
                late_receptions=1, unmatched=0, excluded=1)  # fmt: skip
CORE = ListCore(
    stage="list", simulation=True, id="2026-10", month="2026-10", scope="", edition=1,
    timezone="Asia/Ho_Chi_Minh", start=1, end=2, as_of=2, watermark=3, since=0, timeline="t",
    cut=Cut(events=(1,), dead_letters=0, reference=0), reference="r", calendars=(), rules=(),
    method="m", thresholds=Thresholds(), frozen="f" * 64, sheet="e" * 64, whole=COUNTS,
    days=Days(), units=(), unit_names=(), procedure_names=(), step_names=(),
    officers=("1" * 64,), dossiers=("2" * 64, "3" * 64), receptions=(), excluded=("4" * 64,),
)  # fmt: skip
PDF = PublishedFile(name="list.pdf", media="application/pdf", sha256="c" * 64, size=9)
SIGNED = PublishedFile(name="signed.pdf", media="application/pdf", sha256="d" * 64, size=19)
PLACE = {
    "before": "9" * 64, "request": "q", "list": "2026-10", "edition": 1, "at": 1, "written_at": 1,
    "by": "someone", "capacity": "leader",
}  # fmt: skip
RECORD = Published(
    number=8, core="5" * 64, envelope="6" * 64, document_no="12/TB-UBND", dated="2026-11-05",
    files=(PDF,), **PLACE,  # type: ignore[arg-type]
)  # fmt: skip


def test_a_manifest_names_files_and_rows_by_hashes_and_can_be_read_back() -> None:
    came_back = Signed(number=9, file=SIGNED, of="list.pdf", certificate="7" * 64, trusted=True,
                       **PLACE)  # type: ignore[arg-type]  # fmt: skip
    made = manifest_of(CORE, "5" * 64, APPROVED, PUBLISHED, RECORD, [came_back])
    assert (made.files, made.signed) == ((PDF,), (SIGNED,))
    assert (made.officers, made.dossiers) == (CORE.officers, CORE.dossiers)
    body = manifest_json(made)
    assert read_manifest(body) == made
    assert sha256_of(manifest_json(read_manifest(body))) == sha256_of(body)
    assert b"someone" not in body, "it says nothing about a person"


def test_of_a_reduced_list_the_files_are_those_that_are_left() -> None:
    left = PublishedFile(name="reduced.pdf", media="application/pdf", sha256="8" * 64, size=3)
    reduced = Reduced(number=30, cites="b" * 64, core="5" * 64, rows="6" * 64, files=(left,),
                      erased=(), **PLACE)  # type: ignore[arg-type]  # fmt: skip
    core = msgspec.structs.replace(CORE, stage="reduced", names="none", sheet="")
    place = RecordPlace(number=30, sha256="c" * 64)
    made = manifest_of(core, "5" * 64, APPROVED, place, RECORD, reduced=reduced)
    assert (made.files, made.published.number, made.stage) == ((left,), 30, "reduced")


def test_what_is_no_manifest_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        read_manifest(b'{"format":"another"}')


@pytest.mark.parametrize(
    ("list_", "edition", "stem"),
    [("2026-10", 1, "2026-10"), ("2026-10~H29.168", 1, "2026-10-h29-168"),
     ("2026-10", 2, "2026-10-dinh-chinh-1")],
)  # fmt: skip
def test_files_are_named_by_list_and_edition(list_: str, edition: int, stem: str) -> None:
    assert file_stem(list_, edition) == stem
    assert manifest_name(list_, edition) == f"kiem-chung-{stem}.json"


@given(st.text(min_size=1, max_size=200), st.integers(1, 1000))
def test_every_unit_gives_a_name_that_a_file_can_have(unit: str, edition: int) -> None:
    assert NAMES.fullmatch(manifest_name(f"2026-10~{unit}", edition))
