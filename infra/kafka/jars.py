"""The jars of the embedded Kafka: exactly those of jgo.lock.toml, each checked by its SHA-256.

They lie in the local Maven repository (M2_REPO, else ~/.m2/repository), where `make setup` or the
first start puts them. Once they are there nothing is resolved and no network is needed.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.kafka.errors import EmbeddedKafkaError

LOCK_FILE = Path(__file__).with_name("jgo.lock.toml")

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Jar:
    """One locked jar."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def path(self) -> Path:
        """Its place inside a Maven repository."""
        name = f"{self.artifact}-{self.version}.jar"
        return Path(*self.group.split("."), self.artifact, self.version, name)


def locked_jars(lock_file: Path = LOCK_FILE) -> list[Jar]:
    """Read the lock file."""
    data = tomllib.loads(lock_file.read_text("utf-8"))
    return [
        Jar(entry["groupId"], entry["artifactId"], entry["version"], entry["sha256"])
        for entry in data["dependencies"]
    ]


def default_repository() -> Path:
    """Return the folder that holds the jars."""
    configured = os.environ.get("M2_REPO")
    return Path(configured) if configured else Path.home() / ".m2" / "repository"


def classpath(repository: Path | None = None, progress: Progress | None = None) -> list[Path]:
    """Return the paths of all jars, fetching those that are missing or damaged.

    Raises EmbeddedKafkaError when a jar cannot be fetched or is not the locked one.
    """
    return fetched(locked_jars(), "Kafka", repository, progress)


def fetched(
    jars: list[Jar], what: str, repository: Path | None = None, progress: Progress | None = None
) -> list[Path]:
    """Return the paths of ``jars``, fetching those that are missing or damaged. ``what``: they are
    of, in words. Raises as ``classpath`` does."""
    root = default_repository() if repository is None else repository
    with ThreadPoolExecutor(8) as pool:
        whole = list(pool.map(lambda jar: _is_whole(root / jar.path, jar.sha256), jars))
        missing = [jar for jar, ok in zip(jars, whole, strict=True) if not ok]
        if missing:
            if progress:
                progress(f"Fetching {len(missing)} {what} jars (about 45 MB, only this once) ...")
            _fetch(missing, root, pool, what)
    return [root / jar.path for jar in jars]


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _fetch(jars: list[Jar], root: Path, pool: ThreadPoolExecutor, what: str) -> None:
    # Imported only here: it takes a second, and only a first start needs it.
    from jgo.maven import MavenContext  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    context = MavenContext(repo_cache=root, timeout=30)

    def fetch(jar: Jar) -> None:
        _fetch_one(context, jar, root)

    try:
        list(pool.map(fetch, jars))
    except (RequestException, RuntimeError) as error:
        raise EmbeddedKafkaError(
            f"The {what} jars could not be fetched from Maven Central "
            f"({type(error).__name__}): the first start needs a network connection (behind a "
            f"proxy set HTTPS_PROXY); later starts use the copies in {root} and need none."
        ) from error
    except OSError as error:
        raise EmbeddedKafkaError(
            f"The {what} jars cannot be stored in {root} ({error.strerror or error}): make that "
            "folder writable with 100 MB free, or set M2_REPO to another one."
        ) from error


def _fetch_one(context: Any, jar: Jar, root: Path) -> None:
    path = root / jar.path
    path.unlink(missing_ok=True)  # jgo takes whatever is there, even half a file
    context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
    if not _is_whole(path, jar.sha256):
        path.unlink(missing_ok=True)
        raise EmbeddedKafkaError(
            f"The fetched {path.name} is not the one that its lock file names (its SHA-256 "
            "differs): try again; if it stays so, something between here and Maven Central "
            "changes downloads."
        )
