from __future__ import annotations

import os
from pathlib import Path

import pytest

from dossiers.errors import UserError
from dunghen.settings.loading import load
from dunghen.terminal.masking import MASK

pytestmark = pytest.mark.usefixtures("alone")


def test_each_value_knows_its_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "dunghen.toml"
    file.write_text("[demo]\nspeed = 10\nseed = 2\n[api]\nport = 1000\n[kafka]\npartitions = 6\n")
    monkeypatch.setenv("DUNGHEN_DEMO_SEED", "3")
    monkeypatch.setenv("DUNGHEN_API_PORT", "2000")
    monkeypatch.setenv("DUNGHEN_SUPERVISION_STOP_SECONDS", "7")
    loaded = load({"api.port": 3000, "demo.speed": None})
    rows = {row.name: (row.value, row.origin) for row in loaded.rows()}
    assert rows["api.port"] == (3000, "flag")
    assert rows["demo.seed"] == (3, "env")
    assert rows["demo.speed"] == (10.0, "file")
    assert rows["kafka.partitions"] == (6, "file")
    assert rows["supervision.stop_seconds"] == (7.0, "env")
    assert rows["api.host"] == ("127.0.0.1", "default")
    assert loaded.environment() == {
        "DUNGHEN_API_PORT": "3000",
        "DUNGHEN_CONFIG": str(file.resolve()),
    }


def test_secrets_are_masked_and_every_setting_is_explained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DUNGHEN_KAFKA_SASL_PASSWORD", "hunter2")
    loaded = load()
    rows = {row.name: row for row in loaded.rows()}
    assert rows["kafka.sasl_password"].value == MASK
    assert loaded.settings.kafka.sasl_password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(loaded)
    assert [row.name for row in rows.values() if not row.description] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[kafka]\npartition = 3\n", r"“kafka\.partition”, which is no.*“kafka\.partitions”"),
        ("[kafak]\npartitions = 3\n", r"“kafak”, which is no section.*“kafka”"),
        ("[kafka]\npartitions = 0\n", r"kafka\.partitions in .* wrong value.*greater than"),
        ("[kafka]\ntopic_prefix = 'x-'\n", r"“kafka\.topic_prefix”, which is no.*It is gone"),
        ("[kafka\n", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "other.toml"
    file.write_text(text)
    with pytest.raises(UserError, match=said):
        load(file=file)


def test_a_wrong_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNGHEN_KAFKA_PARTITION", "3")
    with pytest.raises(UserError, match=r"DUNGHEN_KAFKA_PARTITION is no.*DUNGHEN_KAFKA_PARTITIONS"):
        load()
    monkeypatch.delenv("DUNGHEN_KAFKA_PARTITION")
    monkeypatch.setenv("DUNGHEN_KAFKA_TOPIC_PREFIX", "x-")
    with pytest.raises(UserError, match=r"DUNGHEN_KAFKA_TOPIC_PREFIX is no setting.*It is gone"):
        load()
    monkeypatch.delenv("DUNGHEN_KAFKA_TOPIC_PREFIX")
    monkeypatch.setenv("DUNGHEN_KAFKA_PARTITIONS", "many")
    with pytest.raises(UserError, match=r"in the environment \(DUNGHEN_KAFKA_PARTITIONS\)"):
        load()


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere\.toml does not exist"):
        load(file=tmp_path / "nowhere.toml")


@pytest.mark.parametrize("whose", ["anybody's", "another user's"])
def test_a_file_that_is_not_ours_is_taken_only_by_name(tmp_path: Path, whose: str) -> None:
    file = tmp_path / "dunghen.toml"
    file.write_text("[api]\nport = 1000\n")
    if whose == "anybody's":
        file.chmod(0o666)
    elif os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    else:
        os.chown(file, 65_534, 65_534)
    with pytest.raises(UserError, match=r"not taken without being named.*--config dunghen\.toml"):
        load()
    assert load(file=file).settings.api.port == 1000
