"""Who may use the broker of a state folder: users with passwords that this folder alone knows.

Any program of the machine reaches a port on loopback. Only who can read the state folder gets in.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from broker.settings import plain_login

CLIENT = "dunghen"  # the user of the stack and of every command
NODE = "node"  # the broker and its controller, between themselves
_NAME = "passwords.json"
_BYTES = 32  # of a password, before it is written as text
# A pipe that somebody put there must not be waited for.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True)
class Passwords:
    """Passwords of the users CLIENT and NODE."""

    client: str = field(repr=False)
    node: str = field(repr=False)


def ensure_passwords(folder: Path) -> Passwords:
    """The passwords of the broker in ``folder``, made there unless they stand there already.

    They are kept from one start to the next, because clients that run meanwhile know them. A file
    that other users may read or have written, or that holds none, is replaced. Raises OSError.
    """
    found = _read(folder)
    if found is not None:
        return found
    made = Passwords(secrets.token_urlsafe(_BYTES), secrets.token_urlsafe(_BYTES))
    file, fresh = folder / _NAME, folder / f".{_NAME}.{uuid.uuid4()}"
    file.unlink(missing_ok=True)
    write_private(fresh, json.dumps({"client": made.client, "node": made.node}))
    try:
        os.link(fresh, file)  # unlike a renaming, it fails where another start was quicker
    except FileExistsError:
        return _read(folder) or made
    finally:
        fresh.unlink()
    return made


def password_file(state_dir: Path) -> Path:
    """Where the passwords of the broker in ``state_dir`` stand."""
    return Path(state_dir).absolute() / "kafka" / _NAME


def client_login(state_dir: Path) -> dict[str, str]:
    """Settings of librdkafka for a client of the broker in ``state_dir``; empty if the broker
    was never started by a version that asks for passwords."""
    found = _read(password_file(state_dir).parent)
    return {} if found is None else login_of(found)


def login_of(passwords: Passwords) -> dict[str, str]:
    """Settings of librdkafka for a client that has these passwords."""
    return plain_login(CLIENT, passwords.client)


def write_private(path: Path, content: str) -> None:
    """Write a file that only this user can read, at no moment half. Raises OSError."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _read(folder: Path) -> Passwords | None:
    """None if there are none, or others may know them."""
    try:
        descriptor = os.open(folder / _NAME, _READ)
        with os.fdopen(descriptor, encoding="ascii") as file:
            status = os.fstat(descriptor)
            if status.st_mode & 0o077 or status.st_uid != os.geteuid():
                return None
            found = json.loads(file.read())
        return Passwords(str(found["client"]), str(found["node"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
