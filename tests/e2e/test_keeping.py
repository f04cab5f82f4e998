"""Rebuild, backup and restore as their user has them, on a whole stack."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from sinks.rebuild import TABLES
from sinks.store import Store
from tests.e2e import made_log
from tests.e2e.product import Replay, answer, dunghen

pytestmark = pytest.mark.timeout(1200)
DOSSIERS = 60
SECRETS = {
    "DUNGHEN_NOTIFY_WEBHOOK_URL": "https://hooks.example/services/T0Kq7Zt",
    "DUNGHEN_NOTIFY_WEBHOOK_SECRET": "the-key-of-the-webhook",
    "DUNGHEN_NOTIFY_SMTP_PASSWORD": "the-password-of-mails",
    "DUNGHEN_ACCESS_ADMIN_TOKEN": "the-token-of-the-administrator",
}
# An event more or less need not change a count.
DAMAGES = (
    "ALTER TABLE dossiers UPDATE unit = 'another' WHERE dossier_id = 'd-0001'",
    "ALTER TABLE alerts DELETE WHERE alert_id IN (SELECT min(alert_id) FROM alerts)",
    "ALTER TABLE dossier_events DELETE WHERE event_id IN "
    "(SELECT min(event_id) FROM dossier_events WHERE kind = 'progressed')",
)


def tables(state: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, and which sink fills them; tallies without their version: a worker
    that starts sends every tally again, the same in a newer record."""
    with Store.embedded(str(state / "clickhouse")) as store:
        found = {
            name: store.query(f"SELECT * FROM {name} FINAL ORDER BY ALL")  # noqa: S608
            if name != "sink_timeline"
            else store.query("SELECT timeline FROM sink_timeline")
            for name in TABLES
        }
    for row in found["tallies"]:
        del row["version"]
    return found


def command_lines() -> list[str]:
    """Of us and all our children: any user of the machine may read them."""
    family = psutil.Process().children(recursive=True)
    return [" ".join(process.cmdline()) for process in family]


def holding(secret: str, folder: Path) -> list[str]:
    """Files with this text."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [str(path) for path in files if secret.encode() in path.read_bytes()]


def for_others(*folders: Path) -> list[str]:
    """Every file and folder that another user of the machine may open, one by one."""
    found = []
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            with suppress(FileNotFoundError):  # the stack goes on meanwhile
                mode = path.lstat().st_mode
                if mode & 0o077 and not stat.S_ISLNK(mode):
                    found.append(str(path))
    return found


def test_backed_up_while_it_runs_restored_and_rebuilt(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(made_log.MAPPING)
    log = made_log.write(tmp_path / "log.csv", made_log.made(DOSSIERS))
    replay = Replay(log, tmp_path / "map.toml", tmp_path / "state")
    backup, other = tmp_path / "backup", tmp_path / "other"
    with replay.served(**SECRETS) as serving:
        serving.result()
        made = answer("backup", str(backup), *replay.at)
        assert made["paused"] is not None
        assert for_others(replay.state, backup) == []
        assert not any(secret in line for secret in SECRETS.values() for line in command_lines())
        refused = dunghen("rebuild", *replay.at, status=2)
        assert "Stop it (Ctrl-C there)" in refused.stderr
        # The stack goes on as if nothing had been.
        assert answer("verify", *replay.at)["equal"] is True
    assert serving.process.returncode == 0, serving.errors.read_text()
    session_secret = (replay.state / "access" / "session-secret").read_text()
    for secret in (*SECRETS.values(), session_secret):
        for folder in (replay.state / "logs", replay.state / "run", backup):
            assert holding(secret, folder) == []
        assert secret not in serving.errors.read_text()
    first = tables(replay.state)

    report = answer("restore", str(backup), "--state", str(other))
    assert (report["equal"], report["dossiers"]) == (True, DOSSIERS)
    second = tables(other)
    assert second == first

    with Store.embedded(str(other / "clickhouse")) as store:
        for damage in DAMAGES:
            store.command(f"{damage} SETTINGS mutations_sync = 1")
    checks = answer("verify", "--state", str(other), status=1)["checks"]
    assert {check["name"].partition(" = ")[0] for check in checks if check["differences"]} >= {
        "ClickHouse dossiers", "ClickHouse alerts", "ClickHouse events",
    }  # fmt: skip
    rebuilt = answer("rebuild", "--state", str(other))
    assert rebuilt["tables"]["dossiers"] == DOSSIERS
    assert tables(other) == second
    assert answer("verify", "--state", str(other))["equal"] is True
