"""What another user of the machine may try: ``python -m tests.infra.intruder``.

Reads a Plan as JSON, becomes its user, and prints which attempts came to something.
"""

from __future__ import annotations

import encodings.idna  # noqa: F401 - sockets ask for it once the user has changed
import json
import os
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

SECONDS = 3.0  # whom the broker lets in it answers within some ms
SASL_HANDSHAKE, SASL_AUTHENTICATE, DESCRIBE_CLUSTER = 17, 36, 60


def attempts(plan: Mapping[str, Any]) -> list[str]:
    """``topic`` at the ports ``clients`` and ``controller``, with ``login`` (user and password, or
    none), and the ``files``."""
    port, login, topic = plan["clients"], plan["login"], plan["topic"]
    client: dict[str, Any] = {"bootstrap.servers": f"127.0.0.1:{port}", "log_level": 0}
    if login:
        client |= {
            "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN",
            "sasl.username": login[0], "sasl.password": login[1],
        }  # fmt: skip
    tries: dict[str, Callable[[], object]] = {
        "list": lambda: AdminClient(client).list_topics(timeout=SECONDS).brokers,
        "write": lambda: writes(client, topic),
        "read": lambda: reads(client, topic),
        "controller": lambda: asks_controller(plan["controller"], login),
        **{name: Path(name).read_bytes for name in plan["files"]},
    }
    with ThreadPoolExecutor(len(tries)) as pool:
        done = {name: pool.submit(succeeds, act) for name, act in tries.items()}
    return [name for name, found in done.items() if found.result()]


def succeeds(act: Callable[[], object]) -> bool:
    """Whether it gives something."""
    try:
        return bool(act())
    except (KafkaException, OSError):
        return False


def writes(client: Mapping[str, Any], topic: str) -> bool:
    """Whether a forged record is acknowledged."""
    taken: list[bool] = []
    producer = Producer({**client, "message.timeout.ms": int(SECONDS * 1000)})
    producer.produce(topic, b"forged", on_delivery=lambda error, _: taken.append(error is None))
    producer.flush(2 * SECONDS)
    return True in taken


def reads(client: Mapping[str, Any], topic: str) -> bool:
    """Whether a record comes."""
    consumer = Consumer({**client, "group.id": "spy", "auto.offset.reset": "earliest"})
    try:
        consumer.assign([TopicPartition(topic, 0, 0)])
        message = consumer.poll(SECONDS)
        return message is not None and message.error() is None
    finally:
        consumer.close()


def asks_controller(port: int, login: list[str] | None) -> bool:
    """Whether the controller answers a request, spoken by hand: no client of librdkafka does."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as line:
        if login:
            ask(line, SASL_HANDSHAKE, 1, struct.pack(">h5s", 5, b"PLAIN"))
            words = "\0".join(["", *login]).encode()
            ask(line, SASL_AUTHENTICATE, 0, struct.pack(">i", len(words)) + words)
        # A flexible version: tags after the header, then no rights, of controllers, and no tags.
        return len(ask(line, DESCRIBE_CLUSTER, 1, bytes([0, 0, 2, 0]))) > 20


def ask(line: socket.socket, key: int, version: int, body: bytes) -> bytes:
    """The answer to one request; OSError where the line is cut."""
    request = struct.pack(">hhih", key, version, 1, -1) + body
    line.sendall(struct.pack(">i", len(request)) + request)
    (length,) = struct.unpack(">i", exactly(line, 4))
    return exactly(line, length)


def exactly(line: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        piece = line.recv(length - len(found))
        if not piece:
            raise ConnectionResetError("cut off")
        found += piece
    return found


def main() -> None:
    plan = json.load(sys.stdin)
    if plan["user"]:  # only now: this user need not be able to read our modules
        os.setgroups([])
        os.setgid(plan["user"])
        os.setuid(plan["user"])
    print(json.dumps(attempts(plan)))


if __name__ == "__main__":
    main()
