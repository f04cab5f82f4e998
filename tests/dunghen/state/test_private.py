"""What a state folder holds is for one user alone, whoever made it and with whatever umask."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dossiers.errors import UserError
from dunghen.settings.installation import Installation
from dunghen.state.folder import StateFolder
from infra.kafka import embedded
from sources.spool import Spool

NOBODY = 65_534
ROOT = Path(__file__).parents[3]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    """The worst that a user may have."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def open_folder(path: Path) -> StateFolder:
    """A state folder as it was made once: everybody may read."""
    folder = StateFolder(path)
    folder.create()
    for name in ("kafka/data/dossier-events-0", "spool", "logs", "faust"):
        (path / name).mkdir(parents=True, exist_ok=True)
    (path / "kafka/data/dossier-events-0/0.log").write_bytes(b"a name")
    (path / "spool/spool.sqlite").touch()
    for each in (path, *path.rglob("*")):
        if not each.is_symlink():
            each.chmod(0o755 if each.is_dir() else 0o644)
    return folder


def readable_by_others(root: Path) -> list[str]:
    """What another user reaches below ``root``, by modes alone; all folders above let it in."""
    found = []
    for path in root.iterdir():
        may = mode(path) & 0o077
        if may:
            found.append(str(path))
        if path.is_dir() and not path.is_symlink() and may & 0o011:
            found += readable_by_others(path)
    return found


def test_folders_from_before_are_closed_to_others_at_the_next_start(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "state")
    folder.create()
    assert mode(folder.path) == 0o700
    for name in ("kafka", "kafka/data", "clickhouse", "logs", "run", "work", "spool", "access"):
        assert mode(folder.path / name) == 0o700, name


def test_every_command_closes_them_that_names_the_folder(tmp_path: Path) -> None:
    for name, command in (
        ("a", Installation.find),
        ("b", lambda path: Installation.of_kind(path, "live")),
    ):
        folder = open_folder(tmp_path / name)
        command(folder.path)
        assert mode(folder.path) == mode(folder.path / "kafka") == 0o700


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o755)
    (tmp_path / "home" / "letter").touch(0o644)
    Installation.find(tmp_path / "home")
    assert mode(tmp_path / "home") == 0o755


def test_a_folder_in_which_anybody_writes_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "new", open_folder(tmp_path / "used").path):
        path.mkdir(exist_ok=True)
        path.chmod(0o777)
        for use in (StateFolder(path).create, lambda path=path: Installation.find(path)):
            with pytest.raises(UserError, match="Every user of this machine may write into"):
                use()
        assert mode(path) == 0o777


@as_root
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    state = open_folder(tmp_path / "state").path
    os.chown(state, NOBODY, NOBODY)
    for use in (
        StateFolder(state).create,
        lambda: Installation.find(state),
        lambda: Installation.of_kind(state, "live"),
    ):
        with pytest.raises(UserError, match="belongs to another user"):
            use()
    os.chown(state, 0, 0)
    os.chown(state / "kafka", NOBODY, NOBODY)
    with pytest.raises(UserError, match=r"state/kafka belongs to another user"):
        StateFolder(state).create()


def test_kafka_closes_its_log_whoever_starts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kafka" / "data").mkdir(parents=True)
    (tmp_path / "kafka" / "data" / "meta.properties").touch()
    monkeypatch.setattr(embedded, "classpath", lambda **_: [Path("a.jar")])
    command = embedded.prepare(tmp_path)
    assert mode(tmp_path / "kafka") == mode(tmp_path / "kafka" / "data") == 0o700
    assert "-XX:-UsePerfData" in command.argv  # else /tmp/hsperfdata_USER tells what it does


def test_a_spool_elsewhere_is_for_one_user_too(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite"
    path.touch(0o644)
    spool = Spool(path, "0" * 32, 1 << 20)
    spool.append([[(b"key", b"value")]])
    assert readable_by_others(tmp_path) == []
    spool.close()
    path.chmod(0o644)
    Spool(path, "0" * 32, 1 << 20).close()
    assert mode(path) == 0o600


@pytest.mark.parametrize(
    "start",
    [
        (sys.executable, "-m", "dunghen"),
        (sys.executable, "-c", "import sys; from dunghen.__main__ import main; sys.exit(main())"),
    ],
)
def test_no_command_makes_anything_that_others_may_read(
    tmp_path: Path, start: tuple[str, ...]
) -> None:
    """The module and the console script, from a shell in which files are for everybody."""
    out = tmp_path / "made"
    for arguments in (
        ("keys", "add", "portal", "--state", str(out / "state")),
        ("schema", "--out", str(out / "schemas")),
    ):
        done = subprocess.run((*start, *arguments), capture_output=True, cwd=ROOT, check=False)
        assert done.returncode == 0, done.stderr.decode()
    assert {path.name for path in out.iterdir()} == {"state", "schemas"}
    assert [path for path in (out, *out.rglob("*")) if mode(path) & 0o077] == []


@as_root
def test_another_user_of_the_machine_sees_nothing() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folder = open_folder(Path(name) / "state")
        inside = sorted(str(path) for path in folder.path.rglob("*"))
        assert as_nobody(folder.path, inside) == inside  # so the attempts below can succeed
        folder.create()
        assert as_nobody(folder.path, inside) == []


def as_nobody(folder: Path, paths: list[str]) -> list[str]:
    """What another user can open of ``paths``, or finds by listing."""
    program = (
        "import os, sys\n"
        f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "def reached(path):\n"
        "    try: os.listdir(path) if os.path.isdir(path) else open(path).close()\n"
        "    except OSError: return False\n"
        "    return True\n"
        "found = [os.path.join(at, n) for at, ds, fs in os.walk(sys.argv[1]) for n in ds + fs]\n"
        "print('\\n'.join(sorted({path for path in found + sys.argv[2:] if reached(path)})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), *paths],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.split()
