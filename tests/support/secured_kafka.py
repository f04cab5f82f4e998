"""A broker that asks who its clients are: TLS, SASL, and access control lists."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from infra.kafka.embedded import prepare, wait_ready
from infra.process import tied
from tests.support.waiting import free_port

ADMIN = "admin"


@dataclass(frozen=True)
class SecuredKafka:
    """``bootstrap``: where users log in. ``ca``: the certificate (PEM) that they trust."""

    bootstrap: str
    ca: Path
    passwords: Mapping[str, str]

    def client(self, user: str) -> dict[str, str | int | float | bool]:
        """librdkafka settings of a user."""
        return {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "PLAIN",
            "sasl.username": user,
            "sasl.password": self.passwords[user],
            "ssl.ca.location": str(self.ca),
        }

    def environment(self, user: str) -> dict[str, Any]:
        """The product's settings of a user."""
        return {
            "DUNGHEN_KAFKA_BOOTSTRAP": self.bootstrap,
            "DUNGHEN_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "DUNGHEN_KAFKA_SASL_MECHANISM": "PLAIN",
            "DUNGHEN_KAFKA_SASL_USERNAME": user,
            "DUNGHEN_KAFKA_SASL_PASSWORD": self.passwords[user],
            "DUNGHEN_KAFKA_SSL_CA_FILE": str(self.ca),
        }


@contextmanager
def secured_kafka(folder: Path, users: list[str]) -> Iterator[SecuredKafka]:
    """A broker with a second listener for ``users``, who may do nothing yet, and an admin."""
    command = prepare(folder, heap_mb=256, ask=False)
    port = free_port()
    passwords = {user: f"password-of-{user}" for user in (ADMIN, *users)}
    authority = trustme.CA()
    ca, keys = folder / "ca.pem", folder / "server.pem"
    authority.cert_pem.write_to_path(ca)
    _write_keys(authority.issue_cert("127.0.0.1"), keys)
    logins = " ".join(f'user_{user}="{password}"' for user, password in passwords.items())
    properties = command.folder / "server.properties"
    settings = dict(line.split("=", 1) for line in properties.read_text().splitlines())
    settings["listeners"] += f",SECURED://127.0.0.1:{port}"
    settings["advertised.listeners"] += f",SECURED://127.0.0.1:{port}"
    settings["listener.security.protocol.map"] += ",SECURED:SASL_SSL"
    settings |= {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(keys),
        "listener.name.secured.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.secured.plain.sasl.jaas.config": (
            f"org.apache.kafka.common.security.plain.PlainLoginModule required {logins};"
        ),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        # The broker itself comes without a name, over its own listener.
        "super.users": f"User:ANONYMOUS;User:{ADMIN}",
    }
    properties.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
    with (folder / "secured.log").open("wb") as log:
        process = subprocess.Popen(
            tied(command.argv), env=command.env, cwd=command.folder, stdin=subprocess.DEVNULL,
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        wait_ready(command.bootstrap, 60, alive=lambda: process.poll() is None)
        yield SecuredKafka(f"127.0.0.1:{port}", ca, passwords)
    finally:
        process.terminate()
        process.wait(30)


def _write_keys(certificate: trustme.LeafCert, path: Path) -> None:
    """Java reads a private key as PKCS #8 only."""
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
