"""Who may come in, as the command line and the settings say it."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from api.access.keys import Key, key_hash
from dossiers.errors import UserError
from dunghen.access.config import access_config, admin_token, is_loopback, refuse_open_door
from dunghen.access.key_file import KeyFile, add_key, read_keys, read_used, revoke_key, write_keys
from dunghen.cli import run
from dunghen.settings.installation import Installation
from dunghen.settings.loading import load


@pytest.fixture(autouse=True)
def _alone(alone: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNGHEN_STATE_ROOT", str(tmp_path / "state"))


def made(kind: Any = "live", **flags: Any) -> Installation:
    installation = Installation.of_kind(
        None, kind, {name.replace("__", "."): v for name, v in flags.items()}
    )
    installation.folder.create()
    return installation


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_on_loopback_nothing_is_asked_for(host: str) -> None:
    assert is_loopback(host)
    found = access_config(made(api__host=host))
    assert (found.loopback, found.local) == ("admin", True)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "dunghen.example.vn", ""])  # noqa: S104
def test_elsewhere_a_way_to_sign_in_is_asked_for(host: str) -> None:
    with pytest.raises(UserError, match=r"no way to sign in.*access\.issuer.*127\.0\.0\.1"):
        refuse_open_door(load({"api.host": host}).settings)
    refuse_open_door(load({"api.host": host, "access.admin_token": "x" * 30}).settings)
    refuse_open_door(load({"api.host": host, "access.issuer": "https://id.vn"}).settings)


def test_nothing_starts_with_an_open_door(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DUNGHEN_API_HOST", "0.0.0.0")  # noqa: S104
    for command in ("up", "demo"):
        assert run([command]) == 2
        assert "no way to sign in" in " ".join(capsys.readouterr().err.split())


def test_an_api_alone_is_not_even_given_its_settings_with_an_open_door() -> None:
    with pytest.raises(UserError, match="no way to sign in"):
        access_config(made(api__host="0.0.0.0"))  # noqa: S104


def test_with_a_provider_this_machine_has_no_rights_of_its_own() -> None:
    sign_in = {
        "access__issuer": "https://id.example.vn/realms/tinh",
        "access__client_id": "dunghen",
        "access__public_url": "https://dunghen.example.vn",
    }
    found = access_config(made(**sign_in))
    assert found.loopback == "none"
    assert found.provider is not None
    assert found.provider.client_id == "dunghen"
    assert access_config(made(**sign_in, access__loopback="wall")).loopback == "wall"
    behind = made(access__public_url="https://dunghen.example.vn")
    assert access_config(behind).loopback == "none", "a proxy may stand on this machine"
    for name, value in (
        ("access__client_id", ""),
        ("access__public_url", ""),
        ("access__public_url", "http://dunghen.example.vn"),
        ("access__issuer", "http://id.example.vn"),
        ("access__issuer", "id.example.vn"),
    ):
        with pytest.raises(UserError, match=name.replace("__", r"\.")):
            access_config(made(**{**sign_in, name: value}))


def test_signatures_with_a_shared_secret_cannot_be_switched_on() -> None:
    for algorithm in ("HS256", "none"):
        with pytest.raises(UserError, match=r"access\.algorithms"):
            load({"access.algorithms": [algorithm]})


def test_the_first_start_makes_secrets_for_this_user_only() -> None:
    here = made()
    first = access_config(here)
    assert len(first.admin_token) >= 40
    assert len(first.session_secret) >= 40
    assert first.admin_token.encode() != first.session_secret
    for name in ("admin-token", "session-secret"):
        assert stat.S_IMODE((here.folder.access / name).stat().st_mode) == 0o600
    again = access_config(here)
    assert again.admin_token == first.admin_token
    assert again.session_secret == first.session_secret
    assert first.admin_token not in repr(first)
    assert str(first.session_secret) not in repr(first)


def test_secrets_come_from_files_and_short_ones_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("a-token-that-is-long-enough\n")
    assert admin_token(made(access__admin_token_file=file)) == "a-token-that-is-long-enough"
    file.write_text("short\n")
    with pytest.raises(UserError, match="shorter than"):
        admin_token(made(access__admin_token_file=file))
    file.write_text("\n")
    with pytest.raises(UserError, match="is empty"):
        admin_token(made(access__admin_token_file=file))
    with pytest.raises(UserError, match="cannot be read"):
        admin_token(made(access__admin_token_file=tmp_path / "none"))


def test_the_token_is_printed_with_a_link_that_keeps_it_from_servers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["token"]) == 2
    assert "no administrator's token yet" in " ".join(capsys.readouterr().err.split())
    token = admin_token(made(access__public_url=""))
    assert run(["token"]) == 0
    assert capsys.readouterr().out.splitlines() == [token]
    Path("dunghen.toml").write_text('[access]\npublic_url = "https://dunghen.example.vn"\n')
    assert run(["token"]) == 0
    link = capsys.readouterr().out.splitlines()[1]
    assert link == f"https://dunghen.example.vn/enter#{token}"


def test_keys_are_made_listed_and_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    here = made()
    assert run(["keys", "add", "hall-3", "--role", "wall", "--unit", "H29.1", "--days", "2"]) == 0
    text = capsys.readouterr().out.split()[-1]
    file = here.folder.access / "keys.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert text not in file.read_text()
    (key,) = read_keys(file)
    assert (key.name, key.role, key.units, key.sha256) == (
        "hall-3", "wall", ("H29.1",), key_hash(text),
    )  # fmt: skip
    assert run(["keys", "add", "hall-3"]) == 2
    assert run(["keys", "add", "no spaces"]) == 2
    assert run(["keys", "add", "desk-0912345678"]) == 2, "it would stand with every event"
    assert run(["keys", "add", "m", "--role", "monitor", "--unit", "H29.1"]) == 2
    capsys.readouterr()
    assert run(["keys", "list", "--json"]) == 0
    (shown,) = json.loads(capsys.readouterr().out)["keys"]
    assert shown["name"] == "hall-3"
    assert shown["expires_at"] - shown["created_at"] == 2 * 86_400_000
    assert shown["last_used_at"] is None
    assert "sha256" not in shown
    assert run(["keys", "list"]) == 0
    assert run(["keys", "revoke", "hall-3"]) == 0
    assert run(["keys", "revoke", "hall-3"]) == 2
    assert not read_keys(file)[0].good(time.time_ns() // 1_000_000)
    assert run(["keys", "add", "hall-3"]) == 0, "the name is free again"


def test_a_key_is_bound_to_a_wall_and_lasts_longer(capsys: pytest.CaptureFixture[str]) -> None:
    here = made()
    assert run(["keys", "add", "tv", "--role", "wall", "--wall", "hall", "--days", "1"]) == 0
    assert "/wall/hall#key=KEY" in capsys.readouterr().out
    (key,) = read_keys(here.folder.access / "keys.json")
    assert (key.wall, key.units) == ("hall", ())
    assert run(["keys", "add", "x", "--role", "wall", "--wall", "No Name"]) == 2
    assert run(["keys", "add", "x", "--wall", "hall"]) == 2, "a sender shows nothing"
    assert run(["keys", "extend", key.id, "--days", "30"]) == 0
    (longer,) = read_keys(here.folder.access / "keys.json")
    assert (longer.expires_at or 0) > (key.expires_at or 0) + 28 * 86_400_000
    capsys.readouterr()
    assert run(["keys", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["keys"][0]["wall"] == "hall"
    assert run(["keys", "revoke", "tv"]) == 0
    assert run(["keys", "extend", key.id, "--days", "30"]) == 2, "what is revoked stays so"


def test_the_api_sees_new_and_revoked_keys_and_notes_their_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "keys.json"
    fixed = Key(id="settings:a", name="a", role="sender", sha256=key_hash("a"))
    book = KeyFile(file, [fixed])
    assert book.find(key_hash("a")) == fixed
    now = 1_000
    key, text = add_key(file, "w", "wall", (), None, now)
    assert book.find(key_hash(text)) is None, "looked a moment ago"
    _later(book, monkeypatch)
    assert book.find(key_hash(text)) == key
    assert book.by_id(key.id) == key
    revoke_key(file, key.id, now + 1)
    _later(book, monkeypatch)
    found = book.by_id(key.id)
    assert found is not None
    assert not found.good(now + 2)
    book.used(key.id)
    book.flush()
    assert read_used(file)[key.id] > now
    assert KeyFile(file)._used == read_used(file), "kept over a restart"


def test_a_damaged_file_of_keys_leaves_them_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "keys.json"
    key, text = add_key(file, "w", "wall", (), None, 0)
    book = KeyFile(file)
    assert book.find(key_hash(text)) == key
    file.write_text("{")
    _later(book, monkeypatch)
    assert book.find(key_hash(text)) == key
    assert "cannot be read" in caplog.text
    with pytest.raises(UserError, match="cannot be read"):
        read_keys(file)
    write_keys(file, [])
    _later(book, monkeypatch)
    assert book.find(key_hash(text)) is None


def _later(book: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "_looked", 0.0)


def test_keys_that_anybody_may_add_to_open_nothing(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    _, text = add_key(file, "w", "wall", (), None, 0)
    file.chmod(0o666)
    with pytest.raises(UserError, match="may write keys of their own into"):
        read_keys(file)
    assert KeyFile(file).find(key_hash(text)) is None
