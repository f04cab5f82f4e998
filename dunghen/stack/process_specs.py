"""How each process of the embedded stack is started, and when it counts as ready."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from dunghen.settings.installation import Installation
from dunghen.stack.child import IMPORTANT, Command, ProcessSpec
from dunghen.stack.children import own_command
from dunghen.stack.readiness import api_answers, kafka_listens, worker_runs
from dunghen.state.folder import Endpoints
from dunghen.terminal.errors import as_user_error
from infra.kafka.embedded import prepare, wait_ready
from infra.kafka.errors import explain
from infra.kafka.login import client_login
from infra.kafka.ports import last_bootstrap

_KAFKA_IMPORTANT = re.compile(rb"\b(?:ERROR|FATAL)\b")
# The embedded Kafka listens on loopback only. Of any other, whoever runs it should know.
_IMPORTANT_BESIDE_IT = re.compile(
    rb"^(?!.*: Sending username and password in the clear$)" + IMPORTANT.pattern.removeprefix(b"^")
)


@dataclass(frozen=True)
class KafkaSpec:
    """The broker's process, and its address once it was prepared; before that the address of the
    last start, "" without one. It stays what it was when it was first asked for."""

    process: ProcessSpec
    bootstrap: Callable[[], str]


def kafka_spec(installation: Installation, progress: Callable[[str], None]) -> KafkaSpec:
    """The embedded broker."""
    known = ""
    settings = installation.settings.supervision

    def command() -> Command:
        nonlocal known
        try:
            # Every client knows the first address: wait until the port is free again.
            now = prepare(
                installation.folder.path, progress=progress, port=int(known.rpartition(":")[2] or 0)
            )
        except OSError as error:
            raise as_user_error(error) or error from error
        known = now.bootstrap
        return Command(now.argv, now.env, now.folder)

    async def ready() -> None:
        stopped = threading.Event()
        try:
            await asyncio.to_thread(
                wait_ready,
                known,
                settings.start_seconds,
                login=client_login(installation.folder.path),
                alive=lambda: not stopped.is_set(),
            )
        finally:
            stopped.set()

    def explained(output: str) -> Exception | None:
        return explain(output, installation.folder.path / "kafka")

    def bootstrap() -> str:
        nonlocal known
        known = known or last_bootstrap(installation.folder.path)
        return known

    spec = ProcessSpec(
        name="kafka",
        command=command,
        ready=ready,
        start_seconds=settings.start_seconds,
        stop_seconds=settings.stop_seconds,
        important=_KAFKA_IMPORTANT,
        explain=explained,
    )
    return KafkaSpec(spec, bootstrap)


def worker_spec(installation: Installation, endpoints: Endpoints) -> ProcessSpec:
    """The stream worker; ready once it has taken over its partitions."""
    env = {"DUNGHEN_KAFKA_BOOTSTRAP": endpoints.kafka}
    instance = installation.settings.worker.instance
    asked = 0

    def command() -> Command:
        nonlocal asked
        asked = time.time_ns() // 1_000_000
        return own_command(installation, "worker", env=env)

    async def ready() -> None:
        await worker_runs(installation.folder.run, instance, asked)

    return _needs_kafka(_own(installation, "worker", ready, command), endpoints)


def api_spec(installation: Installation, endpoints: Endpoints, port: int) -> ProcessSpec:
    """API and feed, and with the embedded engine the sink and the notifier too."""
    env = {
        "DUNGHEN_KAFKA_BOOTSTRAP": endpoints.kafka,
        "DUNGHEN_API_PORT": str(port),
        "DUNGHEN_INTERNAL_TOKEN": endpoints.token,
    }

    async def ready() -> None:
        await api_answers(installation.settings.api.host, port)

    return _own(installation, "api", ready, lambda: own_command(installation, "api", env=env))


def driver_spec(
    installation: Installation, endpoints: Endpoints, arguments: tuple[str, ...]
) -> ProcessSpec:
    """What brings time and events: ``tick`` or ``simulate``; ready as soon as it runs."""

    async def ready() -> None:
        return

    env = {"DUNGHEN_KAFKA_BOOTSTRAP": endpoints.kafka}
    own = _own(
        installation, arguments[0], ready, lambda: own_command(installation, *arguments, env=env)
    )
    return _needs_kafka(own, endpoints)


def _needs_kafka(spec: ProcessSpec, endpoints: Endpoints) -> ProcessSpec:
    """Started in vain every few seconds it would cost a core, and be no sooner back."""
    return replace(spec, needed=lambda: kafka_listens(endpoints.kafka))


def _own(
    installation: Installation,
    name: str,
    ready: Callable[[], Awaitable[None]],
    command: Callable[[], Command],
) -> ProcessSpec:
    settings = installation.settings.supervision
    return ProcessSpec(
        name=name,
        command=command,
        ready=ready,
        start_seconds=settings.start_seconds,
        stop_seconds=settings.stop_seconds,
        important=IMPORTANT if installation.settings.kafka.bootstrap else _IMPORTANT_BESIDE_IT,
    )
