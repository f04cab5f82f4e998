"""The two ways to ClickHouse: the engine inside this process (chDB), or a server over HTTP.

Both speak through clickhouse-connect's one client API, so everything above this file is written
once. An engine opens clients and puts the driver's errors into words.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, Error

from sinks.errors import StoreError, StoreLocked, StoreUnavailable

MIB = 1 << 20
AUTHENTICATION_FAILED = 516
UNKNOWN_DATABASE = 81
NOT_ENOUGH_SPACE = 243
_QUERY = re.compile(r"[?#]")
_OWNER = re.compile(r"PID:\s*(\d+)")

# The driver logs the traceback of every failed connection and raises it too; ours says it once.
logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)


class Engine(Protocol):
    """Opens clients. ``explain`` turns a driver error into one of ours; it never raises."""

    @property
    def cluster(self) -> str:
        """Name of the cluster that migrations are applied on; empty: no cluster."""
        ...

    def connect(self, database: str | None) -> Client:
        """A new client for ``database``, None for no database. Raises StoreUnavailable, or what the
        driver raises."""
        ...

    def explain(self, error: Exception) -> StoreError:
        """The driver's error as one of ours, with what to do. Never raises."""
        ...


@dataclass(frozen=True)
class EmbeddedEngine:
    """chDB on a folder. One folder a process, one process a folder.

    ``memory_mb`` bounds what the engine allocates for queries, inserts and merges: beyond it large
    sorts and groups go to disk, and what cannot is refused. The engine itself takes some 300 MB
    more.

    ``max_threads`` is 1: sink and API share two cores with broker and worker, and one query at a
    time a core keeps the feed's event loop calm. Caches default to 5 GB each, hence the bounds.
    """

    path: str
    max_threads: int = 1
    memory_mb: int = 1_024
    options: dict[str, str] = field(
        default_factory=lambda: {
            "mark_cache_size": str(64 * MIB),
            "primary_index_cache_size": str(64 * MIB),
            "index_mark_cache_size": str(16 * MIB),
        }
    )
    cluster: str = ""

    def connect(self, database: str | None) -> Client:
        """A client of the engine in this process; opens the folder with the first one."""
        try:
            Path(self.path).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                f"The ClickHouse folder {self.path} cannot be made: {error.strerror}. "
                "Choose another state folder, or give this user the right to write there."
            ) from error
        return clickhouse_connect.get_client(
            interface="chdb",
            path=self.path,
            database=database,
            tz_mode="aware",
            show_clickhouse_errors="scrub",
            chdb_options={
                **self.options,
                "max_server_memory_usage": str(self.memory_mb * MIB),
            },
            settings={"max_threads": self.max_threads},
        )

    def explain(self, error: Exception) -> StoreError:
        """As ``Engine.explain``: another folder, a lock, a full disk, or an engine that will not
        start."""
        message = str(error)
        if "already initialized with path" in message:
            return StoreUnavailable(
                f"The ClickHouse engine cannot open {self.path}: this process already has another "
                "folder open, and one process can have only one. Close that store first."
            )
        # chDB reports every failure to start as code 36 with an empty reason, so we look ourselves.
        if "Error initializing EmbeddedServer" in message:
            return self._explain_start()
        code = getattr(error, "code", None)
        if code == NOT_ENOUGH_SPACE or "No space left" in message:
            return StoreUnavailable(
                f"The disk that holds {self.path} is full. Free some space; "
                "the sink goes on by itself.",
                code,
            )
        return StoreError(f"ClickHouse (embedded, {self.path}): {message}", code)

    def _explain_start(self) -> StoreError:
        owner = _lock_owner(Path(self.path) / "status")
        if owner is not None:
            return StoreLocked(
                f"The ClickHouse data in {self.path} is in use by another process{owner}. "
                "Stop that one (is the stack already running on this state folder?), or choose "
                "another state folder."
            )
        if not os.access(self.path, os.W_OK | os.X_OK):
            return StoreUnavailable(
                f"The ClickHouse folder {self.path} is not writable for this user. "
                "Change its owner, or choose another state folder."
            )
        return StoreUnavailable(
            f"The ClickHouse engine does not start on {self.path} and gives no reason (its own "
            "lines on stderr may). If another release wrote the folder, move it away: the sink "
            "fills a new one from Kafka."
        )


def _lock_owner(status: Path) -> str | None:
    """Who holds the engine's lock file, as `` (process N)`` or empty; None: nobody."""
    try:
        with status.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                found = _OWNER.search(file.read())
                return f" (process {found.group(1)})" if found else ""
            fcntl.flock(file, fcntl.LOCK_UN)
    except OSError:
        return None
    return None


@dataclass(frozen=True)
class ServerEngine:
    """A ClickHouse server (25.3 or later) over HTTP or HTTPS, alone or as a cluster's entry."""

    url: str = field(repr=False)  # may hold user and password, which then count
    user: str = "default"
    password: str = field(default="", repr=False)
    cluster: str = ""
    connect_timeout_s: int = 5
    timeout_s: int = 120

    def connect(self, database: str | None) -> Client:
        """A client over HTTP; inserts return once the rows are in the table."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise StoreUnavailable(
                f"The ClickHouse address {self._place!r} is not an HTTP address. Write it like "
                "http://clickhouse:8123."
            )
        settings: dict[str, Any] = {
            # Offsets are committed after the insert returns: it must then be in the table, not in
            # a buffer.
            "async_insert": 0,
            "wait_end_of_query": 1,
        }
        return clickhouse_connect.get_client(
            interface=parts.scheme,
            host=parts.hostname,
            port=parts.port or (8443 if parts.scheme == "https" else 8123),
            username=unquote(parts.username) if parts.username else self.user,
            password=unquote(parts.password) if parts.password else self.password,
            database=database,
            tz_mode="aware",
            show_clickhouse_errors="scrub",
            autogenerate_session_id=False,
            connect_timeout=self.connect_timeout_s,
            send_receive_timeout=self.timeout_s,
            settings=settings,
        )

    @property
    def _place(self) -> str:
        """Its address as it may be shown: no user, no password, no query."""
        scheme, slashes, rest = self.url.partition("//")
        if not slashes:
            scheme, rest = "", self.url
        return f"{scheme}{slashes}{_QUERY.split(rest.rpartition('@')[2])[0]}"

    def explain(self, error: Exception) -> StoreError:
        """As ``Engine.explain``: wrong password, no answer, no such database."""
        code = getattr(error, "code", None)
        if code == AUTHENTICATION_FAILED:
            return StoreUnavailable(
                f"ClickHouse at {self._place} refuses user {self.user!r}: wrong name or password. "
                "Check the settings of the ClickHouse user.",
                code,
            )
        if code is None and not isinstance(error, StoreError):
            return StoreUnavailable(
                f"ClickHouse at {self._place} cannot be reached ({_root_cause(error)}). "
                "Start it, or correct its address in the settings."
            )
        if code == UNKNOWN_DATABASE:
            return StoreError(
                f"ClickHouse at {self._place} has no such database yet. Run the migrations first.",
                code,
            )
        return StoreError(f"ClickHouse at {self._place}: {error}", code)


def _root_cause(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return type(error).__name__


DRIVER_ERRORS: tuple[type[Exception], ...] = (ClickHouseError, Error, RuntimeError, OSError)
