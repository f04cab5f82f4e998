"""server.properties and logging of a one-node Kafka that is small, quiet and starts fast."""

from __future__ import annotations

from pathlib import Path

from infra.kafka.login import CLIENT, NODE, Passwords

_YEARS_10_MINUTES = 10 * 365 * 24 * 60

# One node that is small, starts fast, and keeps what it has.
_SMALL: dict[str, object] = {
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": 0,
    # One node: internal topics have one replica, and few partitions for a fast start.
    "default.replication.factor": 1,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    # A state folder opened again after months goes on where it stopped.
    "offsets.retention.minutes": _YEARS_10_MINUTES,
    # Disk: segments small enough to be cleaned soon, indexes in proportion to them.
    "log.segment.bytes": 256 * 1024 * 1024,
    "log.index.size.max.bytes": 1024 * 1024,
    "offsets.topic.segment.bytes": 16 * 1024 * 1024,
    "transaction.state.log.segment.bytes": 16 * 1024 * 1024,
    "metadata.log.segment.bytes": 16 * 1024 * 1024,
    # Memory and threads: by default the cleaner alone takes 128 MB.
    "log.cleaner.threads": 1,
    "log.cleaner.dedupe.buffer.size": 32 * 1024 * 1024,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "num.replica.fetchers": 1,
    "num.recovery.threads.per.data.dir": 2,
    "background.threads": 4,
    "group.coordinator.threads": 1,
    # After a kill -9 the broker may come back only when its old session has ended (9 s).
    "broker.session.timeout.ms": 3_000,
    "broker.heartbeat.interval.ms": 500,
}

# Of an exception the root cause and a few lines: what it was, not the way through Scala.
LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd'T'HH:mm:ss.SSS} %p %m (%c{1})%n%rEx{6}
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


def server_properties(
    data: Path, port: int, controller_port: int, passwords: Passwords | None
) -> str:
    """Return the text of server.properties for a broker and controller in one process.

    Both listen on the loopback interface only. They let in who has one of the ``passwords``, so the
    text is a secret; without any they let in everybody.
    """
    protocol = "PLAINTEXT" if passwords is None else "SASL_PLAINTEXT"
    settings: dict[str, object] = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.bootstrap.servers": f"127.0.0.1:{controller_port}",
        "listeners": f"BROKER://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"BROKER://127.0.0.1:{port}",
        "inter.broker.listener.name": "BROKER",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": f"BROKER:{protocol},CONTROLLER:{protocol}",
        "log.dirs": data,
        **_SMALL,
        **(_login(passwords) if passwords is not None else {}),
    }
    return "".join(f"{key}={_escaped(value)}\n" for key, value in settings.items())


def _login(passwords: Passwords) -> dict[str, str]:
    """Clients come as CLIENT; broker and controller meet each other as NODE, and the controller's
    port is for NODE alone."""
    node = f'user_{NODE}="{passwords.node}"'
    login = (
        "org.apache.kafka.common.security.plain.PlainLoginModule required "
        f'username="{NODE}" password="{passwords.node}" {node}'
    )
    return {
        "sasl.enabled.mechanisms": "PLAIN",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.broker.plain.sasl.jaas.config": (
            f'{login} user_{CLIENT}="{passwords.client}";'
        ),
        "listener.name.controller.plain.sasl.jaas.config": f"{login};",
    }


def _escaped(value: object) -> str:
    """Escape what a Java properties file would read otherwise, such as a Vietnamese folder name."""
    text = str(value).replace("\\", "\\\\")
    units = text.encode("utf-16-be")
    codes = [int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2)]
    return "".join(chr(code) if 32 <= code < 127 else f"\\u{code:04x}" for code in codes)
