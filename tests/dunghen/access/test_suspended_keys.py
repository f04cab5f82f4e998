"""A restore may bring back keys that were revoked since: all sleep until somebody confirms them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from api.access.keys import Key, key_hash
from dossiers.errors import UserError
from dunghen.access.key_file import KeyFile, add_key, read_keys, revoke_key, write_keys
from dunghen.backup.restoring import restore_backup
from dunghen.cli import run
from dunghen.state.folder import StateFolder
from tests.dunghen.backup.forged_backup import (
    QUIET,
    TIMELINE,
    file_entry,
    refused,
    sound_entries,
    write_backup,
)  # fmt: skip

NOW = 1_000


@pytest.fixture
def restored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, dict[str, str]]:
    """A state folder with keys as of a backup; one was revoked before it, one after. And the texts
    of the keys."""
    first = StateFolder(tmp_path / "first")
    first.create()
    first.note_timeline(TIMELINE)
    file = first.access / "keys.json"
    texts = {
        name: add_key(file, name, "sender", (), ends, NOW)[1]
        for name, ends in (("before", None), ("after", None), ("kept", None), ("over", NOW + 1))
    }
    revoke_key(file, "before", NOW)
    assert run(["backup", str(tmp_path / "backup"), "--state", str(first.path)]) == 0
    revoke_key(file, "after", NOW)
    state = ["--state", str(tmp_path / "state")]
    capsys.readouterr()
    assert run(["restore", str(tmp_path / "backup"), *state, "--no-verify", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [key["name"] for key in said["suspended_keys"]] == ["after", "kept"]
    return tmp_path / "state", texts


def good(state: Path, texts: dict[str, str]) -> list[str]:
    book = KeyFile(state / "access" / "keys.json")
    found = {name: book.find(key_hash(text)) for name, text in texts.items()}
    return [name for name, key in found.items() if key is not None and key.good(NOW + 2)]


def test_after_a_restore_no_key_opens_anything(restored: tuple[Path, dict[str, str]]) -> None:
    state, texts = restored
    assert good(state, texts) == []
    assert (state / "access" / "keys.json").stat().st_mode & 0o777 == 0o600


def test_the_restore_and_the_list_name_them(
    restored: tuple[Path, dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--state", str(restored[0])]
    assert run(["keys", "list", *at, "--json"]) == 0
    shown = {key["name"]: key for key in json.loads(capsys.readouterr().out)["keys"]}
    assert all(shown[name]["suspended_at"] > NOW for name in ("after", "kept"))
    assert shown["before"]["revoked_at"] == NOW
    assert run(["keys", "list", *at]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if "suspended" in line] == ["after", "kept"]

    again = ["restore", str(tmp_path / "backup"), "--state", str(tmp_path / "other")]
    assert run([*again, "--no-verify"]) == 0
    said = capsys.readouterr().out
    assert "suspended" in said
    assert "dunghen keys confirm" in said
    assert all(name in said for name in ("after", "kept"))


def test_those_that_are_named_are_woken_or_all(restored: tuple[Path, dict[str, str]]) -> None:
    state, texts = restored
    at = ["--state", str(state)]
    assert run(["keys", "confirm", "kept", *at]) == 0
    assert good(state, texts) == ["kept"]
    assert run(["keys", "confirm", "--all", *at]) == 0
    assert good(state, texts) == ["after", "kept"], "but none that was revoked, or is over"
    assert run(["keys", "confirm", "--all", *at]) == 0


@pytest.mark.parametrize(
    "arguments", [[], ["kept", "--all"], ["kept", "nobody"], ["before"], ["over"]]
)
def test_a_wrong_name_wakes_none(
    restored: tuple[Path, dict[str, str]], arguments: list[str]
) -> None:
    state, texts = restored
    assert run(["keys", "confirm", *arguments, "--state", str(state)]) == 2
    assert good(state, texts) == []


def test_a_suspended_key_can_be_revoked_and_keeps_its_name(
    restored: tuple[Path, dict[str, str]],
) -> None:
    state, texts = restored
    at = ["--state", str(state)]
    assert run(["keys", "add", "after", *at]) == 2, "two good keys of one name after a confirmation"
    assert run(["keys", "revoke", "after", *at]) == 0
    assert run(["keys", "confirm", "--all", *at]) == 0
    assert good(state, texts) == ["kept"]
    assert run(["keys", "add", "after", *at]) == 0


def keys_in(backup: Path, content: bytes) -> Path:
    (backup / "access").mkdir(parents=True)
    (backup / "access" / "keys.json").write_bytes(content)
    entry = file_entry("access/keys.json", content)
    return write_backup(backup, [*sound_entries(), entry])


def test_a_second_restore_keeps_them_suspended(tmp_path: Path) -> None:
    key = Key(id="1", name="a", role="wall", sha256="0", suspended_at=NOW)
    backup = keys_in(tmp_path / "backup", msgspec.json.encode([key]))
    restore_backup(backup, StateFolder(tmp_path / "state"), QUIET)
    assert read_keys(tmp_path / "state" / "access" / "keys.json") == [key]


@pytest.mark.parametrize("name", ["\x1b[2J", "two words", "", "x" * 41])
def test_keys_that_no_command_makes_are_damage(tmp_path: Path, name: str) -> None:
    key = Key(id="1", name=name, role="wall", sha256="0")
    refused(keys_in(tmp_path / "backup", msgspec.json.encode([key])), "keys.json is missing or not")


def test_keys_that_cannot_be_read_open_nothing_and_stop_no_restore(tmp_path: Path) -> None:
    keys_in(tmp_path / "backup", b"[" * 100_000)
    at = ["--state", str(tmp_path / "state"), "--no-verify"]
    assert run(["restore", str(tmp_path / "backup"), *at]) == 0
    assert KeyFile(tmp_path / "state" / "access" / "keys.json").find("") is None


def test_what_stands_in_the_file_survives_a_confirmation(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    key = Key(id="1", name="a", role="sender", sha256="0", units=("H29",), expires_at=2**50)
    write_keys(file, [msgspec.structs.replace(key, suspended_at=NOW)])
    from dunghen.access.key_file import confirm_keys

    assert [woken.id for woken in confirm_keys(file, ["1"], NOW)] == ["1"]
    assert read_keys(file) == [key]


def test_of_commands_at_once_none_undoes_what_another_did(tmp_path: Path) -> None:
    file = tmp_path / "access" / "keys.json"
    count = 8
    for number in range(count):
        add_key(file, f"old-{number}", "wall", (), None, NOW)

    def change(number: int) -> None:
        revoke_key(file, f"old-{number}", NOW + 1)
        add_key(file, f"new-{number}", "wall", (), None, NOW)

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(change, range(count)))
    keys = read_keys(file)
    assert len(keys) == 2 * count
    assert all((key.revoked_at is None) == key.name.startswith("new") for key in keys)


def test_a_folder_that_is_not_there_is_not_made_to_end_a_key(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No key"):
        revoke_key(tmp_path / "access" / "keys.json", "x", NOW)
    assert not list(tmp_path.iterdir())
