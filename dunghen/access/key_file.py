"""The keys of machines in a file of their own: made, revoked, and noted when last used.

``KEYS.json`` is written by the command line, and by the API for displays
(dunghen.access.wall_keys), ``KEYS.used.json`` by the API. It notices a change within a second.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import stat
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from api.access.keys import NAME, FixedKeys, Key, KeyRole, key_hash, new_key
from dossiers.errors import UserError
from dunghen.state.files import write_atomically

_LOOK = 1.0  # s between two looks at the file
_WRITE = 60.0  # s between two notes of what was used
_log = logging.getLogger(__name__)
_decode = msgspec.json.Decoder(list[Key]).decode


def read_keys(path: Path) -> list[Key]:
    """All keys, revoked ones too; none if there is no file. Raises UserError."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & stat.S_IWOTH:
                raise UserError(
                    f"Every user of this machine may write keys of their own into {path}.",
                    "Look what is in it and take that right away (chmod 600).",
                )
            return _decode(file.read())
    except FileNotFoundError:
        return []
    except (OSError, msgspec.MsgspecError) as error:
        raise UserError(
            f"The keys in {path} cannot be read: {error}.",
            "Restore the file from a backup, or remove it and make new keys.",
        ) from error


def write_keys(path: Path, keys: Iterable[Key]) -> None:
    """Replace the file; only this user may read it. Raises UserError."""
    try:
        write_atomically(path, _encode(keys))
    except OSError as error:
        raise UserError(f"The keys in {path} cannot be written: {error.strerror}.") from error


def _encode(keys: Iterable[Key]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(list(keys)), indent=1)


@contextmanager
def changing(path: Path, *, new: bool = False) -> Iterator[None]:
    """Nobody else changes the file meanwhile: of two commands at once, one would undo what the
    other has done, a revocation even. ``new``: its folder is made. Raises UserError."""
    with ExitStack() as held:
        try:
            if new:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            held.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            if new or not isinstance(error, FileNotFoundError):
                raise UserError(
                    f"The keys in {path} cannot be changed: {error.strerror}."
                ) from error
        yield


def add_key(
    path: Path,
    name: str,
    role: KeyRole,
    units: tuple[str, ...],
    expires_at: int | None,
    now: int,
    wall: str = "",
) -> tuple[Key, str]:
    """A new key and its text, which is kept nowhere. Raises UserError if the name is in use."""
    text = new_key()
    key = Key(
        id=secrets.token_hex(4), name=name, role=role, sha256=key_hash(text), units=units,
        created_at=now, expires_at=expires_at, wall=wall,
    )  # fmt: skip
    with changing(path, new=True):
        keys = read_keys(path)
        if any(other.name == name and other.lasts(now) for other in keys):
            raise UserError(
                f"There is a key “{name}” already.", "Revoke it first, or choose another name."
            )
        write_keys(path, [*keys, key])
    return key, text


def revoke_key(path: Path, which: str, now: int) -> list[Key]:
    """End the keys with this id or name; those that ended now. Raises UserError if none has it."""
    with changing(path):
        keys = read_keys(path)
        ended = [key for key in keys if which in (key.id, key.name) and key.revoked_at is None]
        if not ended:
            raise UserError(
                f"No key that could be revoked is called “{which}”.",
                "`dunghen keys list` shows them.",
            )
        write_keys(
            path,
            [msgspec.structs.replace(key, revoked_at=now) if key in ended else key for key in keys],
        )
        return ended


def suspend_keys(raw: bytes, now: int) -> bytes:
    """The text of a file of keys with all of them suspended. One that cannot be read as keys opens
    nothing and stays as it is. Raises ValueError for keys that no command makes."""
    try:
        keys = _decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return raw
    for key in keys:
        shown = (key.id, key.name, key.sha256, key.wall, *key.units)
        if not NAME.fullmatch(key.name) or not all(map(str.isprintable, shown)):
            raise ValueError("a key whose name is none")
    return _encode(
        key if key.suspended_at else msgspec.structs.replace(key, suspended_at=now) for key in keys
    )


def suspended_keys(path: Path, now: int) -> list[Key]:
    """Those that somebody may confirm. Raises UserError."""
    return [key for key in read_keys(path) if key.suspended_at is not None and key.lasts(now)]


def confirm_keys(path: Path, names: Collection[str] | None, now: int) -> list[Key]:
    """Wake the suspended keys with these ids or names, None: all; those that open something now.

    Raises UserError, and wakes none, if one of the names belongs to no suspended key.
    """
    with changing(path):
        keys = read_keys(path)
        waiting = suspended_keys(path, now)
        known = {which for key in waiting for which in (key.id, key.name)}
        unknown = [name for name in names or () if name not in known]
        if unknown:
            raise UserError(
                f"No suspended key is called “{unknown[0]}”, so none was confirmed.",
                "`dunghen keys list` shows them.",
            )
        woken = [key for key in waiting if names is None or {key.id, key.name} & set(names)]
        write_keys(
            path,
            [
                msgspec.structs.replace(key, suspended_at=None) if key in woken else key
                for key in keys
            ],
        )
        return woken


def used_path(path: Path) -> Path:
    """The file beside ``path`` that says when each key was used last."""
    return path.with_suffix(".used.json")


def read_used(path: Path) -> dict[str, int]:
    """When each key was last used (ms), by id."""
    try:
        return msgspec.json.decode(used_path(path).read_bytes(), type=dict[str, int])
    except (OSError, msgspec.MsgspecError):
        return {}


class KeyFile:
    """``api.access.keys.KeyBook`` over the file and the senders of the settings.

    A file that cannot be read leaves the keys as they were.
    """

    def __init__(self, path: Path, fixed: Iterable[Key] = ()) -> None:
        self._path = path
        self._fixed = list(fixed)
        self._looked = 0.0  # at the file, by the monotonic clock (s)
        self._stamp: tuple[int, int] | None = None  # of the file as it was read last
        self._keys = FixedKeys(self._fixed)
        self._used: dict[str, int] = read_used(path)
        self._written = float("-inf")  # when ``_used`` was, by the monotonic clock (s)

    def find(self, sha256: str) -> Key | None:
        """The key with this SHA-256 (hexadecimal), as the file is now; it looks once a second."""
        self._look()
        return self._keys.find(sha256)

    def by_id(self, id_: str) -> Key | None:
        """The key with this id, as the file is now."""
        self._look()
        return self._keys.by_id(id_)

    def used(self, id_: str) -> None:
        """Note that a key was used just now."""
        self._used[id_] = time.time_ns() // 1_000_000
        if time.monotonic() - self._written > _WRITE:
            self._written = time.monotonic()
            threading.Thread(target=self.flush, name="keys", daemon=True).start()

    def flush(self) -> None:
        """Note what was used; a disk that refuses is no reason to refuse a caller."""
        used = self._used.copy()
        if not used:
            return
        try:
            write_atomically(used_path(self._path), msgspec.json.encode(used))
        except OSError as error:
            _log.warning("when keys were used cannot be noted: %s", error.strerror)

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        self._looked = now
        try:
            found = self._path.stat()
            stamp = (found.st_mtime_ns, found.st_ino)
        except FileNotFoundError:
            stamp = None
        except OSError as error:
            _log.warning("the keys in %s cannot be read: %s", self._path, error.strerror)
            return
        if stamp == self._stamp:
            return
        try:
            keys = read_keys(self._path)
        except UserError as error:
            _log.warning("%s", error)
            return
        self._stamp = stamp
        self._keys = FixedKeys([*self._fixed, *keys])
