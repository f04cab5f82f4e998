"""With what a command logs in to Kafka: as the state folder knows, or as the settings say."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from dunghen.settings.installation import Installation
from dunghen.settings.loading import load
from dunghen.state.folder import Endpoints, StateFolder
from dunghen.terminal.logs import Scrubbing
from infra.kafka.login import ensure_passwords, login_of

OWN, SERVER = "127.0.0.1:20001", "kafka.example:9094"
SETTINGS = {
    "kafka.security_protocol": "SASL_SSL",
    "kafka.sasl_mechanism": "SCRAM-SHA-512",
    "kafka.sasl_username": "worker",
    "kafka.sasl_password": "of the server",
}
OF_SERVER = {
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "SCRAM-SHA-512",
    "sasl.username": "worker",
    "sasl.password": "of the server",
}


pytestmark = pytest.mark.usefixtures("alone")


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    """One on which an embedded Kafka listened at OWN."""
    made = StateFolder(tmp_path / "state")
    made.create()
    kafka = made.path / "kafka"
    kafka.mkdir()
    (kafka / "ports.json").write_text(json.dumps([20001, 20002]))
    return made


def client(folder: StateFolder, bootstrap: str = "", **settings: str) -> dict[str, str]:
    loaded = load({"kafka.bootstrap": bootstrap or None, **settings})
    return Installation(loaded, folder).client


@pytest.mark.parametrize("bootstrap", ["", OWN])
@pytest.mark.parametrize("settings", [{}, SETTINGS])
def test_the_folder_s_own_kafka_has_the_folder_s_password(
    folder: StateFolder, bootstrap: str, settings: dict[str, str]
) -> None:
    """Whatever the settings say of a server that is not in use."""
    own = login_of(ensure_passwords(folder.path / "kafka"))
    assert client(folder, bootstrap, **settings) == own


def test_a_server_is_told_what_the_settings_say_and_never_the_folder_s_password(
    folder: StateFolder,
) -> None:
    ensure_passwords(folder.path / "kafka")
    assert client(folder, SERVER) == {}
    assert client(folder, SERVER, **SETTINGS) == OF_SERVER


def test_a_stack_that_runs_on_a_server_is_no_embedded_kafka(folder: StateFolder) -> None:
    ensure_passwords(folder.path / "kafka")
    with folder.lock:
        folder.write_endpoints(Endpoints(kafka=SERVER))
        assert client(folder, **SETTINGS) == OF_SERVER
        folder.write_endpoints(Endpoints(kafka=OWN))
        assert client(folder, **SETTINGS)["sasl.username"] == "dunghen"


def test_a_kafka_from_before_is_asked_without_a_password(folder: StateFolder) -> None:
    assert client(folder) == {}


def test_a_folder_without_a_kafka_leaves_it_to_the_settings(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "new")
    assert client(folder, SERVER, **SETTINGS) == OF_SERVER


def test_no_log_shows_a_password_that_was_used(folder: StateFolder) -> None:
    password = client_password(folder)
    record = logging.LogRecord("x", logging.INFO, "x", 1, "PLAIN %s", (password,), None)
    assert password not in Scrubbing().format(record)


def client_password(folder: StateFolder) -> str:
    ensure_passwords(folder.path / "kafka")
    return client(folder)["sasl.password"]
