"""Texts that people write about alerts: filtered, bounded, and kept outside every topic.

A record has the SHA-256 of a text's file alone. The file begins with a seal that follows from the
event and a key of the installation: so whoever reads the topic cannot try out what a short text
said, not even after it was erased, and a second tap writes the same file.
"""

from __future__ import annotations

import unicodedata

from api.desk.blobs import BlobState, BlobStore
from dossiers.text.personal import PersonalMark, personal_marks
from dossiers.wire.one_tap import LinkKey

MOST_TEXT = 2_000  # characters
MOST_LINES = 60
_HEAD = b"dunghen text 1 "


class TextFault(Exception):
    """A text that is not kept: too ``long``, with characters that are ``unprintable``, or with
    ``marks`` of persons. The text of the error repeats nothing of it."""

    def __init__(self, code: str, marks: tuple[PersonalMark, ...] = ()) -> None:
        super().__init__(_sentence(code, marks))
        self.code = code
        self.marks = marks


class TextStore:
    """The texts of one installation. ``key`` seals them."""

    def __init__(self, blobs: BlobStore, key: LinkKey) -> None:
        self._blobs = blobs
        self._key = key

    def put(self, text: str, event_id: str) -> str:
        """Keep a text that ``checked`` has passed, for one event; the SHA-256 (hex) by which its
        record names it. Blocks. Raises BlobError."""
        seal = self._key.seal("text", event_id)
        return self._blobs.put(_HEAD + seal.encode() + b"\n" + text.encode())

    def read(self, digest: str) -> str | None:
        """The text; None if it was erased or is not here. Blocks."""
        content = self._blobs.read(digest)
        if content is None or not content.startswith(_HEAD):
            return None
        return content.partition(b"\n")[2].decode("utf-8", "replace")

    def state(self, digest: str) -> BlobState:
        """What has become of it. Blocks."""
        return self._blobs.state(digest)


def checked(text: str) -> str:
    """``text`` as it is kept: in NFC, with plain line ends, without blanks around it. Raises
    TextFault."""
    found = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(found) > MOST_TEXT or found.count("\n") >= MOST_LINES:
        raise TextFault("long")
    if any(
        unicodedata.category(each) in ("Cc", "Cs", "Co") for each in found if each not in "\n\t"
    ):
        raise TextFault("unprintable")
    if marks := personal_marks(found):
        raise TextFault("personal", tuple(marks))
    return found


_NAMES = {
    "telephone": "a telephone number",
    "identity": "a number of an identity paper",
    "mail": "a mail address",
}


def _sentence(code: str, marks: tuple[PersonalMark, ...]) -> str:
    if code == "long":
        return f"The text has more than {MOST_TEXT} characters or {MOST_LINES} lines."
    if code == "unprintable":
        return "The text has characters that are not printed; type it anew."
    where = "; ".join(
        f"line {each.line}, characters {each.first} to {each.last}: what looks like "
        f"{_NAMES[each.kind]}"
        for each in marks[:3]
    )
    return f"The text may hold nothing by which a citizen is known. Take this out: {where}."
