"""Settings of delivery: whom alerts reach, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from dunghen.settings.section import SettingsSection


class NotifySettings(SettingsSection):
    """Whom alerts are delivered to, and how."""

    enabled: bool = Field(default=False, description="whether alerts are delivered to people")
    unreal: bool = Field(
        default=False, description="whether those of a replay or a simulation are, too"
    )
    language: Literal["vi", "en"] = Field(default="vi", description="language of messages")
    public_url: str = Field(
        default="", description="address of this installation in messages; empty: the API's own"
    )
    smtp_host: str = Field(default="", description="mail server; empty: no mail")
    smtp_port: int = Field(default=25, ge=1, le=65535, description="port of the mail server")
    smtp_sender: str = Field(default="dunghen@localhost", description="sender of mails")
    smtp_user: str = Field(default="", description="user at the mail server; empty: none")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="password of that user")
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        default="none", description="how the mail server is spoken to"
    )
    webhook_url: SecretStr = Field(
        default=SecretStr(""),
        description="where alerts are posted, often with a token in it; empty: no webhook",
    )
    webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="key of the webhook's signature (HMAC-SHA256)"
    )
    apprise_url: SecretStr = Field(
        default=SecretStr(""), description="any other receiver, as a URL of the package apprise"
    )
    mail_domains: str = Field(
        default="",
        description="the domains to which alone mail goes, those below them included, with blanks "
        "or commas between them; empty: any",
    )
    admin_mail: str = Field(
        default="", description="mail address of whoever operates the installation; empty: none"
    )
    targets: Path | None = Field(
        default=None, description="file (TOML) of gateways that messages go to from templates"
    )
