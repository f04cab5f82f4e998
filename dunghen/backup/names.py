"""Which names and links a backup may hold, judged without a look at any disk.

A manifest is a text that anybody may have written. Its names are taken letter by letter, so that no
two of them mean one place, and its links have the one shape that ClickHouse makes: from the name of
a database or table to its folder in ``store``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from dunghen.backup.entry import BackupEntry

# What is kept of a state folder; the rest is made anew at every start.
TOPS = {
    "kafka/data": "folder",
    "clickhouse": "folder",
    "spool": "folder",
    "blobs": "folder",
    "access/keys.json": "file",
    "personal/hash-key": "file",
    "state.json": "file",
}
_ABOVE = frozenset({"kafka", "access", "personal"})  # folders that are not entries themselves
_LONGEST_PART = 255  # bytes: file systems take no more
_LONGEST = 1_000
_DEEPEST = 16  # each level costs a descriptor
_MUTATION = re.compile(r"(?:tmp_)?mutation_")  # files of ALTER ... UPDATE: ours use none
_NAME = "[A-Za-z0-9_%]+"  # of a database or table, as ClickHouse writes it into the file system
_STORE = (
    "(?P<to>store/(?P<three>[0-9a-f]{3})/"
    "(?P=three)[0-9a-f]{5}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/?"
)
_LINKS = (  # (where it is, where to from there)
    (re.compile(rf"clickhouse/metadata/{_NAME}"), re.compile(rf"\.\./{_STORE}")),
    (re.compile(rf"clickhouse/data/{_NAME}/{_NAME}"), re.compile(rf"\.\./\.\./{_STORE}")),
)

Kind = Literal["file", "folder", "link"]


class NoBackupHas(ValueError):
    """The first entry that no backup has, and why."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(why)
        self.path = path
        self.why = why


def check(entries: Iterable[BackupEntry]) -> None:
    """Raises NoBackupHas unless each entry may be written, in this order, into an empty folder."""
    kinds: dict[str, Kind] = {}
    folded: set[str] = set()
    targets: list[tuple[str, str]] = []
    for entry in entries:
        path = entry.path
        why = _name_fault(path) or _kind_fault(entry)
        if not why:
            same = fold(path)
            if same in folded:
                why = "twice, or twice but for case or accents' encoding"
            folded.add(same)
        parent = path.rpartition("/")[0]
        if not why and parent and parent not in _ABOVE and kinds.get(parent) != "folder":
            why = "in something that is no folder"
        if why:
            raise NoBackupHas(path, why)
        kinds[path] = entry.kind
        if entry.link:
            targets.append((path, _target(entry)))
    for path, target in targets:
        if kinds.get(target, "folder") != "folder":
            raise NoBackupHas(path, "a link to something that is no folder")


def fold(path: str) -> str:
    """Equal for names that some file system takes for one (macOS, Windows, shares of both)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", path).casefold())


def _name_fault(path: str) -> str:
    if len(path) > _LONGEST:
        return "too long"
    parts = path.split("/")
    try:
        lengths = [len(part.encode()) for part in parts]
    except UnicodeEncodeError:
        return "a name that is no text"
    if any(part in ("", ".", "..") for part in parts):
        return "not written in its normal form"
    if sum(lengths) > _LONGEST or max(lengths) > _LONGEST_PART or len(parts) > _DEEPEST:
        return "too long"
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in path):
        return "with a character that is not printed"
    if not any(path == top or path.startswith(f"{top}/") for top in TOPS):
        return "in none of its folders"
    if path.startswith("clickhouse/") and _MUTATION.match(parts[-1]):
        return "a statement that ClickHouse would carry out"
    return ""


def _kind_fault(entry: BackupEntry) -> str:
    if entry.link:
        if entry.sha256 or entry.size:
            return "a link and a file at once"
        return "" if _target(entry) else "a link that ClickHouse does not make"
    if entry.size and not entry.sha256:
        return "a folder with a size"
    if TOPS.get(entry.path, entry.kind) != entry.kind:
        return f"which is a {TOPS[entry.path]}"
    return ""


def _target(entry: BackupEntry) -> str:
    """Where a link leads, "" unless it has the shape that ClickHouse makes."""
    for place, shape in _LINKS:
        found = shape.fullmatch(entry.link)
        if found and place.fullmatch(entry.path):
            return f"clickhouse/{found['to']}"
    return ""
