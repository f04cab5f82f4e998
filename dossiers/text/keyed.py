"""Keyed hashes: what may not be kept becomes a word that only the same text gives again.

HMAC-SHA256, cut to 128 bits, with one key for each timeline, so that nobody without the key can
try out whose number a hash stands for. A hash is written in consonants alone: it has no digits that
could be taken for a number, and says no word.
"""

from __future__ import annotations

import hmac
import re

KEY_BYTES = 32
_LETTERS = "bcdfghjkmnpqrstv"  # one for each half of a byte
_PREFIX = "kh-"
_BYTES, _SEAL_BYTES = 16, 4
_SHAPE = re.compile(rf"{_PREFIX}([{_LETTERS}]{{{2 * _BYTES}}})([{_LETTERS}]{{{2 * _SEAL_BYTES}}})")


class Keyed:
    """The hashes of one key. ``key``: KEY_BYTES random bytes; ValueError for another length.

    ``purpose`` keeps apart what is hashed for different ends: the same text as an id and as the
    name of an office has hashes that have nothing in common.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._key = key

    @property
    def check(self) -> str:
        """What the record of a timeline holds of its key: tells another key, and nothing else."""
        return self.digest("check", b"")

    def digest(self, purpose: str, text: str | bytes) -> str:
        """32 letters for 128 bits."""
        return _letters(self._mac(purpose, text)[:_BYTES])

    def hashed(self, purpose: str, text: str) -> str:
        """What stands for ``text``: ``kh-`` and 40 letters, the last 8 of which seal the others."""
        digest = self.digest(purpose, text)
        return f"{_PREFIX}{digest}{self._seal(purpose, digest)}"

    def is_hashed(self, purpose: str, text: str) -> bool:
        """Whether ``text`` was made by ``hashed`` with this key for this purpose. Who does not know
        the key cannot write one that was not, so nobody can aim at the hash of another text."""
        found = _SHAPE.fullmatch(text)
        return found is not None and hmac.compare_digest(found[2], self._seal(purpose, found[1]))

    def _seal(self, purpose: str, digest: str) -> str:
        return _letters(self._mac("seal", f"{purpose}\0{digest}")[:_SEAL_BYTES])

    def _mac(self, purpose: str, text: str | bytes) -> bytes:
        raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        return hmac.digest(self._key, purpose.encode() + b"\0" + raw, "sha256")


def looks_hashed(text: str) -> bool:
    """Whether ``text`` has the form of a hash, whatever key it was made with, if any."""
    return _SHAPE.fullmatch(text) is not None


def _letters(raw: bytes) -> str:
    return "".join(_LETTERS[byte >> 4] + _LETTERS[byte & 15] for byte in raw)
