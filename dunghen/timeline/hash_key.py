"""The key of a timeline's hashes (dossiers.text.keyed): made once, kept, and checked at every
start.

It stands in the state folder, and goes with it into backups; on servers, if processes have no
folder in common, the setting ``personal.hash_key_file`` names its file. The timeline's record in
topic ``reference`` holds a check value, by which a process with another key is told before it reads
or writes a single id: it would make two dossiers of one.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path

from dossiers.errors import UserError
from dossiers.text.keyed import KEY_BYTES, Keyed
from dossiers.wire.timeline import Timeline
from dunghen.settings.installation import Installation
from dunghen.state.files import write_atomically
from dunghen.state.private import make_private
from dunghen.terminal.masking import remember_file

_TEXT = re.compile(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}")
_LARGEST = 1_000  # bytes of a file that may hold a key


def key_path(installation: Installation) -> Path:
    """Where the key is, or would be."""
    named = installation.settings.personal.hash_key_file
    return installation.folder.hash_key if named is None else named.expanduser()


def found_key(installation: Installation) -> Keyed | None:
    """The key, None if there is none. Raises UserError for a file that holds no key."""
    path = key_path(installation)
    try:
        with path.open("rb") as file:
            _refuse_writable(path, os.fstat(file.fileno()).st_mode)
            text = file.read(_LARGEST).decode("ascii", "replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(
            f"The key for hashing in {path} cannot be read: {error.strerror or error}.",
            "Give this user the right to read it.",
        ) from error
    if not _TEXT.fullmatch(text):
        raise UserError(
            f"The file {path} holds no key for hashing: it should be {2 * KEY_BYTES} hexadecimal "
            "digits and nothing else.",
            "Restore it from a backup. Only for a timeline that is yet to be made, a new one will "
            "do: `openssl rand -hex 32`.",
        )
    remember_file(text)
    return Keyed(bytes.fromhex(text))


def prepared_key(installation: Installation, timeline: Timeline | None) -> Keyed:
    """The key for ``timeline``, one yet to be made if None: the one that is there, else a new one,
    unless the timeline has one already. Raises UserError."""
    found = found_key(installation)
    if timeline is not None and timeline.key_check:
        return _fitting(installation, found, timeline)
    return _made(installation) if found is None else found


def required_key(installation: Installation, timeline: Timeline) -> Keyed | None:
    """The key of a live ``timeline``, for whoever takes or looks up ids; None for others, whose ids
    are kept as they are. Raises UserError if it is missing or another one."""
    if timeline.kind != "live":
        return None
    if not timeline.key_check:
        raise UserError(
            f"The timeline {timeline.id} has no key for hashing yet.",
            "Run `dunghen topics` once, or start the stack with `dunghen up`.",
        )
    return _fitting(installation, found_key(installation), timeline)


def refuse_other_key(installation: Installation, timeline: Timeline) -> None:
    """Raises UserError if this process has a key and it is not that of ``timeline``. A process
    that needs none, such as the worker, may have none."""
    if timeline.key_check and (found := found_key(installation)) is not None:
        _fitting(installation, found, timeline)


def _fitting(installation: Installation, found: Keyed | None, timeline: Timeline) -> Keyed:
    path = key_path(installation)
    if found is None:
        raise UserError(
            f"The timeline {timeline.id} has a key for hashing, and it is not in {path}.",
            "Put it back there from a backup, or name its file with personal.hash_key_file. A new "
            "key is of no use: ids hashed with it would be those of other dossiers.",
        )
    if found.check != timeline.key_check:
        raise UserError(
            f"The key for hashing in {path} is not that of the timeline {timeline.id}.",
            "Put the right one there (a backup of the state folder holds it), or name its file "
            "with personal.hash_key_file. With another key, ids would be those of other dossiers.",
        )
    return found


def _refuse_writable(path: Path, mode: int) -> None:
    if mode & stat.S_IWOTH:
        raise UserError(
            f"Every user of this machine may put another key for hashing into {path}.",
            "Take that right away (chmod 600).",
        )


def _made(installation: Installation) -> Keyed:
    path = key_path(installation)
    named = installation.settings.personal.hash_key_file is not None
    if not named and not installation.folder.exists:
        raise UserError(
            "A live timeline needs a key for hashing, and there is no place for it.",
            "Name a file with the setting personal.hash_key_file; if it is not there yet, it is "
            "made. API, ingest and the commands that look for dossiers need the same file.",
        )
    text = secrets.token_hex(KEY_BYTES)
    remember_file(text)
    try:
        if not named:
            make_private(path.parent)
        # Of two that make one at once the first counts, for both.
        made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            write_atomically(made, f"{text}\n".encode())
            os.link(made, path)
        finally:
            made.unlink(missing_ok=True)
    except FileExistsError:
        pass
    except OSError as error:
        raise UserError(
            f"The key for hashing cannot be written to {path}: {error.strerror or error}.",
            "Name a file in a folder where this user may write with personal.hash_key_file.",
        ) from error
    found = found_key(installation)
    if found is None:
        raise UserError(f"The key for hashing in {path} was taken away while it was made.")
    return found
