"""Runs the embedded Kafka as a child of this process: tests, benchmarks, `python -m infra.kafka`.

The product's own supervisor starts the command of `prepare` itself; both obey the same rules.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Self

from infra.kafka.embedded import KafkaCommand, prepare, wait_ready
from infra.kafka.errors import EmbeddedKafkaError, PortTakenError, explain
from infra.kafka.jars import Progress
from infra.kafka.ports import forget_ports
from infra.process import tied

_ATTEMPTS = 4
_STOP_SECONDS = 20
_TAIL_BYTES = 20_000


class EmbeddedKafka:
    """A broker in a state folder; a context manager that is up inside the block.

    ``ask``: whether it asks who its clients are (see `prepare`). Start it from the main thread (see
    `infra.process`).
    """

    def __init__(
        self,
        state_dir: Path,
        *,
        heap_mb: int = 512,
        progress: Progress | None = None,
        ask: bool = True,
    ) -> None:
        self._state_dir = Path(state_dir)
        self._heap_mb = heap_mb
        self._progress = progress
        self._ask = ask
        self._command: KafkaCommand | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """The address for clients; only after `start`."""
        if self._command is None:
            raise EmbeddedKafkaError("The embedded Kafka has not been started.")
        return self._command.bootstrap

    @property
    def login(self) -> dict[str, str]:
        """Settings of librdkafka with which a client is let in; only after `start`."""
        if self._command is None:
            raise EmbeddedKafkaError("The embedded Kafka has not been started.")
        return self._command.login

    @property
    def log_file(self) -> Path:
        """Where the broker's output goes."""
        return self._state_dir / "logs" / "kafka.log"

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self, timeout: float = 120.0) -> Self:
        """Start it and wait until it answers; new ports are tried when others are taken.

        Raises EmbeddedKafkaError with a sentence for the user.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            self._command = prepare(
                self._state_dir, heap_mb=self._heap_mb, progress=self._progress, ask=self._ask
            )
            try:
                self._spawn(self._command, timeout)
            except PortTakenError:
                if attempt == _ATTEMPTS:
                    raise
                forget_ports(self._command.folder)
            else:
                return self
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """Stop it cleanly, by force after a while; nothing happens when it does not run."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """Kill it as a power cut would."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def wait(self) -> int:
        """Wait until it ends and return its exit code."""
        if self._process is None:
            raise EmbeddedKafkaError("The embedded Kafka has not been started.")
        return self._process.wait()

    def _spawn(self, command: KafkaCommand, timeout: float) -> None:
        self.log_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.log_file.open("ab") as log:
            begin = log.tell()
            self._process = process = subprocess.Popen(
                tied(command.argv),
                env=command.env,
                cwd=command.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the parent, which stops it in order
            )
        try:
            wait_ready(
                command.bootstrap,
                timeout,
                login=command.login,
                alive=lambda: process.poll() is None,
            )
        except EmbeddedKafkaError as error:
            self.kill()
            raise explain(self._output_since(begin), command.folder) or EmbeddedKafkaError(
                f"{error} Its log is {self.log_file}."
            ) from error

    def _output_since(self, begin: int) -> str:
        with self.log_file.open("rb") as log:
            log.seek(begin)
            return log.read()[-_TAIL_BYTES:].decode("utf-8", "replace")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
