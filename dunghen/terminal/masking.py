"""Secrets stay out of what is shown: settings, sentences, logs and tracebacks.

Settings that are secrets have a type of their own (``SecretStr``), and an address shows neither
user nor password nor the values of its query (``masked``). What libraries say of them is beyond us;
so whatever leaves a process as text has the secrets it knows struck out (``scrub``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote, urlsplit

MASK = "********"
_SHORTEST = 6  # characters: a shorter one may be any word
_SHORTEST_PART = 10  # of an address that is a secret as a whole
_QUERY = re.compile(r"([?&;#][^=&;#\s]{0,200}=)[^&;#\s]+")
_QUERY_PART, _PATH_PART = re.compile(r"[?&;#]"), re.compile(r"[/@:]")

_of_settings: frozenset[str] = frozenset()
_of_files: frozenset[str] = frozenset()


def masked(value: str) -> str:
    """An address, or a list of them, without user, password and the values of its query; any other
    text as it is."""
    head, at, rest = value.rpartition("@")
    if at and (":" in head or "//" in head):
        scheme, slashes, _ = head.partition("//")
        value = f"{scheme + slashes if slashes else ''}{MASK}@{rest}"
    return _QUERY.sub(rf"\1{MASK}", value)


def remember(values: Iterable[object]) -> None:
    """What must not be shown from now on, of the values of all settings; those of before are
    forgotten."""
    global _of_settings  # noqa: PLW0603 (one process, one set of settings)
    found = {part for value in values for part in _secrets_of(value)}
    _of_settings = frozenset(spelled for part in found for spelled in _spellings(part))


def remember_file(secret: str) -> None:
    """The same of a secret that was read from a file."""
    global _of_files  # noqa: PLW0603
    if len(secret) >= _SHORTEST:
        _of_files |= set(_spellings(secret))


def scrub(text: str) -> str:
    """``text`` with every known secret struck out."""
    # The longest first: one may be part of another.
    for secret in sorted(_of_settings | _of_files, key=len, reverse=True):
        if secret in text:
            text = text.replace(secret, MASK)
    return text


def scrub_bytes(line: bytes) -> bytes:
    """The same for a line of some process."""
    for secret in sorted(_of_settings | _of_files, key=len, reverse=True):
        if (raw := secret.encode()) in line:
            line = line.replace(raw, MASK.encode())
    return line


def _secrets_of(value: object) -> Iterator[str]:
    reveal = getattr(value, "get_secret_value", None)  # pydantic would slow down every start
    if reveal is not None:
        secret = str(reveal())
        if len(secret) >= _SHORTEST:
            yield secret
        if "://" in secret:  # libraries show parts of an address
            yield from _parts(secret, whole=True)
    elif isinstance(value, str):
        yield from _parts(value, whole=False)


def _parts(address: str, *, whole: bool) -> Iterator[str]:
    """What is secret in an address: its password and the values of its query, of one that is
    secret as a ``whole`` also the parts of its path."""
    head, at, rest = address.rpartition("@")
    user, colon, password = head.partition("//")[2].partition(":")
    if "//" not in head:  # a host without a scheme, or somebody's mail address
        user, colon, password = head.partition(":")
    if at and colon and len(password) >= _SHORTEST:
        yield password
    elif at and "//" in head and len(user) >= _SHORTEST_PART:
        yield user
    if whole or at or "://" in address:
        yield from (
            part
            for pair in _QUERY_PART.split(rest)[1:]
            if len(part := pair.rpartition("=")[2]) >= _SHORTEST
        )
    if whole:
        try:
            parts = urlsplit(address)
        except ValueError:
            return
        pieces = _PATH_PART.split(f"{parts.netloc}{parts.path}")
        yield from (piece for piece in pieces if len(piece) >= _SHORTEST_PART)


def _spellings(secret: str) -> set[str]:
    return {secret, quote(secret, safe=""), quote(secret), unquote(secret)}
