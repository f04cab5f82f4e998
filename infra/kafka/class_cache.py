"""The broker's classes, read and linked once: every later start takes half the processor time.

The ahead-of-time cache of JDK 25 (JEP 514), about 70 MB beside the Python packages. A JVM that has
none, or whose cache does not fit, starts as it always did.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from infra.kafka.java import Java

_TRAINING = b"clients log in"  # what infra.kafka.training does: once that changes, it runs again
# A few pieces of code always have to be compiled anew, and the JVM warns of each. An error is told.
_QUIET = ("-Xlog:aot=error,aot+codecache+stubs=error",)


def cache_file(java: Java, jars: Sequence[Path]) -> Path:
    """Where the cache for exactly this JDK and these jars is, or would be. Raises OSError."""
    digest = hashlib.sha256((java.launcher.parents[1] / "release").read_bytes())
    digest.update(_TRAINING)
    for jar in jars:
        # The JVM compares them as well, and would complain at every start.
        found = jar.stat()
        digest.update(f"{jar} {found.st_size} {found.st_mtime_ns}\n".encode())
    folder = Path(sys.prefix) / "share" / "dunghen"
    return folder / f"kafka-{digest.hexdigest()[:16]}.aot"


def with_cache(java: Java, jars: Sequence[Path]) -> Java:
    """The same Java, with the cache if there is one."""
    try:
        file = cache_file(java, jars)
        if not os.access(file, os.R_OK):
            return java
    except OSError:  # a Java of the machine need not have a file named release
        return java
    return replace(java, options=(*java.options, f"-XX:AOTCache={file}", *_QUIET))
