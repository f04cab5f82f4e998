"""The broker and ClickHouse in containers, for machines with a Docker engine.

Asked for with DUNGHEN_TEST_BROKER=testcontainers; `make test` does without.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from infra.kafka.embedded import wait_ready
from infra.ports import free_ports

KAFKA_IMAGE = "apache/kafka:4.2.1"
CLICKHOUSE_IMAGE = "clickhouse/clickhouse-server:25.3"


@dataclass(frozen=True)
class ClickHouseServer:
    """Where a ClickHouse server listens, and who may use it."""

    url: str
    user: str
    password: str
    database: str


def wanted() -> bool:
    """Tell whether the environment asks for containers."""
    return os.environ.get("DUNGHEN_TEST_BROKER") == "testcontainers"


def engine_present() -> bool:
    """Tell whether a Docker engine answers."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    answer = subprocess.run(
        (docker, "info", "--format", "{{.ServerVersion}}"), capture_output=True, check=False
    )
    return answer.returncode == 0


@contextmanager
def kafka_container() -> Iterator[str]:
    """Run a broker in a container; yields its bootstrap address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from testcontainers.core.container import DockerContainer

    (port,) = free_ports(1)
    settings = {
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_NODE_ID": "1",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_LISTENERS": f"BROKER://0.0.0.0:{port},CONTROLLER://0.0.0.0:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"BROKER://127.0.0.1:{port}",
        "KAFKA_INTER_BROKER_LISTENER_NAME": "BROKER",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
    }
    container = DockerContainer(KAFKA_IMAGE).with_bind_ports(port, port)
    for name, value in settings.items():
        container = container.with_env(name, value)
    with container:
        bootstrap = f"127.0.0.1:{port}"
        wait_ready(bootstrap, 90)
        yield bootstrap


@contextmanager
def clickhouse_container() -> Iterator[ClickHouseServer]:
    """Run a ClickHouse server in a container."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from testcontainers.clickhouse import ClickHouseContainer

    with ClickHouseContainer(
        CLICKHOUSE_IMAGE, username="dunghen", password="dunghen", dbname="dunghen", port=8123
    ) as container:
        host, port = container.get_container_host_ip(), container.get_exposed_port(8123)
        yield ClickHouseServer(f"http://{host}:{port}", "dunghen", "dunghen", "dunghen")
