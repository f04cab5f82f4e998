"""The one folder in which everything of a timeline stands.

::

    DIR/state.json          format version, timeline
    DIR/lock                held while a stack runs
    DIR/kafka/ clickhouse/  data
    DIR/spool/              what was posted while Kafka was away
    DIR/logs/NAME.log       one file a process, rotated
    DIR/run/                endpoints.json, processes.json, worker-*.json: while a stack runs
    DIR/access/             admin-token, session-secret, link-key, keys.json: for this user only
    DIR/blobs/              texts that people wrote about alerts; for this user only
    DIR/personal/           hash-key: the key of the timeline's hashes; for this user only
    DIR/refold/             a new timeline while it is folded from the old one's log
    DIR/before-refold-ID/   the old timeline's kafka, clickhouse and state.json, until removed
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import msgspec

from dossiers.errors import UserError
from dossiers.wire.records import FORMAT
from dossiers.wire.timeline import Timeline
from dunghen.state.files import write_atomically
from dunghen.state.format import REFOLDING, refuse_half_refolded, refuse_other_format
from dunghen.state.lock import FolderLock
from dunghen.state.private import make_private, refuse_foreign

# Once nobody gets in here, nobody gets to what is below. With "lock", all that a first start makes.
_INNER = (
    "kafka", "kafka/data", "clickhouse", "logs", "run", "work", "spool", "access", "faust",
    "personal", "blobs", REFOLDING,
)  # fmt: skip
RESTORING = "restoring"  # the name of a file that is there while a backup is being restored


class _StateVersion(msgspec.Struct):
    format: Annotated[int, msgspec.Meta(ge=1, le=2**31)]


class _State(msgspec.Struct):
    format: int
    timeline: Timeline | None = None


class Endpoints(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a running stack listens. ``token``: opens the API's inner routes to this user only."""

    kafka: str = ""
    api: str = ""
    pid: int = 0
    token: str = ""


