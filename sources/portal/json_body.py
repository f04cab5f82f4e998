"""The JSON of a body, or in words what it is instead: packed, or in another encoding of text."""

from __future__ import annotations

from typing import Any

import msgspec

_BOM = b"\xef\xbb\xbf"  # some editors and Windows programs put it before UTF-8
# First bytes of what is sometimes sent instead.
_PACKED = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x04\x22\x4d\x18", "LZ4"),
    (b"Rar!", "RAR"),
    (b"\x1f\x9d", "compress"),
)
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
ENCODINGS = ("gzip", "x-gzip", "deflate", "br", "zstd", "compress")


class EnvelopeError(ValueError):
    """The payload as a whole cannot be taken; the text repeats nothing of it."""


def decoded(body: bytes) -> Any:
    """What the JSON says. Raises EnvelopeError."""
    try:
        return msgspec.json.decode(body.removeprefix(_BOM))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise EnvelopeError(f"The payload is {_instead(body)}") from None


def packed(encoding: str) -> str:
    """A sentence if a Content-Encoding says that the body is packed, else empty."""
    named = [name.strip().lower() for name in encoding[:200].split(",")]
    wrong = [name for name in named if name not in ("", "identity")]
    if not wrong:
        return ""
    known = ", ".join(name for name in wrong if name in ENCODINGS) or "another one than identity"
    return f"The payload is packed (Content-Encoding: {known}): send plain JSON in UTF-8."


def _instead(body: bytes) -> str:
    for start, name in _PACKED:
        if body.startswith(start):
            return f"packed ({name}), not JSON: send it unpacked, as plain JSON in UTF-8."
    if body.startswith(_ZLIB):
        return "packed (deflate), not JSON: send it unpacked, as plain JSON in UTF-8."
    if wide := _wide(body):
        return f"in {wide}, not in UTF-8: save or send it as UTF-8."
    if body.lstrip()[:1] == b"<":
        return "XML or HTML, not JSON: send JSON in UTF-8."
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "no valid JSON in UTF-8: it has bytes that are no UTF-8; save or send it as UTF-8."
    return "no valid JSON in UTF-8."


def _wide(body: bytes) -> str:
    """UTF-32 or UTF-16, with its mark or without: JSON begins with a character of ASCII."""
    if body.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")) or body[:3] == b"\0\0\0":
        return "UTF-32"
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    if len(body) > 3 and body[1:4] == b"\0\0\0" and body[0]:
        return "UTF-32"
    return "UTF-16" if len(body) > 1 and (body[0] == 0) != (body[1] == 0) else ""
