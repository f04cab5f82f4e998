"""What every command begins with: the settings and the state folder they speak of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from broker.kafka import Kafka
from dossiers.errors import UserError
from dunghen.settings.flags import GIVEN
from dunghen.settings.loading import Loaded, load
from dunghen.settings.model import Settings
from dunghen.state.folder import Endpoints, StateFolder
from dunghen.terminal.masking import remember_file
from infra.kafka.login import client_login
from infra.kafka.ports import last_bootstrap

Kind = Literal["live", "simulation", "replay"]
KINDS: tuple[Kind, ...] = ("live", "simulation", "replay")


@dataclass(frozen=True)
class Installation:
    """What one command works on: the settings, and the state folder."""

    loaded: Loaded
    folder: StateFolder

    @classmethod
    def of_kind(
        cls, state: Path | None, kind: Kind, flags: dict[str, Any] | None = None
    ) -> Installation:
        """For a command that starts a timeline of ``kind``; without ``state``, in the folder that
        the settings give this kind. ``flags``: settings by their dotted names. Raises UserError."""
        loaded = load(flags, GIVEN.config)
        return cls(loaded, _folder(state or loaded.settings.state.root / kind))

    @classmethod
    def find(cls, state: Path | None, flags: dict[str, Any] | None = None) -> Installation:
        """For a command that looks at a timeline, whatever its kind.

        Without ``state``: the folder on which a stack runs, else the one used last. Raises
        UserError if stacks run on several.
        """
        loaded = load(flags, GIVEN.config)
        if state is not None:
            return cls(loaded, _folder(state))
        folders = [_folder(loaded.settings.state.root / kind) for kind in KINDS]
        running = [folder for folder in folders if folder.lock.holder() is not None]
        if len(running) > 1:
            raise UserError(
                "Stacks run on " + " and ".join(str(folder.path) for folder in running) + ".",
                "Say which with --state DIR.",
            )
        used = sorted((f for f in folders if f.exists), key=lambda f: f.last_used(), reverse=True)
        return cls(loaded, (running or used or folders)[0])

    @property
    def settings(self) -> Settings:
        """The settings, whatever their origins."""
        return self.loaded.settings

    @property
    def spool_folder(self) -> Path:
        """Where what was posted waits for Kafka, and what is noted of its timeline."""
        return self.settings.api.spool_folder or self.folder.spool.parent

    @property
    def client(self) -> dict[str, str]:
        """Settings of librdkafka with which the Kafka in use lets us in: what the state folder
        knows of its own broker, and for any other what the settings say."""
        own = last_bootstrap(self.folder.path)
        running = self.folder.endpoints() or Endpoints()
        if own != (self.settings.kafka.bootstrap or running.kafka or own):
            return kafka_client(self.settings)
        login = client_login(self.folder.path)
        remember_file(login.get("sasl.password", ""))
        return login

    @property
    def kafka(self) -> Kafka:
        """The clients of the Kafka in use. Raises UserError if there is none."""
        return Kafka(self.endpoints().kafka, self.client)

    def endpoints(self) -> Endpoints:
        """Where Kafka and the API are: of the running stack, or as the settings say."""
        running = self.folder.endpoints() or Endpoints()
        kafka = self.settings.kafka.bootstrap or running.kafka
        if not kafka:
            raise UserError(
                f"No stack runs on the state folder {self.folder.path}.",
                "Start one with `dunghen up`, `dunghen demo` or `dunghen replay`, or name it with "
                "--state DIR.",
            )
        return Endpoints(kafka, running.api, running.pid, running.token)


def _folder(path: Path) -> StateFolder:
    folder = StateFolder(path)
    folder.secure()  # before anything in it is believed
    return folder


def kafka_client(settings: Settings) -> dict[str, str]:
    """Security settings of librdkafka."""
    kafka = settings.kafka
    found: dict[str, str] = {}
    if kafka.security_protocol != "PLAINTEXT":
        found["security.protocol"] = kafka.security_protocol
        if kafka.ssl_ca_file is not None:
            found["ssl.ca.location"] = str(kafka.ssl_ca_file)
    if kafka.security_protocol.startswith("SASL"):
        found["sasl.mechanism"] = kafka.sasl_mechanism
        found["sasl.username"] = kafka.sasl_username
        found["sasl.password"] = kafka.sasl_password.get_secret_value()
    return found
