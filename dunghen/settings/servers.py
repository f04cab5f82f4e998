"""Settings of Kafka and ClickHouse."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from dunghen.settings.section import SettingsSection


class KafkaSettings(SettingsSection):
    """Which Kafka is used, how clients sign in, and what a new timeline gets there."""

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


class ClickHouseSettings(SettingsSection):
    """Which ClickHouse is used, and how clients sign in."""

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