class StateFolder:
    """Paths and small files of one state folder. Raises UserError if it cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self.lock = FolderLock(self.path / "lock")
        self.clickhouse = self.path / "clickhouse"
        self.spool = self.path / "spool" / "spool.sqlite"
        self.logs = self.path / "logs"
        self.work = self.path / "work"
        self.run = self.path / "run"
        self.access = self.path / "access"
        self.blobs = self.path / "blobs"
        self.hash_key = self.path / "personal" / "hash-key"
        self._state = self.path / "state.json"

    def secure(self) -> None:
        """Have nobody but this user enter the folder and those in it: older versions, and whoever
        made it by hand, may have let others read. Without effect if there is none.

        Raises UserError if it is not this user's alone.
        """
        try:
            if not self.path.is_dir():
                return
            refuse_foreign(self.path, self.path.stat())
            if not any(self.path.iterdir()) or (not self._state.exists() and _foreign(self.path)):
                return  # none of ours yet
            make_private(self.path)
            for name in _INNER:
                if (self.path / name).is_dir():
                    make_private(self.path / name)
        except OSError as error:
            raise unusable(self.path, error) from error

    def create(self) -> None:
        """Make the folder and those in it; refuse one of another version or of something else."""
        if (self.path / RESTORING).exists():
            raise UserError(
                f"A restore into {self.path} did not come to its end.",
                "Run `dunghen restore` again, or remove the folder.",
            )
        refuse_half_refolded(self.path)
        try:
            if self.path.exists() and not self._state.exists() and _foreign(self.path):
                raise UserError(
                    f"The folder {self.path} holds other files and no state of Đúng Hẹn.",
                    "Give an empty or new folder with --state DIR.",
                )
            for folder in (
                self.path, self.clickhouse, self.logs, self.work, self.run, self.access,
            ):  # fmt: skip
                make_private(folder)
            self.secure()
            if not self._state.exists():
                write_atomically(self._state, msgspec.json.encode(_State(FORMAT)))
        except OSError as error:
            raise unusable(self.path, error) from error
        self._load()

    @property
    def exists(self) -> bool:
        """Whether it holds a state; one that is being restored is none yet."""
        return self._state.exists() and not (self.path / RESTORING).exists()

    def last_used(self) -> float:
        """When a stack last started here (seconds since 1970), 0 if never."""
        try:
            return (self.path / "lock").stat().st_mtime
        except OSError:
            return 0.0

    def timeline(self) -> Timeline | None:
        """The timeline noted at the last start, None before the first."""
        found = self._load().timeline
        refuse_half_refolded(self.path)
        return found

    def any_timeline(self) -> tuple[int, Timeline | None]:
        """Format and timeline of a folder of this version or an older one."""
        found = self._load(older=True)
        return found.format, found.timeline

    def note_timeline(self, timeline: Timeline) -> None:
        """Note which timeline the folder holds."""
        self._write(self._state, msgspec.json.encode(_State(FORMAT, timeline)))

    def endpoints(self) -> Endpoints | None:
        """Where the running stack listens; None if none runs or it is still starting."""
        if self.lock.holder() is None:
            return None
        try:
            return msgspec.json.decode((self.run / "endpoints.json").read_bytes(), type=Endpoints)
        except (OSError, msgspec.MsgspecError):
            return None

    def write_endpoints(self, endpoints: Endpoints) -> None:
        """Tell other commands where to connect; readable by this user only."""
        self._write(self.run / "endpoints.json", msgspec.json.encode(endpoints))

    def processes(self) -> list[dict[str, Any]]:
        """What the supervisor last said about its processes."""
        try:
            return list(json.loads((self.run / "processes.json").read_bytes()))
        except (OSError, ValueError):
            return []

    def write_processes(self, processes: list[dict[str, Any]]) -> None:
        """Remember what the supervisor says about its processes."""
        self._write(self.run / "processes.json", json.dumps(processes).encode())

    def checked(self) -> dict[str, Any] | None:
        """The last verification of what runs: {"at": data time in ms, "equal": bool}."""
        try:
            return dict(json.loads((self.run / "verified.json").read_bytes()))
        except (OSError, ValueError):
            return None

    def write_checked(self, at: int, *, equal: bool) -> None:
        """Remember a verification; the wall shows it. ``at``: ms."""
        self._write(self.run / "verified.json", json.dumps({"at": at, "equal": equal}).encode())

    def clear_run(self) -> None:
        """Remove what only holds while a stack runs."""
        for path in self.run.glob("*.json"):
            path.unlink(missing_ok=True)

    def _load(self, *, older: bool = False) -> _State:
        try:
            raw = self._state.read_bytes()
        except OSError as error:
            raise unusable(self.path, error) from error
        try:
            version = msgspec.json.decode(raw, type=_StateVersion).format
            if not (older and version < FORMAT):
                refuse_other_format(
                    version,
                    f"The state folder {self.path}",
                    f"Run `dunghen refold --state {self.path}`: it folds the log into a new "
                    "timeline and keeps the old one until that is whole. A demo or replay may "
                    "begin anew in another folder, with --state DIR.",
                )
            return msgspec.json.decode(raw, type=_State)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise UserError(
                f"{self._state} is damaged: it is no JSON with a format version.",
                "Use another folder with --state DIR, or restore this one from a backup.",
            ) from error

    def _write(self, path: Path, content: bytes) -> None:
        try:
            write_atomically(path, content)
        except OSError as error:
            raise unusable(self.path, error) from error


def read_state(raw: bytes) -> tuple[int, Timeline | None]:
    """Format and timeline in the text of a state.json; None for one that this version does not
    read. Raises ValueError for anything else."""
    try:
        version = msgspec.json.decode(raw, type=_StateVersion).format
        if version != FORMAT:
            return version, None
        return version, msgspec.json.decode(raw, type=_State).timeline
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ValueError("no state") from error


def unusable(path: Path, error: OSError) -> UserError:
    """The sentence for a folder that cannot be read or written."""
    return UserError(
        f"The state folder {path} cannot be used: {error.strerror or error}.",
        "Give this user the right to write there and room on the disk, or use another folder "
        "with --state DIR.",
    )


def _foreign(path: Path) -> bool:
    """Whether a folder without state.json holds more than an interrupted first start leaves."""
    ours = {"lock", *_INNER}
    return any(entry.name not in ours for entry in path.iterdir())
