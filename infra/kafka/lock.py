"""Writes jgo.lock.toml anew: every jar of the embedded Kafka with its version and SHA-256.

Run as ``python -m infra.kafka.lock`` after a change of COORDINATES; it needs the network. The
product itself never resolves a version: it only reads the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jgo
from jgo.env._lockfile import LockedDependency, LockFile, compute_sha256

LOCK_FILE = Path(__file__).with_name("jgo.lock.toml")

# kafka-clients is named because the resolver picks an older one otherwise, and the broker dies.
COORDINATES = (
    "org.apache.kafka:kafka_2.13:4.2.1",
    "org.apache.kafka:kafka-clients:4.2.1",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.1",
)


def write_lock(file: Path, name: str, coordinates: Sequence[str]) -> None:
    """Resolve ``coordinates``, fetch the jars and write lock ``file`` ``name``."""
    artifacts = jgo.resolve("+".join(coordinates))
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda artifact: artifact.resolve(), artifacts))
    locked = [
        LockedDependency(
            artifact.groupId,
            artifact.artifactId,
            artifact.version,
            artifact.packaging,
            artifact.classifier or None,
            compute_sha256(path),
        )
        for artifact, path in zip(artifacts, paths, strict=True)
    ]
    locked.sort(key=lambda jar: (jar.groupId, jar.artifactId))
    lock = LockFile(locked, environment_name=name, min_java_version=17)
    lock.jgo_version = jgo.__version__
    lock.save(file)
    print(f"{file.name}: {len(locked)} jars")


if __name__ == "__main__":
    write_lock(LOCK_FILE, "kafka", COORDINATES)
