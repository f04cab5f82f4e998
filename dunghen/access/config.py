"""Settings and secret files become ``api.access.config``; nobody leaves the API open by mistake."""

from __future__ import annotations

import ipaddress
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from api.access.config import AccessConfig, Provider
from dossiers.errors import UserError
from dunghen.access.key_file import KeyFile
from dunghen.access.settings_keys import fixed_keys
from dunghen.settings.access import AccessSettings
from dunghen.settings.installation import Installation
from dunghen.settings.model import Settings
from dunghen.state.files import write_atomically
from dunghen.state.folder import StateFolder
from dunghen.terminal.masking import remember_file

_SHORTEST = 20  # characters of a token that somebody chose


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address to listen on."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_open_door(settings: Settings) -> None:
    """Raises UserError if others could come in and nobody could be told from anybody."""
    access = settings.access
    if is_loopback(settings.api.host):
        return
    if access.issuer or access.admin_token.get_secret_value() or access.admin_token_file:
        return
    raise UserError(
        f"api.host is {settings.api.host}, which others can reach, and there is no way to sign in.",
        "Set access.issuer, access.client_id and access.public_url (OpenID Connect), or "
        "access.admin_token_file, or leave api.host at 127.0.0.1; docs/security.md has examples.",
    )


def access_config(installation: Installation) -> AccessConfig:
    """Raises UserError for settings that contradict each other or files that cannot be read."""
    settings = installation.settings
    refuse_open_door(settings)
    access = settings.access
    senders = {name: (s.key_sha256, s.units) for name, s in settings.api.senders.items()}
    role = access.loopback
    return AccessConfig(
        loopback=("none" if access.issuer or access.public_url else "admin")
        if role == "auto"
        else role,
        local=is_loopback(settings.api.host),
        admin_token=admin_token(installation),
        session_secret=_session_secret(installation),
        session_hours=access.session_hours,
        public_url=access.public_url.rstrip("/"),
        provider=_provider(access) if access.issuer else None,
        keys=KeyFile(keys_path(installation), fixed_keys(senders)),
        rate=access.requests_per_second,
        sender_rate=access.sender_requests_per_second,
        feeds_per_key=access.feeds_per_key,
    )


def _provider(access: AccessSettings) -> Provider:
    for name, address in (("issuer", access.issuer), ("public_url", access.public_url)):
        parts = urlsplit(address)
        if not parts.hostname or (
            parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname))
        ):
            raise UserError(
                f"access.{name} is “{address}”, and sign-in needs an address with https.",
                "Plain http is possible on this machine only.",
            )
    if not access.client_id:
        raise UserError(
            "access.issuer is set, but access.client_id is not.",
            "Set it to the client that the provider knows this installation as.",
        )
    return Provider(
        issuer=access.issuer,
        client_id=access.client_id,
        client_secret=secret(access.client_secret.get_secret_value(), access.client_secret_file),
        audience=access.audience,
        algorithms=access.algorithms,
        scope=access.scope,
        roles_claim=access.roles_claim,
        role_prefix=access.role_prefix,
        units_claim=access.units_claim,
        officer_claim=access.officer_claim,
    )


def keys_path(installation: Installation) -> Path:
    """The file of the keys of senders and walls."""
    return installation.settings.access.keys_file or installation.folder.access / "keys.json"


def admin_token(installation: Installation) -> str:
    """Of the settings, else of the state folder, where the first start makes one; "" without a
    state folder. Raises UserError."""
    access = installation.settings.access
    given = secret(access.admin_token.get_secret_value(), access.admin_token_file)
    if given:
        if len(given) < _SHORTEST:
            raise UserError(
                f"The administrator's token is shorter than {_SHORTEST} characters.",
                "Make one with `openssl rand -hex 24`.",
            )
        return given
    return made(installation.folder, "admin-token")


def _session_secret(installation: Installation) -> bytes:
    file = installation.settings.access.session_secret_file
    return (secret("", file) if file else made(installation.folder, "session-secret")).encode()


def secret(given: str, file: Path | None) -> str:
    """As it was given, else what the file holds, "" for neither. Raises UserError."""
    if given or file is None:
        return given
    try:
        text = file.expanduser().read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The secret in {file} cannot be read: {error}.") from error
    remember_file(text)
    if not text:
        raise UserError(f"The file {file} should hold a secret and is empty.")
    return text


def made(folder: StateFolder, name: str) -> str:
    """A secret of the state folder, made when it is first needed; for this user only."""
    path = folder.access / name
    if not folder.exists:
        return ""
    if not path.exists():
        folder.access.mkdir(mode=0o700, exist_ok=True)
        write_atomically(path, secrets.token_urlsafe(32).encode())
    return secret("", path)
