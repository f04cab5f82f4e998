"""No secret of any setting is shown: by commands, in sentences, logs, tracebacks or processes."""

from __future__ import annotations

import io
import json
import logging
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_origin

import pytest
from pydantic import SecretStr

from broker import reading as kafka_read
from dunghen.cli import run
from dunghen.settings.installation import Installation
from dunghen.settings.loading import load, names, variable
from dunghen.settings.model import Settings
from dunghen.stack.supervisor import Supervisor
from dunghen.terminal import defects, logs, masking
from dunghen.terminal.masking import MASK, masked, remember, scrub, scrub_bytes
from dunghen.wiring import notifier_config
from infra.kafka import embedded
from sinks.engines import ServerEngine
from tests.dunghen.stack.fake_processes import OBEDIENT, Journal, Recorder

# Settings of these types hold no secret: numbers, choices, files, and hashes of keys.
_NEVER = (int, float, bool, Path, Path | None)
# These take signs alone, or a time of day: no secret is made of these.
_NO_ROOM = ("personal.id_marks", "verify.at")


@pytest.fixture(autouse=True)
def _alone(alone: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DUNGHEN_STATE_ROOT", str(tmp_path / "state"))
    monkeypatch.setattr(kafka_read, "METADATA_TIMEOUT", 0.2)
    root = logging.getLogger()
    before = root.handlers[:], root.level, root.manager.disable
    yield
    root.handlers[:], root.level, root.manager.disable = before
    remember(())


def kind_of(name: str) -> Any:
    section, field = name.split(".")
    return Settings.model_fields[section].annotation.model_fields[field].annotation  # type: ignore


def secrets_in_everything(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A secret in each setting that can hold one, in the places where people put them."""
    planted = []
    for number, name in enumerate(names()):
        if name in _NO_ROOM:
            continue
        kind = kind_of(name)
        key = f"Kx{number:03}q7Zt"
        if kind is SecretStr:
            value = f"https://hook.example/T{key}path?token=Q{key}" if "url" in name else f"P{key}w"
            planted += [f"T{key}path", f"Q{key}"] if "url" in name else [f"P{key}w"]
        elif kind is str and name != "kafka.bootstrap":
            value = f"http://user:W{key}@127.0.0.1:9/path?token=Q{key}"
            planted += [f"W{key}", f"Q{key}"]
        elif kind is str:
            value = f"user:W{key}@127.0.0.1:9"
            planted += [f"W{key}"]
        else:
            assert kind in _NEVER or get_origin(kind) in (Literal, tuple, dict), (
                f"{name} is of a kind of which nobody has said whether it can hold a secret"
            )
            continue
        monkeypatch.setenv(variable(name), value)
    assert len(planted) > 40
    return planted


def leaked(planted: list[str], *texts: str) -> list[str]:
    return [secret for secret in planted if any(secret in text for text in texts)]


@pytest.mark.parametrize(
    "arguments",
    [
        ["config"],
        ["config", "--json"],
        ["doctor"],
        ["status"],
        ["status", "--json"],
        ["topics"],
        ["acls"],
        ["migrate"],
        ["sink"],
        ["api"],
        ["worker"],
        ["tick"],
        ["verify"],
        ["rebuild"],
        ["refold"],
        ["backup", "there"],
        ["keys", "list"],
        ["dead-letters", "list"],
        ["reference", "show"],
        ["audit", "list"],
        ["up"],
    ],
    ids=" ".join,
)
def test_no_command_shows_a_secret(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    planted = secrets_in_everything(monkeypatch)
    run(arguments)
    found = capfd.readouterr()
    assert leaked(planted, found.out, found.err) == [], found.err[-3000:]
    if arguments == ["config", "--json"]:
        rows = json.loads(found.out)
        assert rows["clickhouse.url"]["value"] == f"http://{MASK}@127.0.0.1:9/path?token={MASK}"
        assert rows["notify.webhook_url"]["value"] == MASK
        assert rows["kafka.bootstrap"]["value"] == f"{MASK}@127.0.0.1:9"


def test_each_setting_alone_is_masked_in_config(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = secrets_in_everything(monkeypatch)
    loaded = load()
    assert leaked(planted, *(str(row.value) for row in loaded.rows())) == []
    assert leaked(planted, str(loaded.environment())) == []
    urls = [row for row in loaded.rows() if row.value == MASK]
    assert len(urls) >= 8


def test_a_secret_given_as_a_wrong_value_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    secret = "hunter2-hunter2"
    for name in names():
        if kind_of(name) not in (str, SecretStr, Path, Path | None):
            with monkeypatch.context() as patch:
                patch.setenv(variable(name), secret)
                assert run(["config"]) == 2, name
    for text in (f"[kafka]\npartitions = '{secret}'\n", f"[kafka]\npassword {secret}\n"):
        (tmp_path / "dunghen.toml").write_text(text)
        assert run(["config"]) == 2
    said = capsys.readouterr()
    assert secret not in said.out + said.err
    assert "defect" not in said.err


def test_tracebacks_and_logs_are_scrubbed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planted = secrets_in_everything(monkeypatch)
    load()
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure()
    for secret in planted:
        try:
            raise RuntimeError(f"a library failed with {secret}")
        except RuntimeError as error:
            logging.getLogger("a.library").exception("it met %s", secret)
            failed = error
    assert "a library failed with" in stream.getvalue()
    assert leaked(planted, stream.getvalue()) == []

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(logging.Logger, "hasHandlers", lambda _: False)
    defects.report(failed)
    (file,) = tmp_path.glob("dunghen-error-*")
    assert "a library failed with" in file.read_text()
    assert leaked(planted, file.read_text(), stream.getvalue()) == []


@pytest.mark.asyncio
async def test_what_a_child_says_is_scrubbed_before_it_is_filed(tmp_path: Path) -> None:
    folder = Installation.find(tmp_path / "state").folder
    folder.create()
    remember([SecretStr("a-password-of-kafka")])
    recorder = Recorder()
    supervisor = Supervisor(folder, recorder)
    says = "print('ERROR it is a-password-of-kafka', flush=True)\n" + OBEDIENT
    await supervisor.start(Journal(tmp_path / "journal").spec("kafka", says))
    await supervisor.stop()
    filed = (folder.logs / "kafka.log").read_bytes()
    assert b"ERROR it is ********" in filed
    assert ("kafka", b"ERROR it is ********") in recorder.lines
    assert b"a-password" not in filed


def test_kafka_is_told_nothing_of_our_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    planted = secrets_in_everything(monkeypatch)
    (tmp_path / "kafka" / "data").mkdir(parents=True)
    (tmp_path / "kafka" / "data" / "meta.properties").touch()
    monkeypatch.setattr(embedded, "classpath", lambda **_: [Path("a.jar")])
    command = embedded.prepare(tmp_path)
    assert leaked(planted, str(command.env), str(command.argv)) == []


def test_user_and_password_in_the_address_of_clickhouse_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr("clickhouse_connect.get_client", lambda **options: given.update(options))
    engine = ServerEngine("https://an%40na:p%2Fw@host:1/x?y=z", "default", "other")
    engine.connect(None)
    assert (given["username"], given["password"], given["host"]) == ("an@na", "p/w", "host")
    assert "p%2Fw" not in repr(engine)
    assert str(engine.explain(OSError())).startswith("ClickHouse at https://host:1/x cannot")


def test_the_webhook_still_gets_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "https://hooks.example/services/T000/B000?token=x"
    monkeypatch.setenv("DUNGHEN_NOTIFY_WEBHOOK_URL", address)
    timeline: Any = types.SimpleNamespace(id="0", kind="live")
    monkeypatch.setenv("DUNGHEN_KAFKA_BOOTSTRAP", "127.0.0.1:9")
    (webhook,) = notifier_config(Installation.find(None), timeline).webhooks
    assert webhook.url == address
    assert address not in repr(webhook)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("127.0.0.1:9092,b:1", "127.0.0.1:9092,b:1"),
        ("https://host/path", "https://host/path"),
        ("https://u:p@ss/w@host/path", f"https://{MASK}@host/path"),
        ("https://token@host", f"https://{MASK}@host"),
        ("https://host?a=b&c=d#e=f", f"https://host?a={MASK}&c={MASK}#e={MASK}"),
        ("u:p@host:25", f"{MASK}@host:25"),
        ("dunghen@localhost", "dunghen@localhost"),
        ("Một cửa: 7-11", "Một cửa: 7-11"),
    ],
)
def test_addresses_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_words_are_no_secrets() -> None:
    remember(["dunghen@localhost", "http://dunghen@host", SecretStr("abc"), "a?title=b", 5, None])
    assert scrub("dunghen, abc, title") == "dunghen, abc, title"
    remember([SecretStr("pass word"), "http://u:s3cret%21@host"])
    assert scrub("pass%20word s3cret! s3cret%21") == f"{MASK} {MASK} {MASK}"
    assert scrub_bytes(b"\xff pass word") == b"\xff " + MASK.encode()
    assert masking.scrub("") == ""
