"""The embedded Kafka: a real broker in a state folder, from nothing but Python packages.

`prepare` makes the folder ready and returns the command; whoever supervises it starts it, waits
with `wait_ready`, and asks `explain` when it ends by itself. `infra.kafka.broker` does all three.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from confluent_kafka import KafkaException

from broker.kafka import Kafka
from infra.kafka.class_cache import with_cache
from infra.kafka.errors import EmbeddedKafkaError, explain
from infra.kafka.jars import Progress, classpath
from infra.kafka.java import Java, find_java
from infra.kafka.login import Passwords, ensure_passwords, login_of, write_private
from infra.kafka.ports import choose_ports
from infra.kafka.properties import LOGGING, server_properties
from infra.kafka.storage import format_storage, is_formatted
from infra.process import locked, wait_for_lock

_FREE_BYTES_NEEDED = 512 * 1024 * 1024
_LOCK_SECONDS = 5.0
_IMPATIENT = {
    # By default a client that was refused waits up to 10 s before it tries again.
    "reconnect.backoff.ms": 50,
    "reconnect.backoff.max.ms": 100,
}


@dataclass(frozen=True)
class KafkaCommand:
    """How to start the broker, and where it will listen.

    Spawn ``argv`` with ``env`` and ``cwd=folder``; it logs to its standard output. ``passwords``:
    None if it asks for none.
    """

    argv: tuple[str, ...]
    env: dict[str, str]
    folder: Path
    port: int
    controller_port: int
    passwords: Passwords | None = field(repr=False)

    @property
    def bootstrap(self) -> str:
        """The address for clients."""
        return f"127.0.0.1:{self.port}"

    @property
    def login(self) -> dict[str, str]:
        """Settings of librdkafka with which a client is let in."""
        return {} if self.passwords is None else login_of(self.passwords)


def prepare(
    state_dir: Path,
    *,
    heap_mb: int = 512,
    progress: Progress | None = None,
    port: int = 0,
    java: Java | None = None,
    ask: bool = True,
) -> KafkaCommand:
    """Make ``state_dir/kafka`` ready to start: folder, passwords, free ports, settings, storage.

    The ports of the last start are taken again while they are free, so clients find a restarted
    broker. ``port``: it must be this one, because clients know it. ``java``: None takes what there
    is. ``ask``: whether the broker asks who its clients are; every program of the machine gets into
    one that does not. Call it before every start.
    Raises EmbeddedKafkaError with a sentence for the user.
    """
    folder = Path(state_dir).absolute() / "kafka"
    with _writing(folder):
        _make_private(folder)
        # Before the passwords: a broker that runs here, perhaps one that asks for none, keeps its
        # own, or its clients would be locked out.
        _require_unused(folder)
        # Before what may fail: what is started though Kafka is not (the API) has to know how to
        # log in.
        passwords = ensure_passwords(folder) if ask else None
    jars = classpath(progress=progress)
    java_argv = _java_argv(java or with_cache(find_java(), jars), jars, folder, heap_mb)
    with _writing(folder):
        _require_room(folder)
        write_private(folder / "log4j2.properties", LOGGING)
        ports = choose_ports(folder, port)
        settings = partial(
            server_properties, port=ports[0], controller_port=ports[1], passwords=passwords
        )
        write_private(folder / "server.properties", settings(folder / "data"))
    # Kafka reads its own variables, and ours hold secrets that are none of its business.
    env = {k: v for k, v in os.environ.items() if not k.startswith(("KAFKA_", "DUNGHEN_"))}
    if not is_formatted(folder):
        if progress:
            progress("Formatting the storage of the embedded Kafka ...")
        format_storage(folder, settings, java_argv, env)
    server = (*java_argv, "kafka.Kafka", str(folder / "server.properties"))
    return KafkaCommand(locked(server, folder / "lock"), env, folder, *ports, passwords)


def wait_ready(
    bootstrap: str,
    timeout: float,
    *,
    login: Mapping[str, str] | None = None,
    alive: Callable[[], bool] | None = None,
) -> None:
    """Return when the broker answers; ``alive`` tells whether its process still runs.

    ``login``: settings of librdkafka with which we are let in.

    Raises EmbeddedKafkaError when it ends or does not answer within ``timeout`` seconds.
    """
    deadline = time.monotonic() + timeout
    admin = Kafka(bootstrap, login).admin(_IMPATIENT)
    while time.monotonic() < deadline:
        with suppress(KafkaException):
            if admin.list_topics(timeout=0.5).brokers:
                return
        if alive is not None and not alive():
            raise EmbeddedKafkaError(f"Kafka ended before it answered on {bootstrap}.")
        time.sleep(0.05)
    raise EmbeddedKafkaError(
        f"Kafka did not answer on {bootstrap} within {timeout:.0f} s: the machine may be "
        "overloaded; look at the end of its log and try again."
    )


def _java_argv(java: Java, jars: list[Path], folder: Path, heap_mb: int) -> tuple[str, ...]:
    return (
        str(java.launcher),
        *java.options,
        f"-Xmx{heap_mb}m",
        "-Xms64m",
        # The heap is small and mostly short-lived: pauses stay at a few ms without G1's threads.
        "-XX:+UseSerialGC",
        # The second compiler would be busy for minutes beside a stack that has two cores in all.
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        # Else it writes what it does into a folder of /tmp that any user may read.
        "-XX:-UsePerfData",
        "-Djava.awt.headless=true",
        "-Djava.net.preferIPv4Stack=true",
        f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'}",
        "-cp",
        os.pathsep.join(str(jar) for jar in jars),
    )


def _make_private(folder: Path) -> None:
    """The folder and its log for this user only, also if they were made otherwise once: what
    Kafka writes takes the umask of who starts it. Raises OSError, also if another user owns one of
    them, who could put a file of theirs in the place of ours."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in (folder, folder / "data"):
        if not path.is_dir():
            continue
        found = path.stat()
        if found.st_uid != os.geteuid():
            raise PermissionError(errno.EPERM, "it belongs to another user")
        if stat.S_IMODE(found.st_mode) & 0o077:
            path.chmod(0o700)


def _require_unused(folder: Path) -> None:
    """Raises EmbeddedKafkaError if another broker works on the folder."""
    # Kafka's own lock comes too late: by then a second broker has broken the first one's log.
    if not wait_for_lock(folder / "lock", _LOCK_SECONDS):
        raise explain("Another process holds the lock", folder) or AssertionError


def _require_room(folder: Path) -> None:
    """Raises EmbeddedKafkaError if its disk is nearly full."""
    free = shutil.disk_usage(folder).free
    if free < _FREE_BYTES_NEEDED:
        raise EmbeddedKafkaError(
            f"Only {free // 2**20} MB are free on the disk that holds {folder}, and Kafka needs at "
            f"least {_FREE_BYTES_NEEDED // 2**20} MB: free some room, or choose another folder "
            "with --state."
        )


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EmbeddedKafkaError(
            f"The state folder {folder} cannot be written ({error.strerror or error}): give this "
            "user the right to write there, or choose another folder with --state."
        ) from error
