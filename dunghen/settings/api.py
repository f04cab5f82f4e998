"""Settings of the API: where it listens, and what it takes of senders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from dunghen.settings.section import SettingsSection


class SenderSettings(SettingsSection):
    """Somebody who may post dossiers. Written as a text, it is the key's SHA-256 alone."""

    key_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    units: tuple[str, ...] = ()  # codes (madonvi) that it may send for; empty: all

    @model_validator(mode="before")
    @classmethod
    def _hash_alone(cls, given: Any) -> Any:
        return {"key_sha256": given} if isinstance(given, str) else given


class ApiSettings(SettingsSection):
    """Where the API listens, and how much it takes of those who post dossiers."""

    host: str = Field(
        default="127.0.0.1",
        description="address to listen on; any but a loopback one needs a way to sign in "
        "(access.issuer, access.admin_token or access.admin_token_file)",
    )
    port: int = Field(default=0, ge=0, le=65535, description="port to listen on; 0: any free one")
    senders: dict[str, SenderSettings] = Field(
        default={},
        description="who may post dossiers: name to the SHA-256 of its key, or a table with "
        "key_sha256 and units; `dunghen sender-key NAME` writes one, and `dunghen keys add` makes "
        "keys that can be revoked",
    )
    max_body_mb: float = Field(
        default=4.0, gt=0, le=64, description="largest payload that is taken, in MB"
    )
    max_in_flight: int = Field(
        default=20_000,
        ge=1,
        description="records on their way to Kafka at a time; beyond it senders get 429",
    )
    spool_mb: float = Field(
        default=256.0,
        ge=0,
        le=65_536,
        description="MB of posted records that wait on disk while Kafka is away; beyond it senders "
        "get 503; 0: none may wait",
    )
    spool_folder: Path | None = Field(
        default=None,
        description="where they wait: a folder of this process alone that outlives it; default: in "
        "the state folder",
    )
