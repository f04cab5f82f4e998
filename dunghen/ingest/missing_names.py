"""What senders name and the reference data lacks: one bounded list at the entrance, so that an
operator can add it. The only place where unknown free text stands in clear.

The file is of this user alone (0600), in no backup, and shared by the API and ``dunghen ingest``:
each adds what it has seen since it last did. Codes have a list of their own beside the names, so
that neither pushes the other out.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from dossiers.errors import UserError
from dossiers.reference.known_names import NameKind
from dossiers.reference.unlisted import number_of
from dossiers.time.hours import DAY
from dossiers.wire.reading import decoder, read_or_none
from dunghen.state.files import write_atomically
from dunghen.state.private import make_private
from sources.portal.name_admission import MissingNameListener

_log = logging.getLogger(__name__)

MOST = 2_000  # names, and as many codes
KEPT = 30 * DAY  # ms since it was last sent
EVERY = 30.0  # s between two looks whether there is something to write
_LARGEST = 8_000_000  # bytes of a file that is read


class MissingEntry(msgspec.Struct, array_like=True):
    """``text``: as it was sent first. ``hash``: what travels on in its place, "" of a code.
    ``first``, ``last``: ms, real time. ``records``: that named it. ``sender``: who did first."""

    kind: NameKind
    text: str
    hash: str
    first: int
    last: int
    records: int
    sender: str = ""

    @property
    def number(self) -> int | None:
        """What screens show of it; None of a code, which they show itself."""
        return number_of(self.hash) if self.hash else None


Key = tuple[NameKind, str]
_entries = decoder(list[MissingEntry])


class _Part:
    """What one sender named first: once, or again."""

    def __init__(self) -> None:
        self.once: OrderedDict[Key, MissingEntry] = OrderedDict()
        self.again: OrderedDict[Key, MissingEntry] = OrderedDict()

    def __len__(self) -> int:
        return len(self.once) + len(self.again)

    def make_room(self) -> Key:
        """Without what was named once, or else longest ago; never without what was added last."""
        from_ = self.once if len(self.once) > 1 or not self.again else self.again
        return from_.popitem(last=False)[0]


class _BoundedList:
    """At most MOST entries; the spellings of a name are one. Who has most of them makes room: one
    who invents names pushes out none of others, nor what an office of its own names again."""

    def __init__(self) -> None:
        self._parts: dict[str, _Part] = {}
        self._whose: dict[Key, str] = {}

    def entries(self) -> list[MissingEntry]:
        again = [each for part in self._parts.values() for each in part.again.values()]
        return again + [each for part in self._parts.values() for each in part.once.values()]

    def add(self, new: MissingEntry) -> None:
        key = (new.kind, new.hash or new.text)
        new.sender = self._whose.setdefault(key, new.sender)
        part = self._parts.setdefault(new.sender, _Part())
        known = part.again.pop(key, None) or part.once.pop(key, None)
        if known is not None:
            if known.first <= new.first:
                new.first, new.text = known.first, known.text
            new.last = max(known.last, new.last)
            new.records += known.records
        (part.again if new.records > 1 else part.once)[key] = new
        if len(self._whose) > MOST:
            del self._whose[max(self._parts.values(), key=len).make_room()]


class MissingNamesList:
    """``sources.portal.name_admission.MissingNameListener`` over a file. May be used by several
    threads.

    ``path``: None where there is no place for it: then it is kept in memory. ``clock``: ms.
    ``known``: whether the reference data has a name by now; such entries are dropped.
    """

    def __init__(
        self,
        path: Path | None,
        clock: Callable[[], int],
        known: Callable[[NameKind, str], bool] = lambda _kind, _text: False,
    ) -> None:
        self._path = path
        self._clock = clock
        self.known = known
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._new = {
            True: _BoundedList(),
            False: _BoundedList(),
        }  # names, codes: not in the file yet
        self._held: list[MissingEntry] = []  # as of the last look into the file
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._failed = False

    def note(self, kind: NameKind, text: str, hash_: str, sender: str = "") -> None:
        """``sender``: whose key it was; who sends from a file has none."""
        at = self._clock()
        with self._lock:
            self._new[bool(hash_)].add(MissingEntry(kind, text, hash_, at, at, 1, sender))

    def of(self, sender: str) -> MissingNameListener:
        """The list, for what this one sends."""
        return _OfSender(self, sender)

    def start(self) -> None:
        """Write what is new every few seconds, until ``close``."""
        self._thread = threading.Thread(target=self._run, name="missing names", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what is new, and end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._quietly()

    def read(self) -> list[MissingEntry]:
        """All of them, those that most records name first. Raises OSError."""
        self.write()
        return sorted(self._held, key=lambda each: (-each.records, each.kind, each.text))

    def counts(self) -> dict[str, int]:
        """How many names and codes there are, as of the last look into the file."""
        names = sum(1 for each in self._held if each.hash)
        return {"names": names, "codes": len(self._held) - names}

    def write(self) -> None:
        """Bring together what is new and what stands in the file. Raises OSError."""
        with self._writing:
            with self._lock:
                new, self._new = self._new, {True: _BoundedList(), False: _BoundedList()}
            fresh = [each for part in new.values() for each in part.entries()]
            try:
                with self._opened():
                    before = self._read()
                    found = self._together(before, fresh)
                    if self._path is not None and found != before:
                        write_atomically(self._path, msgspec.json.encode(found))
            except OSError:
                with self._lock:  # to be tried again
                    for each in fresh:
                        self._new[bool(each.hash)].add(each)
                raise
            self._held = found

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            self._quietly()

    def _quietly(self) -> None:
        try:
            self.write()
            self._failed = False
        except OSError as error:
            if not self._failed:
                _log.warning("the list of names that are not known cannot be written: %s", error)
            self._failed = True

    def _together(
        self, before: list[MissingEntry], fresh: list[MissingEntry]
    ) -> list[MissingEntry]:
        lists = {True: _BoundedList(), False: _BoundedList()}
        oldest = self._clock() - KEPT
        for each in sorted((*before, *fresh), key=lambda entry: entry.last):
            if each.last >= oldest and not self.known(each.kind, each.text):
                copy = msgspec.structs.replace(each)
                lists[bool(each.hash)].add(copy)
        return [each for part in lists.values() for each in part.entries()]

    @contextmanager
    def _opened(self) -> Iterator[None]:
        """One process at a time."""
        if self._path is None:
            yield
            return
        try:
            make_private(self._path.parent)
        except UserError as error:  # the folder is another's
            raise PermissionError(error.message) from error
        descriptor = os.open(self._path.with_name(f"{self._path.name}.lock"),
                             os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)  # fmt: skip
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _read(self) -> list[MissingEntry]:
        if self._path is None:
            return self._held
        try:
            with self._path.open("rb") as file:
                content = file.read(_LARGEST)
        except FileNotFoundError:
            return []
        # What cannot be read begins anew: nothing else depends on it.
        return read_or_none(_entries, content) or []


class _OfSender:
    def __init__(self, missing: MissingNamesList, sender: str) -> None:
        self._missing = missing
        self._sender = sender

    def note(self, kind: NameKind, text: str, hash_: str) -> None:
        self._missing.note(kind, text, hash_, self._sender)
