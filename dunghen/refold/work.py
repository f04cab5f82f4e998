"""The folder in which a new timeline grows, ``DIR/refold``, and how it takes the old one's place.

It begins as a copy of the old data, as a backup makes it: files that nobody changes any more are
linked. So the old state is not touched, whatever happens, until the new one is whole; then both
change places by renaming, and the old one stays in ``DIR/before-refold-ID``, as a state folder of
the version that made it.

::

    DIR/refold/linked.json   the copy is whole; of which state of the old files
    DIR/refold/done.json     the new timeline is whole: only the places remain to be changed
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import msgspec

from dossiers.errors import UserError
from dossiers.wire.timeline import Timeline
from dunghen.backup.files import is_final, link_tree, walk
from dunghen.backup.tree import Tree
from dunghen.state.files import write_atomically
from dunghen.state.folder import StateFolder, unusable
from dunghen.state.format import DONE, REFOLDING
from dunghen.state.private import make_private
from infra.process import wait_for_lock

_LINKED = "linked.json"
_LOCK_SECONDS = 10.0
# Made of the log: they grow once more beside their old files.
_MADE = ("dossiers-", "partial-tallies-", "tallies-", "alerts-", "dead-letters-")
_STATE = "state.json"


class RefoldDone(msgspec.Struct, frozen=True):
    """``aside``: name of the folder in which the old data stay, "" if none stood here."""

    timeline: Timeline
    aside: str


class Work:
    """The working folder of ``folder``, whose lock is held. ``kafka``, ``clickhouse``: whether
    these are embedded, so that their data stand in the folder. Raises UserError."""

    def __init__(self, folder: StateFolder, *, kafka: bool, clickhouse: bool, keep_mb: int) -> None:
        self._of = folder
        self._parts = [
            name for name, here in (("kafka", kafka), ("clickhouse", clickhouse)) if here
        ]
        self._tops = [{"kafka": "kafka/data"}.get(part, part) for part in self._parts]
        self._keep = keep_mb * 2**20
        self.folder = StateFolder(folder.path / REFOLDING)

    def done(self) -> RefoldDone | None:
        """What was whole already when an earlier run was interrupted."""
        try:
            found = msgspec.json.decode((self.folder.path / DONE).read_bytes(), type=RefoldDone)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise UserError(
                f"{self.folder.path / DONE} cannot be read.",
                "Tell it to the makers: it says how far a refold is.",
            ) from error
        if not self._begun(found) and self._print() != self._printed():
            # Another version ran on the old state meanwhile: it is further than the copy.
            shutil.rmtree(self.folder.path)
            return None
        return found

    def prepare(self) -> bool:
        """Have the copy there; True if it is that of an earlier run, which it is if nobody has
        worked on the old data since."""
        path = self.folder.path
        try:
            resumed = self._printed() is not None and self._print() == self._printed()
            if not resumed:
                if path.exists():
                    shutil.rmtree(path)
                self._require_one_disk()
                self._require_no_kafka()
                self._require_room()
                make_private(path)
                link_tree(self._of.path, path, self._tops)
            self.folder.create()
            if not resumed:
                write_atomically(path / _LINKED, msgspec.json.encode(self._print()))
            return resumed
        except OSError as error:
            raise unusable(path, error) from error

    def finish(self, timeline: Timeline) -> RefoldDone:
        """Note that the new timeline is whole. No process uses the working folder any more."""
        old = any((self._of.path / part).exists() for part in self._parts)
        aside = self._free_name(f"before-refold-{timeline.former[-1][:8]}") if old else ""
        done = RefoldDone(timeline, aside)
        write_atomically(self.folder.path / DONE, msgspec.json.encode(done))
        _on_disk(self.folder.path)
        return done

    def change_places(self, done: RefoldDone) -> Path | None:
        """Have the new data in the place of the old ones; where these are, if there were any. May
        be interrupted and repeated."""
        path, work = self._of.path, self.folder.path
        aside = path / done.aside if done.aside else None
        try:
            if aside is not None:
                make_private(aside)
                if self._of.exists and not (aside / _STATE).exists():
                    write_atomically(aside / _STATE, (path / _STATE).read_bytes())
            if self._of.exists:
                # From here on no version starts on the folder before its places are changed.
                self._of.note_timeline(done.timeline)
            for part in self._parts:
                if not (work / part).exists():
                    continue  # changed by an earlier run
                if aside is not None and not (aside / part).exists() and (path / part).exists():
                    (path / part).replace(aside / part)
                (work / part).replace(path / part)
            for each in (path, *([aside] if aside else [])):
                _on_disk(each)
            self.discard()
        except OSError as error:
            raise unusable(path, error) from error
        return aside

    def discard(self) -> None:
        """Remove the working folder; what says that it is whole goes last."""
        path = self.folder.path
        if not path.exists():
            return
        for entry in path.iterdir():
            if entry.name == DONE:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        (path / DONE).unlink(missing_ok=True)
        path.rmdir()

    def _begun(self, done: RefoldDone) -> bool:
        """Whether the change of places was begun: from there on there is no way back."""
        if self._of.exists:
            _, noted = self._of.any_timeline()
            return noted is not None and noted.id == done.timeline.id
        return bool(done.aside) and (self._of.path / done.aside).exists()

    def _printed(self) -> str | None:
        try:
            return str(msgspec.json.decode((self.folder.path / _LINKED).read_bytes(), type=str))
        except (OSError, msgspec.MsgspecError):
            return None

    def _print(self) -> str:
        """Equal as long as nobody has worked on the old data."""
        found = hashlib.sha256()
        with Tree(self._of.path) as tree:
            for each in walk(tree, self._tops):
                if each.file:
                    status = each.status
                    found.update(
                        f"{each.name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode(
                            errors="surrogateescape"
                        )
                    )
        return found.hexdigest()

    def _require_one_disk(self) -> None:
        devices = {
            path.stat().st_dev
            for path in (self._of.path, *(self._of.path / top for top in self._tops))
            if path.exists()
        }
        if len(devices) > 1:
            raise UserError(
                f"{' and '.join(self._parts)} in {self._of.path} stand on several file systems, "
                "and a refold changes places by renaming.",
                "Bring them onto one file system first.",
            )

    def _require_no_kafka(self) -> None:
        kafka = self._of.path / "kafka"
        if "kafka" not in self._parts or not kafka.exists():
            return
        if not wait_for_lock(kafka / "lock", _LOCK_SECONDS):
            raise UserError(f"A Kafka still runs in {kafka}.", "Wait for its end.")

    def _require_room(self) -> None:
        needed = self._keep
        with Tree(self._of.path) as tree:
            for each in walk(tree, self._tops):
                size = each.status.st_blocks * 512
                top, _, rest = each.name.partition("/")
                if each.file:
                    made = top == "clickhouse" or rest.removeprefix("data/").startswith(_MADE)
                    needed += (made + (not is_final(each))) * size
        free = shutil.disk_usage(self._of.path).free
        if needed > free:
            raise UserError(
                f"The refold needs about {needed // 2**20:,} MB beside what is there, and "
                f"{free // 2**20:,} MB are free at {self._of.path}.",
                "Make room first. Nothing was changed.",
            )

    def _free_name(self, name: str) -> str:
        number, found = 1, name
        while (self._of.path / found).exists():
            number += 1
            found = f"{name}-{number}"
        return found


def _on_disk(folder: Path) -> None:
    """What was renamed in a folder stands so after a power cut, too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
