"""The key that signs the links in mails: made once, in the state folder, or named by a setting."""

from __future__ import annotations

import hashlib
import logging
import secrets

from dossiers.errors import UserError
from dossiers.wire.one_tap import LinkKey
from dunghen.access.config import made, secret
from dunghen.settings.installation import Installation

_SHORTEST = 32  # characters of a secret that somebody chose
_log = logging.getLogger(__name__)


def link_key(installation: Installation) -> LinkKey | None:
    """The key of this installation; None without a state folder and without the setting: then no
    mail has a link that acts. Raises UserError."""
    file = installation.settings.desk.link_key_file
    text = secret("", file) if file is not None else made(installation.folder, "link-key")
    if not text:
        return None
    if len(text) < _SHORTEST:
        raise UserError(
            f"The secret of links in {file} is shorter than {_SHORTEST} characters.",
            "Make one with `openssl rand -hex 32`.",
        )
    return LinkKey(hashlib.sha256(text.encode()).digest())


def own_key(installation: Installation) -> LinkKey:
    """The same; where there is none, one of this process alone, with which it seals texts and
    whose links nobody else makes. Raises UserError."""
    found = link_key(installation)
    if found is None:
        _log.warning("no desk.link_key_file: links in mails cannot act")
    return found or LinkKey(secrets.token_bytes(32))
