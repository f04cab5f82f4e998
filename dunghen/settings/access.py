"""Settings of who may see and do what."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from dunghen.settings.section import SettingsSection


class AccessSettings(SettingsSection):
    """Who may see and do what; docs/security.md has an example."""

    loopback: Literal[
        "auto", "none", "wall", "officer", "supervisor", "reform_office", "leader", "admin"
    ] = Field(
        default="auto",
        description="role of callers on this machine while api.host is a loopback address; auto: "
        "admin, but none if access.issuer or access.public_url is set",
    )
    public_url: str = Field(
        default="", description="address of this installation in browsers, as in https://host"
    )
    issuer: str = Field(
        default="", description="OpenID Connect provider; empty: nobody signs in with one"
    )
    client_id: str = Field(default="", description="what the provider knows this installation as")
    client_secret: SecretStr = Field(
        default=SecretStr(""), description="secret of that client; empty: a public client"
    )
    client_secret_file: Path | None = Field(
        default=None, description="file that holds the secret of that client"
    )
    audience: str = Field(
        default="", description="whom bearer tokens must be for; empty: none are taken"
    )
    algorithms: tuple[
        Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"],
        ...,
    ] = Field(default=("RS256", "PS256", "ES256"), description="signatures that are believed")
    scope: str = Field(default="openid profile", description="scopes that a sign-in asks for")
    roles_claim: str = Field(
        default="realm_access.roles", description="where a token has the roles, with dots"
    )
    role_prefix: str = Field(
        default="dunghen-", description="begins the name of a role that counts: dunghen-supervisor"
    )
    units_claim: str = Field(
        default="units", description="where a token has the ids of a supervisor's units"
    )
    officer_claim: str = Field(
        default="officer", description="where a token has the id of the officer it is about"
    )
    session_hours: float = Field(default=8.0, gt=0, le=72, description="length of a session")
    session_secret_file: Path | None = Field(
        default=None, description="key of session cookies; default: one in the state folder"
    )
    admin_token: SecretStr = Field(
        default=SecretStr(""),
        description="token of the administrator; default: one in the "
        "state folder, printed by `dunghen token`",
    )
    admin_token_file: Path | None = Field(
        default=None, description="file that holds the token of the administrator"
    )
    keys_file: Path | None = Field(
        default=None, description="keys of senders and walls; default: one in the state folder"
    )
    requests_per_second: float = Field(
        default=50.0, gt=0, description="of one caller; four times as many at once"
    )
    sender_requests_per_second: float = Field(
        default=2_000.0, gt=0, description="of one sender's key; four times as many at once"
    )
    feeds_per_key: int = Field(
        default=200, ge=1, description="walls that one key or person may have open"
    )
