"""Images without what they tell beside the picture: place, time, camera, comments, thumbnails.

Nothing is decoded but headers. What stays: the picture, its colours, and how it is to be turned.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

MOST_SIDE = 20_000  # pixels
MOST_PIXELS = 100_000_000
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
JPEG_HEAD = b"\xff\xd8\xff"
_PNG_KEPT = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT",
     b"pHYs", b"bKGD")
)  # fmt: skip
_SOS, _EOI, _APP0, _APP1, _APP2, _APP14 = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD})
_ORIENTATION = 0x0112
_JFIF = 14  # bytes of its segment before a thumbnail, whose two sides are the last


class ImageFault(Exception):
    """No image that is taken; the text says why."""


def plain_png(content: bytes) -> bytes:
    """The same PNG with the chunks of the picture alone. Raises ImageFault."""
    out, seen = [PNG_HEAD], b""
    for kind, chunk in _png_chunks(content):
        if not seen and kind != b"IHDR":
            raise ImageFault("it does not begin as a PNG does")
        if kind == b"IHDR":
            if len(chunk) != 25:
                raise ImageFault("its header is broken")
            _check_size(*struct.unpack(">II", chunk[8:16]))
        if kind in _PNG_KEPT:
            out.append(chunk)
        seen = kind
    if seen != b"IEND":
        raise ImageFault("it breaks off")
    return b"".join(out)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, whole chunk), up to the end of the picture: what stands behind it is none of it."""
    at = len(PNG_HEAD)
    while at + 12 <= len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        chunk = content[at : at + 12 + size]
        if len(chunk) != 12 + size or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
            raise ImageFault("it is damaged")
        yield kind, chunk
        if kind == b"IEND":
            return
        at += len(chunk)


def plain_jpeg(content: bytes) -> bytes:
    """The same JPEG without metadata; of EXIF only how the picture is to be turned. Raises
    ImageFault."""
    out, at, framed = [b"\xff\xd8"], 2, False
    turned = 1
    while True:
        marker, body, after = _segment(content, at)
        if marker == _EOI:
            if not framed:
                raise ImageFault("it has no picture")
            head = _turned(turned) if turned != 1 else b""
            return b"".join((out[0], head, *out[1:], b"\xff\xd9"))
        if marker in _FRAMES:
            framed = True
            if len(body) < 5:
                raise ImageFault("its header is broken")
            _check_size(*struct.unpack(">HH", body[1:5]))
        if marker == _APP1 and turned == 1:
            turned = _orientation(body)
        if marker == _APP0 and body.startswith(b"JFIF\0") and len(body) >= _JFIF:
            out.append(b"\xff\xe0\x00\x10" + body[: _JFIF - 2] + bytes(2))  # no thumbnail
        if marker in _FRAMES or marker in _TABLES or marker == _SOS or _is_kept(marker, body):
            out.append(content[at:after])
        if marker == _SOS:
            end = _scan_end(content, after)
            out.append(content[after:end])
            after = end
        at = after


def _segment(content: bytes, at: int) -> tuple[int, bytes, int]:
    """(marker, what it holds, where the next begins); fill bytes before one are passed over."""
    if content[at : at + 1] != b"\xff":
        raise ImageFault("it is damaged")
    while content[at + 1 : at + 2] == b"\xff":
        at += 1
    if at + 2 > len(content):
        raise ImageFault("it breaks off")
    marker = content[at + 1]
    if marker == _EOI:
        return marker, b"", at + 2
    size = int.from_bytes(content[at + 2 : at + 4], "big")
    if marker < 0xC0 or size < 2 or at + 2 + size > len(content):
        raise ImageFault("it is damaged")
    return marker, content[at + 4 : at + 2 + size], at + 2 + size


def _is_kept(marker: int, body: bytes) -> bool:
    return (marker == _APP2 and body.startswith(b"ICC_PROFILE\0")) or (
        marker == _APP14 and body.startswith(b"Adobe")
    )


def _scan_end(content: bytes, at: int) -> int:
    """Where the marker behind a scan's data begins; stuffed bytes and restarts belong to it."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise ImageFault("it breaks off")
        follows = content[at + 1]
        if follows != 0 and not 0xD0 <= follows <= 0xD7 and follows != 0xFF:
            return at
        at += 1 if follows == 0xFF else 2


def _orientation(body: bytes) -> int:
    """Of an EXIF segment: 1 to 8, 1 if it says nothing that can be read."""
    tiff = body[6:] if body.startswith(b"Exif\0\0") else b""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 1
    (at,) = struct.unpack(f"{order}I", tiff[4:8])
    if at + 2 > len(tiff):
        return 1
    (count,) = struct.unpack(f"{order}H", tiff[at : at + 2])
    for entry in range(at + 2, min(at + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, _, value = struct.unpack(f"{order}HHIH", tiff[entry : entry + 10])
        if tag == _ORIENTATION and kind == 3 and 1 <= value <= 8:
            return int(value)
    return 1


def _turned(orientation: int) -> bytes:
    """A segment that says nothing but how the picture is to be turned."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    body = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _check_size(one: int, other: int) -> None:
    if not (0 < one <= MOST_SIDE and 0 < other <= MOST_SIDE and one * other <= MOST_PIXELS):
        raise ImageFault(f"it has more than {MOST_PIXELS // 1_000_000} million pixels, or none")
