"""Who may use the embedded Kafka: nobody but who can read its state folder."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Producer

from infra.kafka.broker import EmbeddedKafka
from infra.kafka.embedded import prepare
from infra.kafka.errors import EmbeddedKafkaError
from infra.kafka.login import CLIENT, NODE, client_login, ensure_passwords
from tests.support.kafka import TestKafka

ROOT = Path(__file__).parents[2]
NOBODY = 65534
TOPIC = "dossier-events"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("asking")


@pytest.fixture(scope="module")
def broker(state: Path) -> Iterator[EmbeddedKafka]:
    with EmbeddedKafka(state) as broker:
        kafka = TestKafka(broker.bootstrap, broker.login)
        kafka.create_topics(TOPIC)
        producer = Producer(kafka.client)
        producer.produce(TOPIC, b"true")
        assert producer.flush(20) == 0
        yield broker


def attempts(state: Path, login: Sequence[str] | None = None, user: int = 0) -> list[str]:
    """What comes to something, by a program that knows ``login`` and runs as ``user``."""
    clients, controller = json.loads((state / "kafka" / "ports.json").read_text())
    plan = {
        "clients": clients, "controller": controller, "topic": TOPIC, "login": login, "user": user,
        "files": [str(state / "kafka" / name) for name in ("passwords.json", "server.properties")],
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.infra.intruder"],
        cwd=ROOT, input=json.dumps(plan), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [Path(name).name for name in json.loads(done.stdout)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("login", [None, (CLIENT, ""), (CLIENT, "guess"), (NODE, "guess")])
def test_another_user_of_the_machine_gets_nothing(
    state: Path, broker: EmbeddedKafka, login: tuple[str, str] | None
) -> None:
    assert attempts(state, login, NOBODY) == []
    [message] = TestKafka(broker.bootstrap, broker.login).read_all(TOPIC)
    assert message.value() == b"true"


def test_the_same_attempts_come_to_something_by_who_may(tmp_path: Path, state: Path) -> None:
    files = ["passwords.json", "server.properties"]
    with EmbeddedKafka(tmp_path) as broker:
        TestKafka(broker.bootstrap, broker.login).create_topics(TOPIC)
        passwords = ensure_passwords(tmp_path / "kafka")
        found = attempts(tmp_path, (CLIENT, passwords.client))
        assert found == ["list", "write", "read", *files], "clients have no part in the controller"
        assert attempts(tmp_path, (NODE, passwords.node)) == [
            "list", "write", "read", "controller", *files
        ]  # fmt: skip
        assert attempts(tmp_path) == files


@pytest.mark.usefixtures("broker")
def test_passwords_stand_in_files_of_this_user_and_nowhere_else(
    state: Path, broker: EmbeddedKafka
) -> None:
    attempts(state, (CLIENT, "guess"))  # which the log tells of
    passwords = ensure_passwords(state / "kafka")
    words = [passwords.client, passwords.node]
    holding = []
    for path in state.rglob("*"):
        if path.is_file() and any(word.encode() in path.read_bytes() for word in words):
            holding.append(path.name)
            assert path.stat().st_mode & 0o777 == 0o600, path
    assert sorted(holding) == ["passwords.json", "server.properties"]
    process = psutil.Process(broker.pid)
    shown = [*process.cmdline(), *process.environ().values(), repr(passwords)]
    assert not any(word in text for word in words for text in shown)


def test_each_folder_has_its_own_passwords_and_keeps_them(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    first, other = map(ensure_passwords, folders)
    assert ensure_passwords(folders[0]) == first
    assert len({first.client, first.node, other.client, other.node}) == 4


@pytest.mark.parametrize("content", ["", "{}", '{"client": "known to all"}', "[]", None])
def test_passwords_that_others_may_know_are_made_anew(tmp_path: Path, content: str | None) -> None:
    first = ensure_passwords(tmp_path)
    file = tmp_path / "passwords.json"
    if content is None:
        file.chmod(0o644)
    else:
        file.write_text(content)
    again = ensure_passwords(tmp_path)
    assert again.client not in ("", "known to all", first.client)
    assert file.stat().st_mode & 0o777 == 0o600
    assert ensure_passwords(tmp_path) == again
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_folder_from_before_is_given_passwords_at_its_next_start(tmp_path: Path) -> None:
    with EmbeddedKafka(tmp_path, ask=False) as broker:
        TestKafka(broker.bootstrap).create_topics("kept")
        address = broker.bootstrap
    assert client_login(tmp_path) == {}
    with EmbeddedKafka(tmp_path) as broker:
        assert broker.bootstrap == address
        assert broker.login == client_login(tmp_path)
        assert "kept" in TestKafka(broker.bootstrap, broker.login).topic_names()


def test_a_broker_that_runs_and_asks_nobody_keeps_its_clients(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else they would begin to log in where nobody takes a password."""
    folder = tmp_path / "kafka"
    folder.mkdir()
    monkeypatch.setattr("infra.kafka.embedded._LOCK_SECONDS", 0.0)
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(EmbeddedKafkaError, match="Another Kafka already runs"):
            prepare(tmp_path)
    assert client_login(tmp_path) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_passwords_that_another_user_put_there_are_made_anew(tmp_path: Path) -> None:
    first = ensure_passwords(tmp_path)
    os.chown(tmp_path / "passwords.json", NOBODY, NOBODY)
    assert ensure_passwords(tmp_path).client != first.client


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
@pytest.mark.parametrize("name", ["kafka", "kafka/data"])
def test_a_folder_of_another_user_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "kafka" / "data").mkdir(parents=True)
    os.chown(tmp_path / name, NOBODY, NOBODY)
    with pytest.raises(EmbeddedKafkaError, match="belongs to another user"):
        prepare(tmp_path)
    assert not (tmp_path / "kafka" / "passwords.json").exists()


def test_a_pipe_in_place_of_the_passwords_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "passwords.json", 0o600)
    assert ensure_passwords(tmp_path) == ensure_passwords(tmp_path)


def test_no_link_in_the_folder_is_written_through(tmp_path: Path) -> None:
    victim, folder = tmp_path / "victim", tmp_path / "kafka"
    victim.write_text("precious")
    folder.mkdir()
    for name in ("passwords.json", "server.properties", "log4j2.properties", "ports.json"):
        (folder / name).symlink_to(victim)
    prepare(tmp_path)
    assert victim.read_text() == "precious"


def test_the_password_is_there_even_if_kafka_cannot_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The API then starts before Kafka, and reads once how to log in."""
    monkeypatch.setattr("infra.kafka.embedded._FREE_BYTES_NEEDED", 2**62)
    with pytest.raises(EmbeddedKafkaError, match="are free on the disk"):
        prepare(tmp_path)
    assert client_login(tmp_path)["sasl.password"]
