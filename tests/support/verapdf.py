"""veraPDF, which says whether a PDF is the PDF/A-2a and PDF/UA-1 that it says it is.

One jar of Maven Central, run by the Java of the embedded Kafka. ``python -m tests.support.verapdf``
fetches it, as `make test` does.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from infra.kafka.jars import fetched, locked_jars
from infra.kafka.java import find_java

LOCK = Path(__file__).with_suffix(".toml")
FLAVOURS = ("2a", "ua1")
_SECONDS = 240
# The interpreter and the first compiler: a check takes two seconds, most of it the start.
_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m")
_MAIN = "org.verapdf.apps.GreenfieldCliWrapper"


def fetch_verapdf() -> Path:
    """The jar, fetched if it is not there."""
    [jar] = fetched(locked_jars(LOCK), "veraPDF")
    return jar


def complaints(pdfs: Mapping[str, bytes], folder: Path) -> list[str]:
    """What veraPDF says of those that are not what they say; one start for all. ``pdfs``: by name;
    they are written into ``folder``. One that claims less than both flavours is a complaint, too.
    """
    for name, content in pdfs.items():
        (folder / f"{name}.pdf").write_bytes(content)
    files = [str(folder / f"{name}.pdf") for name in pdfs]
    java = find_java()
    run = subprocess.run(
        [
            str(java.launcher), *_OPTIONS, "-cp", str(fetch_verapdf()), _MAIN,
            "--flavour", "0", "--format", "text", "-v", *files,
        ],
        check=False, capture_output=True, text=True, timeout=_SECONDS,
    )  # fmt: skip
    said = run.stdout.splitlines()
    passed = {line for line in said if line.startswith("PASS ")}
    wanted = {f"PASS {file} {flavour}" for file in files for flavour in FLAVOURS}
    missing = sorted(wanted - passed)
    return [*missing, *(line for line in said if line not in passed)] if missing else []


if __name__ == "__main__":
    fetch_verapdf()
