"""Making a state folder ready, and what is said where that cannot be done."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.kafka.embedded import prepare, wait_ready
from infra.kafka.errors import EmbeddedKafkaError, PortTakenError, explain
from infra.kafka.ports import last_bootstrap
from infra.kafka.properties import server_properties
from tests.support import free_port


def test_formats_once_and_keeps_the_cluster(tmp_path: Path) -> None:
    said: list[str] = []
    prepare(tmp_path, progress=said.append)
    meta = tmp_path / "kafka" / "data" / "meta.properties"
    before = meta.read_text()
    again = prepare(tmp_path, progress=said.append)

    assert meta.read_text() == before
    assert [line for line in said if line.startswith("Formatting")] == said
    assert len(said) == 1
    assert f":{again.port}," in (tmp_path / "kafka" / "server.properties").read_text()
    assert again.argv[-1] == str(tmp_path / "kafka" / "server.properties")


def test_the_port_that_clients_know_is_taken_again_or_waited_for(tmp_path: Path) -> None:
    first = prepare(tmp_path)
    assert last_bootstrap(tmp_path) == first.bootstrap
    with socket.create_server(("127.0.0.1", first.port)):
        with pytest.raises(PortTakenError, match=str(first.port)):
            prepare(tmp_path, port=first.port)
        # Refused, it has not settled for another one.
        assert last_bootstrap(tmp_path) == first.bootstrap
    assert prepare(tmp_path, port=first.port).port == first.port
    assert last_bootstrap(tmp_path / "none") == ""


def test_a_formatting_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    data = tmp_path / "kafka" / "data"
    for folder in (data, data.with_name("data.new")):
        (folder / "__cluster_metadata-0").mkdir(parents=True)

    prepare(tmp_path)

    assert (data / "meta.properties").is_file()
    assert not data.with_name("data.new").exists()


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    blocked = tmp_path / "state"
    blocked.write_text("not a folder")
    with pytest.raises(EmbeddedKafkaError) as caught:
        prepare(blocked)
    assert str(blocked) in str(caught.value)
    assert "--state" in str(caught.value)


def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil._ntuple_diskusage(10**12, 10**12 - 3 * 2**20, 3 * 2**20)

    def nearly_full(_: object) -> object:
        return usage

    monkeypatch.setattr("infra.kafka.embedded.shutil.disk_usage", nearly_full)
    with pytest.raises(EmbeddedKafkaError, match=r"Only 3 MB are free .* free some room"):
        prepare(tmp_path)


def test_waiting_ends_when_the_process_has_ended() -> None:
    with pytest.raises(EmbeddedKafkaError, match="ended before it answered"):
        wait_ready(f"127.0.0.1:{free_port()}", 30, alive=lambda: False)


def test_waiting_ends_after_its_time() -> None:
    with pytest.raises(EmbeddedKafkaError, match=r"did not answer on 127.0.0.1:\d+ within 0 s"):
        wait_ready(f"127.0.0.1:{free_port()}", 0.1, alive=lambda: True)


@pytest.mark.parametrize(
    ("output", "kind", "words"),
    [
        ("java.net.BindException: Address already in use", PortTakenError, "start again"),
        ("java.io.IOException: No space left on device", EmbeddedKafkaError, "is full"),
        ("AccessDeniedException: /var/x/meta.properties", EmbeddedKafkaError, "may not write"),
        ("Failed to acquire lock on file .lock in /x", EmbeddedKafkaError, "Another Kafka"),
        ("Shutdown broker because all log dirs in /x have failed", EmbeddedKafkaError, "failing"),
        ("java.lang.OutOfMemoryError: Java heap space", EmbeddedKafkaError, "out of memory"),
        ("UnsupportedClassVersionError: kafka/Kafka", EmbeddedKafkaError, "too old"),
    ],
)
def test_known_causes_become_sentences(
    output: str, kind: type[EmbeddedKafkaError], words: str, tmp_path: Path
) -> None:
    error = explain(f"INFO starting\n{output}\n", tmp_path)
    assert type(error) is kind
    assert words in str(error)


def test_an_unknown_cause_is_not_guessed(tmp_path: Path) -> None:
    assert explain("INFO all is well", tmp_path) is None


def test_properties_are_read_back_by_java_as_they_were(
    tmp_path: Path, unescape: Callable[[str], str]
) -> None:
    folder = tmp_path / "Đúng Hẹn" / "a\\b" / "😀"
    text = server_properties(folder, 20001, 20002, None)
    assert text.isascii()
    line = next(line for line in text.splitlines() if line.startswith("log.dirs="))
    assert unescape(line.partition("=")[2]) == str(folder)


@pytest.fixture
def unescape() -> Callable[[str], str]:
    def undo(text: str) -> str:
        units = text.encode("ascii").decode("unicode_escape")
        return units.encode("utf-16", "surrogatepass").decode("utf-16")

    return undo
