"""Every setting of the product, typed and explained.

Values come from flags, then the environment (``DUNGHEN_<SECTION>_<NAME>``), then the file
(``--config``, ``DUNGHEN_CONFIG`` or ``./dunghen.toml``), then the defaults below.
``dunghen.settings.loading`` reads them and knows where each came from; ``dunghen.wiring`` maps them
into the configuration of the rooms.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from dunghen.settings.personal import PersonalSettings
from dunghen.settings.portal import PortalSettings
from dunghen.settings.stream import LimitSettings, SettingsSection, SinkSettings, WorkerSettings


class StateSettings(SettingsSection):
    root: Path = Field(
        default=Path("~/.local/state/dunghen"),
        description="where state folders stand when --state is not given: one for live, "
        "simulation and replay each",
    )


class KafkaSection(SettingsSection):
    bootstrap: str = Field(
        default="", description="host:port of a Kafka that runs already; empty: the embedded one"
    )
    partitions: int = Field(
        default=4, ge=1, le=1024, description="partitions of a new timeline; fixed for its life"
    )
    replication: int = Field(default=1, ge=1, le=9, description="copies of every partition")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="how clients speak to Kafka"
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="used with SASL_PLAINTEXT and SASL_SSL"
    )
    sasl_username: str = Field(default="", description="user of SASL")
    sasl_password: SecretStr = Field(default=SecretStr(""), description="password of SASL")
    ssl_ca_file: Path | None = Field(
        default=None, description="certificates (PEM) to trust with SSL"
    )


class ClickHouseSection(SettingsSection):
    url: str = Field(
        default="",
        description="http(s)://host:port of a ClickHouse server; empty: the embedded engine",
    )
    user: str = Field(default="default", description="user of the server")
    password: SecretStr = Field(default=SecretStr(""), description="password of the server")
    database: str = Field(default="dunghen", description="database of the tables on the server")
    cluster: str = Field(default="", description="cluster for ON CLUSTER; empty: one server")
    keep_mb: int = Field(
        default=256,
        ge=0,
        description="MB that stay free on the disk under the embedded engine: below it the sink "
        "waits; 0: it never does, and a full disk may damage the tables",
    )


class SenderSection(SettingsSection):
    """Somebody who may post dossiers. Written as a text, it is the key's SHA-256 alone."""

    key_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    units: tuple[str, ...] = ()  # codes (madonvi) that it may send for; empty: all

    @model_validator(mode="before")
    @classmethod
    def _hash_alone(cls, given: Any) -> Any:
        return {"key_sha256": given} if isinstance(given, str) else given


class ApiSettings(SettingsSection):
    host: str = Field(
        default="127.0.0.1",
        description="address to listen on; any but a loopback one needs a way to sign in "
        "(access.issuer, access.admin_token or access.admin_token_file)",
    )
    port: int = Field(default=0, ge=0, le=65535, description="port to listen on; 0: any free one")
    senders: dict[str, SenderSection] = Field(
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


class AccessSection(SettingsSection):
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


class WallSettings(SettingsSection):
    title: str = Field(default="Đúng Hẹn", description="heading if the reference data has none")
    officer_names: Literal["initials", "full", "off"] = Field(
        default="initials", description="how the wall names officers"
    )


class NotifySettings(SettingsSection):
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


class LiveSection(SettingsSection):
    reference: Path | None = Field(
        default=None,
        description="units, officers, procedures and rules (TOML or JSON) of `dunghen up`",
    )
    tick_seconds: float = Field(default=1.0, gt=0, le=10, description="seconds between two ticks")


class DemoSettings(SettingsSection):
    speed: float = Field(
        default=60.0, gt=0, le=10_000, description="seconds of the city in one second"
    )
    seed: int = Field(default=1, ge=0, description="the city: the same seed, the same dossiers")
    city: Path | None = Field(default=None, description="rates of the simulated city (TOML)")


class SupervisionSettings(SettingsSection):
    start_seconds: float = Field(default=90.0, gt=0, description="longest start of one process")
    stop_seconds: float = Field(default=20.0, gt=0, description="from SIGTERM to SIGKILL")
    backoff_seconds: float = Field(default=0.5, gt=0, description="wait before the first restart")
    backoff_max_seconds: float = Field(
        default=30.0, gt=0, description="longest wait before a restart"
    )
    log_mb: int = Field(default=10, ge=1, description="size at which a log file is rotated, in MB")
    log_files: int = Field(default=3, ge=1, description="rotated log files kept a process")


class Settings(BaseSettings):
    """All settings. Make one with ``dunghen.settings.loading.load``."""

    model_config = SettingsConfigDict(
        env_prefix="DUNGHEN_",
        env_nested_delimiter="_",
        env_nested_max_split=1,
        extra="forbid",
        frozen=True,
    )

    state: StateSettings = StateSettings()
    kafka: KafkaSection = KafkaSection()
    clickhouse: ClickHouseSection = ClickHouseSection()
    worker: WorkerSettings = WorkerSettings()
    limits: LimitSettings = LimitSettings()
    sink: SinkSettings = SinkSettings()
    api: ApiSettings = ApiSettings()
    portal: PortalSettings = PortalSettings()
    access: AccessSection = AccessSection()
    personal: PersonalSettings = PersonalSettings()
    wall: WallSettings = WallSettings()
    notify: NotifySettings = NotifySettings()
    live: LiveSection = LiveSection()
    demo: DemoSettings = DemoSettings()
    supervision: SupervisionSettings = SupervisionSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Nothing by itself: ``load`` asks each source alone, to know the origin of a value."""
        return (init_settings,)
