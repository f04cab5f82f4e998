"""The timeline that the API serves, also while Kafka cannot be asked which one that is.

A timeline changes its identity only when it is folded anew, so what was true at the last start is
noted, in the state folder or beside the spool, and an API that starts while Kafka is away goes by
the note. Nothing is sent to Kafka before it has said that it still holds this timeline. If it
holds one that was folded from the same log since, that is noted instead, and the API serves it from
its next start on.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress

import msgspec

from dossiers.errors import UserError
from dossiers.wire.records import FORMAT
from dossiers.wire.timeline import Timeline
from dunghen.settings.installation import Installation
from dunghen.state.files import write_atomically
from dunghen.timeline.current import require_timeline
from dunghen.timeline.reading import read_timeline

log = logging.getLogger(__name__)

SOON = 2.0  # s that a start waits for Kafka's word
_AGAIN = 0.5  # s between two questions
_NOTE = "timeline.json"


class Confirmation:
    """Asks Kafka until it answers. ``other`` is called once if it holds another timeline."""

    def __init__(
        self,
        read: Callable[[], Timeline | None],
        noted: Timeline,
        other: Callable[[], None],
        confirmed: Callable[[Timeline], None] = lambda _: None,
    ) -> None:
        self._read = read
        self._noted = noted
        self._other = other
        self._confirmed = confirmed
        self._answered = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="timeline", daemon=True)
        self._waiting = False  # somebody waits for the answer, and will raise it
        self._lock = threading.Lock()
        self.found: Timeline | None = None
        self.problem = "it has not been asked yet"

    def start(self, soon: float = SOON) -> None:
        """Ask, and wait a moment for the answer. Raises UserError if it is another timeline."""
        self._waiting = True
        self._thread.start()
        self._answered.wait(soon)
        with self._lock:
            self._waiting = False
            found = self.found
        if found is not None and not (self._is_noted(found) or self._follows(found)):
            raise self._mistaken(found)

    def ready(self) -> bool:
        """Whether Kafka holds the timeline that was noted."""
        return self.found is not None and self._is_noted(self.found)

    def reasons(self) -> list[str]:
        """Why not, for who looks at this process."""
        return [] if self.ready() else [f"Kafka has not answered since the start: {self.problem}"]

    def stop(self) -> None:
        """Ask no more; does not wait."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                found = self._read()
            except Exception as error:  # whatever it is, it must not end the only one who asks
                if not isinstance(error, UserError):
                    log.exception("Kafka cannot be asked for its timeline")
                self.problem = str(error)
            else:
                if found is None:
                    self.problem = "it has no timeline; create its topics with `dunghen topics`"
                elif found.id == self._noted.id and not found.key_check and self._noted.key_check:
                    self.problem = "its timeline has not been given its key for hashing yet"
                else:
                    self._hear(found)
                    return
            self._stop.wait(_AGAIN)

    def _follows(self, found: Timeline) -> bool:
        """Whether it was folded from the log of the one that was noted."""
        return self._noted.id in found.former

    def _hear(self, found: Timeline) -> None:
        right = self._is_noted(found)
        if right or self._follows(found):
            self._confirmed(found)
        with self._lock:
            self.found = found
            waiting = self._waiting
        self._answered.set()
        if right or waiting:
            return
        if self._follows(found):
            log.warning("the log was folded into a new timeline: this process must start again")
        else:
            log.critical("%s", self._mistaken(found))
        self._other()

    def _is_noted(self, found: Timeline) -> bool:
        return (found.id, found.key_check) == (self._noted.id, self._noted.key_check)

    def _mistaken(self, found: Timeline) -> UserError:
        if found.id == self._noted.id:
            return UserError(
                f"The key for hashing here is not that of Kafka's timeline {found.id}.",
                "Put the right one in its place, from a backup (docs/security.md).",
            )
        return UserError(
            f"Kafka holds the timeline {found.id}, and this state folder belongs to "
            f"{self._noted.id}.",
            "Correct the setting kafka.bootstrap, or use another state folder with --state DIR.",
        )


def known_timeline(installation: Installation) -> tuple[Timeline, Confirmation]:
    """The timeline to serve, and whether Kafka has confirmed it; stop that in the end. Raises
    UserError if it is not known without Kafka, or is another one."""
    noted = noted_timeline(installation) if installation.settings.api.spool_mb else None
    if noted is not None and noted.kind == "live" and not noted.key_check:
        noted = None  # as an older version noted it: Kafka may know of a key by now
    known = require_timeline(installation) if noted is None else noted
    confirmation = _confirmation(installation, known, asked=noted is not None)
    found = confirmation.found
    if found is not None and found.id != known.id:  # the one that follows
        confirmation.stop()
        known, confirmation = found, _confirmation(installation, found, asked=False)
    if not confirmation.ready():
        log.warning("Kafka is away: what is posted waits on disk, and there are no figures yet")
    return known, confirmation


def _confirmation(installation: Installation, known: Timeline, *, asked: bool) -> Confirmation:
    """Started. ``asked``: Kafka itself, which has not said yet that ``known`` is its timeline."""
    bootstrap = installation.endpoints().kafka
    confirmation = Confirmation(
        lambda: read_timeline(bootstrap, client=installation.client) if asked else known,
        known,
        other=lambda: os.kill(os.getpid(), signal.SIGTERM),
        confirmed=lambda found: _note(installation, found),
    )
    confirmation.start()
    return confirmation


def noted_timeline(installation: Installation) -> Timeline | None:
    """As of the last start; None before the first, and before the first of this version."""
    if installation.folder.exists:
        return installation.folder.timeline()
    with suppress(OSError, msgspec.MsgspecError):
        noted = (installation.spool_folder / _NOTE).read_bytes()
        found = msgspec.json.decode(noted, type=Timeline)
        return found if found.format == FORMAT else None
    return None


def _note(installation: Installation, timeline: Timeline) -> None:
    """The folder of a stack knows it already, unless it was folded anew meanwhile. Where it cannot
    be kept, only a later start without Kafka suffers."""
    if installation.folder.exists:
        known = installation.folder.timeline()
        if known is not None and known.id in timeline.former:
            installation.folder.note_timeline(timeline)
        return
    if timeline.kind != "live":
        return
    path = installation.spool_folder / _NOTE
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(path, msgspec.json.encode(timeline))
    except OSError as error:
        log.warning("%s is not written: %s", path, error)
