"""Every setting of the product, typed and explained.

Values come from flags, then the environment (``DUNGHEN_<SECTION>_<NAME>``), then the file
(``--config``, ``DUNGHEN_CONFIG`` or ``./dunghen.toml``), then the defaults below.
``dunghen.settings.loading`` reads them and knows where each came from; ``dunghen.wiring`` maps them
into the configuration of the rooms.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from dunghen.settings.access import AccessSettings
from dunghen.settings.api import ApiSettings
from dunghen.settings.desk import DeskSettings
from dunghen.settings.late_list import LateListSettings
from dunghen.settings.notify import NotifySettings
from dunghen.settings.personal import PersonalSettings
from dunghen.settings.portal import PortalSettings
from dunghen.settings.section import SettingsSection
from dunghen.settings.servers import ClickHouseSettings, KafkaSettings
from dunghen.settings.stream import LimitSettings, SinkSettings, WorkerSettings
from dunghen.settings.verify import VerifySettings


class StateSettings(SettingsSection):
    """Where state folders stand."""

    root: Path = Field(
        default=Path("~/.local/state/dunghen"),
        description="where state folders stand when --state is not given: one for live, "
        "simulation and replay each",
    )


class WallSettings(SettingsSection):
    """How the wall shows."""

    title: str = Field(default="Đúng Hẹn", description="heading if the reference data has none")
    officer_names: Literal["initials", "full", "off"] = Field(
        default="initials", description="how the wall names officers"
    )


class LiveSettings(SettingsSection):
    """What a live timeline is made from, and its clock."""

    reference: Path | None = Field(
        default=None,
        description="units, officers, procedures and rules (TOML or JSON) of `dunghen up`",
    )
    tick_seconds: float = Field(default=1.0, gt=0, le=10, description="seconds between two ticks")


class DemoSettings(SettingsSection):
    """The simulated city of `dunghen demo`."""

    speed: float = Field(
        default=60.0, gt=0, le=10_000, description="seconds of the city in one second"
    )
    seed: int = Field(default=1, ge=0, description="the city: the same seed, the same dossiers")
    city: Path | None = Field(default=None, description="rates of the simulated city (TOML)")


class SupervisionSettings(SettingsSection):
    """How the processes of the embedded stack are started, stopped and logged."""

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
    kafka: KafkaSettings = KafkaSettings()
    clickhouse: ClickHouseSettings = ClickHouseSettings()
    worker: WorkerSettings = WorkerSettings()
    limits: LimitSettings = LimitSettings()
    sink: SinkSettings = SinkSettings()
    api: ApiSettings = ApiSettings()
    portal: PortalSettings = PortalSettings()
    access: AccessSettings = AccessSettings()
    personal: PersonalSettings = PersonalSettings()
    desk: DeskSettings = DeskSettings()
    late_list: LateListSettings = LateListSettings()
    wall: WallSettings = WallSettings()
    notify: NotifySettings = NotifySettings()
    live: LiveSettings = LiveSettings()
    verify: VerifySettings = VerifySettings()
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
