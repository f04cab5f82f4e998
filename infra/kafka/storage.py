"""Formatting of the broker's storage, once for each state folder."""

from __future__ import annotations

import base64
import shutil
import subprocess
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

from infra.kafka.errors import EmbeddedKafkaError, explain
from infra.kafka.login import write_private

_SECONDS = 60


def is_formatted(folder: Path) -> bool:
    """Whether the storage in ``folder`` is whole."""
    return (folder / "data" / "meta.properties").exists()


def format_storage(
    folder: Path,
    settings: Callable[[Path], str],
    java_argv: tuple[str, ...],
    env: Mapping[str, str],
) -> None:
    """Format into a folder of its own and rename it: a formatting cut short leaves no trace.

    ``settings`` are those of a broker with its data in the given folder. Raises EmbeddedKafkaError.
    """
    data, fresh, file = (folder / name for name in ("data", "data.new", "format.properties"))
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)  # without meta.properties it never was a broker's
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # In one word: an id may begin with a hyphen.
    arguments = ("format", "--standalone", f"--cluster-id={cluster_id}", "-c", str(file))
    try:
        write_private(file, settings(fresh))
        done = subprocess.run(
            (*java_argv, "kafka.tools.StorageTool", *arguments),
            env=env, cwd=folder, capture_output=True, text=True, errors="replace",
            timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EmbeddedKafkaError(f"Kafka's storage could not be formatted: {error}.") from error
    finally:
        file.unlink(missing_ok=True)
    if done.returncode != 0:
        raise _refused(f"{done.stdout}\n{done.stderr}", folder)
    fresh.rename(data)


def _refused(output: str, folder: Path) -> EmbeddedKafkaError:
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "no output")
    return explain(output, folder) or EmbeddedKafkaError(
        f"Kafka's storage in {folder} could not be formatted: {last.strip()}"
    )
