"""Keys of displays in the file of keys, for the API: ``api.access.handing.WallKeys``."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from api.access.handing import KeysAway
from api.access.keys import Key
from dossiers.errors import UserError
from dunghen.access.key_file import add_key, changing, read_keys, read_used, write_keys


class DisplayKeys:
    """Over the file at ``path``, which commands change as well."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of_walls(self) -> list[tuple[Key, int | None]]:
        """See ``WallKeys``."""
        with _as_away():
            used = read_used(self._path)
            return [(key, used.get(key.id)) for key in read_keys(self._path) if key.wall]

    def add(self, wall: str, units: tuple[str, ...], expires_at: int | None) -> tuple[Key, str]:
        """See ``WallKeys``."""
        name = f"{wall[:33]}-{secrets.token_hex(3)}"
        with _as_away():
            return add_key(self._path, name, "wall", units, expires_at, _now(), wall)

    def revoke(self, id_: str) -> Key | None:
        """See ``WallKeys``."""
        with _as_away():
            return _change(self._path, id_, lambda key: replace(key, revoked_at=_now()))

    def extend(self, id_: str, expires_at: int | None) -> Key | None:
        """See ``WallKeys``."""
        with _as_away():
            return extend_key(self._path, id_, expires_at)


def extend_key(path: Path, id_: str, expires_at: int | None) -> Key | None:
    """The key with this id, which ends then (ms), also if it is over by now; None if there is none
    or it was revoked. Raises UserError."""
    return _change(path, id_, lambda key: replace(key, expires_at=expires_at))


def _change(path: Path, id_: str, change: Callable[[Key], Key]) -> Key | None:
    with changing(path):
        keys = read_keys(path)
        found = next((key for key in keys if key.id == id_ and key.revoked_at is None), None)
        if found is None:
            return None
        changed = change(found)
        write_keys(path, [changed if key is found else key for key in keys])
        return changed


@contextmanager
def _as_away() -> Iterator[None]:
    try:
        yield
    except UserError as error:
        raise KeysAway(str(error)) from error


def _now() -> int:
    return time.time_ns() // 1_000_000
