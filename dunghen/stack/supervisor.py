"""Starts processes in order, keeps them running, stops them in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from dossiers.errors import UserError
from dunghen.stack.backoff import Backoff
from dunghen.stack.child import Child, ProcessSpec
from dunghen.stack.log_file import LogFile
from dunghen.state.folder import StateFolder

USER_ERROR = 2  # exit status of our own commands for something the user can put right
FIRST_ATTEMPTS = 3


class Reporter(Protocol):
    """Where the supervisor says what happens."""

    def say(self, name: str, text: str) -> None:
        """Something normal."""

    def warn(self, name: str, text: str) -> None:
        """Something somebody should read."""

    def line(self, name: str, line: bytes) -> None:
        """An important line of a process's own output."""


class Supervisor:
    """The processes of one stack.

    Every child is spawned from the thread of the event loop, which must be the main thread.
    """

    def __init__(
        self,
        folder: StateFolder,
        reporter: Reporter,
        *,
        backoff: Callable[[], Backoff] = lambda: Backoff(0.5, 30.0),
        log_bytes: int = 10 * 2**20,
        log_files: int = 3,
    ) -> None:
        self._folder = folder
        self._reporter = reporter
        self._backoff = backoff
        self._log_bytes = log_bytes
        self._log_files = log_files
        self._children: list[Child] = []
        self._keepers: dict[str, asyncio.Task[None]] = {}

    async def start(self, spec: ProcessSpec) -> None:
        """Start one process and return when it is ready; from then on it is kept running.

        Raises UserError with the process's own sentence if it has one.
        """
        child, backoff = self._add(spec), self._backoff()
        for attempt in range(1, FIRST_ATTEMPTS + 1):
            problem = await self._bring_up(child)
            if problem is None:
                break
            known = isinstance(problem, UserError) and not isinstance(problem, StartFailed)
            if known or attempt == FIRST_ATTEMPTS:
                raise _as_user_error(problem)
            await asyncio.sleep(backoff.next(child.uptime))
        self._have_kept(child, self._keep(child, backoff))

    async def start_patiently(self, spec: ProcessSpec, seconds: float) -> Exception | None:
        """Start one process and keep on trying, for as long as the stack runs.

        Returns None once it is ready, or why it is not: the problem of the first try, or that it
        is not ready after ``seconds``.
        """
        child, backoff = self._add(spec), self._backoff()
        first: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

        async def keep() -> None:
            problem = await self._bring_up(child)
            first.set_result(problem)
            if problem is not None:
                await self._bring_back(child, backoff, problem)
            await self._keep(child, backoff)

        self._have_kept(child, keep())
        await asyncio.wait({first}, timeout=seconds)
        if first.done():
            return first.result()
        return StartFailed(
            f"{spec.name} is not ready after {seconds:.0f} s.", self._log_hint(child)
        )

    def _add(self, spec: ProcessSpec) -> Child:
        log = LogFile(
            self._folder.logs / f"{spec.name}.log",
            self._log_bytes,
            self._log_files,
            lambda error: self._reporter.warn(spec.name, f"its log is not written: {error}"),
        )
        child = Child(spec, log, self._reporter.line)
        self._children.append(child)
        return child

    def _have_kept(self, child: Child, work: Coroutine[Any, Any, None]) -> None:
        name = child.spec.name
        self._keepers[name] = asyncio.create_task(work, name=f"keep {name}")

    async def stop(self) -> None:
        """Stop everything, the last started first, each before the next."""
        for child in reversed(self._children):
            keeper = self._keepers.pop(child.spec.name, None)
            if keeper is not None:
                keeper.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await keeper
            await child.terminate()
            self._publish()

    def kill(self) -> None:
        """Kill everything at once: the user pressed Ctrl-C a second time. Nothing is started again,
        also what ``stop`` has not come to yet."""
        for keeper in self._keepers.values():
            keeper.cancel()
        for child in self._children:
            child.kill()

    def status(self) -> list[dict[str, Any]]:
        """One entry a process: name, pid, state, restarts, since (epoch seconds)."""
        return [
            {
                "name": child.spec.name,
                "pid": child.pid,
                "state": child.state,
                "restarts": child.restarts,
                "since": round(child.since, 3),
            }
            for child in self._children
        ]

    async def _bring_up(self, child: Child) -> Exception | None:
        """Spawn and wait until it is ready; the problem if it is not, and then it is gone."""
        spec = child.spec
        self._enter(child, "starting")
        try:
            await child.spawn()
        except (UserError, OSError) as error:
            self._enter(child, "backoff")
            return error
        ready = asyncio.ensure_future(spec.ready())
        ended = asyncio.ensure_future(child.wait())
        try:
            await asyncio.wait(
                {ready, ended},
                timeout=spec.start_seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if ready.done() and not ended.done() and ready.exception() is None:
                self._enter(child, "running")
                return None
            if ended.done():
                return self._explain(child, ended.result())
            await child.terminate()
            self._enter(child, "backoff")
            if ready.done():
                return _as_user_error(ready.exception() or RuntimeError(spec.name))
            return StartFailed(
                f"{spec.name} was not ready within {spec.start_seconds:.0f} s.",
                self._log_hint(child),
            )
        finally:
            for task in (ready, ended):
                task.cancel()
            await asyncio.gather(ready, ended, return_exceptions=True)

    async def _keep(self, child: Child, backoff: Backoff) -> None:
        """Start the process again whenever it ends, for as long as the stack runs."""
        while True:
            code = await child.wait()
            await self._bring_back(child, backoff, self._explain(child, code))

    async def _bring_back(self, child: Child, backoff: Backoff, problem: Exception | None) -> None:
        """Start it again and again until it is ready."""
        name = child.spec.name
        while problem is not None:
            wait = backoff.next(child.uptime)
            when = f"in {wait:.1f} s" if wait else "at once"
            self._reporter.warn(name, f"{problem} Starting it again {when}.")
            self._enter(child, "backoff")
            await asyncio.sleep(wait)
            await child.spec.needed()
            child.restarts += 1
            problem = await self._bring_up(child)
        self._reporter.say(name, f"runs again (process {child.pid})")

    def _explain(self, child: Child, code: int) -> Exception:
        output = child.output()
        known = child.spec.explain(output)
        if known is not None:
            return known
        sentence = _last_sentence(output)
        if sentence and code == USER_ERROR:
            return UserError(sentence)
        if sentence:
            return StartFailed(f"{child.spec.name}: {sentence}", self._log_hint(child))
        how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
        return StartFailed(f"{child.spec.name} {how}.", self._log_hint(child))

    def _log_hint(self, child: Child) -> str:
        return f"Its log is {self._folder.logs / (child.spec.name + '.log')}."

    def _enter(self, child: Child, state: Any) -> None:
        child.enter(state)
        self._publish()

    def _publish(self) -> None:
        try:
            self._folder.write_processes(self.status())
        except UserError as error:
            self._reporter.warn("dunghen", str(error))


class StartFailed(UserError):
    """A process ended or did not become ready, for no known reason."""

    exit_code = 1


def _as_user_error(problem: BaseException) -> UserError:
    return problem if isinstance(problem, UserError) else UserError(str(problem))


def _last_sentence(output: str) -> str:
    """The error a command of ours ended with: what follows “Error: ” on the last such line."""
    told = [line for line in output.splitlines() if line.startswith("Error: ")]
    return told[-1].removeprefix("Error: ") if told else ""
