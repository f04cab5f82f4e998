"""Signatures of published documents: ``api.publications.ports.Signatures``."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from api.publications.ports import SignatureFound, WorkFailed
from documents.late_list.returned import WhyNot, check_apart

_MOST = 1_000_000  # bytes of the file of roots
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_WORDS: dict[WhyNot, str] = {
    "other_document": "It does not begin with the bytes of the published document.",
    "no_newline": "A newline has to stand between the published document and the signature.",
    "unreadable": "It cannot be read as a signed PDF.",
    "unsigned": "It has no signature.",
    "too_many": "It has too many signatures.",
    "changed": "It was changed by more than a signature.",
    "broken": "A signature does not fit what it signs.",
}


class KnownRoots:
    """``trust``: file (PEM) of the roots to which signatures lead; None: none is trusted."""

    def __init__(self, trust: Path | None) -> None:
        self._trust = trust

    async def check(self, signed: bytes, published: bytes) -> SignatureFound:
        """See ``api.publications.ports.Signatures``."""
        roots = await asyncio.to_thread(self._roots)
        found = await check_apart(published, signed, roots)
        if found.why_not:
            raise WorkFailed(_WORDS[found.why_not], 422)
        return SignatureFound(found.certificate, found.trusted)

    def _roots(self) -> list[bytes]:
        if self._trust is None:
            return []
        try:
            with self._trust.expanduser().open("rb") as file:
                return _PEM.findall(file.read(_MOST))
        except OSError as error:
            raise WorkFailed(
                f"The file of trusted roots cannot be read: {error.strerror}.", 503
            ) from error
