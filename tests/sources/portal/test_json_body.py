"""A body's JSON: marks that editors leave are skipped, and what is no JSON is named."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import json
import lzma
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.portal.envelope import read_envelope
from sources.portal.json_body import EnvelopeError, decoded, packed
from tests.sources.portal.payloads import DOSSIER, envelope

TEXT = json.dumps(envelope(DOSSIER), ensure_ascii=False)


def zipped() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.json", TEXT)
    return data.getvalue()


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (gzip.compress(TEXT.encode()), "gzip"),
        (zlib.compress(TEXT.encode()), "deflate"),
        (zlib.compress(TEXT.encode(), 1), "deflate"),
        (zlib.compress(TEXT.encode(), 9), "deflate"),
        (bz2.compress(TEXT.encode()), "bzip2"),
        (lzma.compress(TEXT.encode()), "xz"),
        (zipped(), "ZIP"),
        (b"\x28\xb5\x2f\xfd\x00", "Zstandard"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (TEXT.encode("utf-16-le"), "UTF-16"),
        (TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("utf-32"), "UTF-32"),
        (TEXT.encode("utf-32-le"), "UTF-32"),
        (TEXT.encode("utf-32-be"), "UTF-32"),
        ("\ufeff{".encode("utf-16-be"), "UTF-16"),
        ('{"a": "Đã nhận"}'.encode("cp1258", "replace"), "no UTF-8"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"\n<html>", "XML"),
        (b"", "no valid JSON"),
        (b"\xef\xbb\xbf", "no valid JSON"),
        (b"{", "no valid JSON"),
        (b"\xff", "no UTF-8"),
        (b"\0", "no valid JSON"),
    ],
    ids=range(23),
)
def test_what_is_no_json_is_named(body: bytes, named: str) -> None:
    with pytest.raises(EnvelopeError, match=named) as error:
        decoded(body)
    assert "UTF-8" in str(error.value), "and what to send instead"
    assert "MaHoSo" not in str(error.value)


def test_a_mark_before_it_is_passed_over_once() -> None:
    body = b"\xef\xbb\xbf" + TEXT.encode()
    assert read_envelope(body) == read_envelope(TEXT.encode())
    with pytest.raises(EnvelopeError):
        decoded(b"\xef\xbb\xbf" + body)


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("gzip", "gzip"), ("GZIP", "gzip"), ("br", "br"), ("identity, gzip", "gzip"),
     ("zstd,deflate", "zstd, deflate"), ("0912345678", "another"), ("x" * 10_000, "another"),
     ("identity", ""), ("", ""), ("identity,", "")],
)  # fmt: skip
def test_what_the_header_says_is_named_if_it_is_known(encoding: str, named: str) -> None:
    said = packed(encoding)
    assert bool(said) == bool(named)
    assert named in said
    assert "0912" not in said
    assert len(said) < 200


@given(st.binary(max_size=60))
def test_no_body_is_a_fault(body: bytes) -> None:
    with contextlib.suppress(EnvelopeError):
        decoded(body)
