"""The keys of records, topic by topic (dossiers.wire.topics), and the scopes that are counted.

Records of topics dossier-events and dossiers, and alerts about a dossier, have the dossier's id.
"""

from __future__ import annotations

import re

from dossiers.wire.actions import DESK

TIMELINE_KEY = b"timeline"
POSITION_KEY = b"\x00position"  # in DOSSIERS; no dossier id may begin with a control character
CLOCK_SCOPE = "\x00clock"  # in PARTIALS (one a source partition) and TALLIES (merged)
SEPARATOR = "\x1f"

ALL = "all"
_WALL = "wall:"
WALL_NAME = r"[a-z0-9][a-z0-9-]{0,39}"
_SCOPES = ("unit:", "officer:", "source:")
_wall_name = re.compile(WALL_NAME)


def unit_scope(unit: str) -> str:
    return f"unit:{unit}"


def officer_scope(officer: str) -> str:
    return f"officer:{officer}"


def source_scope(source: str) -> str:
    return f"source:{source}"


def is_scope(key: str) -> bool:
    """Whether a key of topics dossier-events and alerts is that of a unit, an officer or a source:
    no dossier's id begins so."""
    return key.startswith(_SCOPES)


def is_counted(scope: str) -> bool:
    """Whether the records of a scope in topic tallies have a vector: those of clocks and of sources
    have none."""
    return scope != CLOCK_SCOPE and not scope.startswith("source:")


def partial_key(scope: str, partition: int) -> bytes:
    return f"{scope}{SEPARATOR}{partition}".encode()


def deed_key(scope: str, event_id: str, partition: int) -> bytes:
    """In topic partial-tallies, of what somebody did about an alert of a scope (ScopeDeed).
    It ends as the keys of the same source partition's vectors do."""
    return SEPARATOR.join((scope, DESK, event_id, str(partition))).encode()


def verification_key(night: str, occasion: str) -> bytes:
    """In topic verifications. ``night``: a local date (ISO): what somebody had recounted by hand
    stands beside what came by itself, and neither hides the other."""
    return f"{night}{SEPARATOR}{occasion}".encode()


def reconciliation_key(month: str, what: str, scope: str) -> bytes:
    """In topic reconciliations. ``what``: counts or ids."""
    return SEPARATOR.join((month, what, scope)).encode()


def clock_key(partition: int) -> bytes:
    """Of the clock of a partition, in topics partial-tallies and tallies."""
    return partial_key(CLOCK_SCOPE, partition)


def is_wall_name(text: str) -> bool:
    """Whether a wall may be called so: it stands in addresses, and is no name of a file."""
    return _wall_name.fullmatch(text) is not None


def wall_key(name: str) -> bytes:
    """Of a wall's settings, in topic settings."""
    return f"{_WALL}{name}".encode()


def wall_of(key: bytes) -> str:
    """The name of the wall whose settings stand under ``key``; "" if it is no such key."""
    text = key.decode("utf-8", "replace")
    name = text.removeprefix(_WALL)
    return name if name != text and is_wall_name(name) else ""
