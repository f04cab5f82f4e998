"""Months are frozen in a child process: ``api.publications.ports.Freezer``."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from api.publications.ports import FrozenFiles, MonthNotWhole, WorkFailed
from dunghen.settings.installation import Installation
from dunghen.terminal.masking import scrub

SECONDS = 3_600
_ROOT = Path(__file__).parents[2]


class FreezeOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What the child is told. ``state``: the state folder; ``whole``: only a month that was seen
    whole."""

    state: str
    month: str
    scope: str
    edition: int
    cites: str
    listed_before: dict[str, tuple[str, ...]]
    whole: bool


class FreezeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What it answers: the files, or ``why_not``; ``part``: because it was not seen whole;
    ``again``: whether it may be tried again."""

    files: FrozenFiles | None = None
    part: bool = False
    why_not: str = ""
    again: bool = True


class ChildFreezer:
    """One child at a time, with the settings of this process."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._one = asyncio.Semaphore(1)

    async def freeze(
        self,
        month: str,
        scope: str,
        edition: int,
        cites: str,
        listed_before: Mapping[str, tuple[str, ...]],
        *,
        whole: bool,
    ) -> FrozenFiles:
        """See ``api.publications.ports.Freezer``."""
        order = FreezeOrder(
            state=str(self._installation.folder.path), month=month, scope=scope, edition=edition,
            cites=cites, listed_before=dict(listed_before), whole=whole,
        )  # fmt: skip
        async with self._one:
            answer = await self._answer(order)
        if answer.part:
            raise MonthNotWhole(answer.why_not, 409)
        if answer.files is None:
            why = answer.why_not or "The month could not be frozen; the log says why."
            raise WorkFailed(why, 503 if answer.again else 409)
        return answer.files

    async def _answer(self, order: FreezeOrder) -> FreezeAnswer:
        path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "dunghen.publishing.freeze_child",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **self._installation.loaded.environment(), "PYTHONPATH": path},
        )  # fmt: skip
        try:
            async with asyncio.timeout(SECONDS):
                told, _ = await child.communicate(msgspec.json.encode(order))
        except TimeoutError:
            return FreezeAnswer(why_not=f"The month was not frozen within {SECONDS} s.")
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        try:
            return msgspec.json.decode(told, type=FreezeAnswer)
        except msgspec.DecodeError:
            return FreezeAnswer(
                why_not=scrub("The child that freezes has failed; its log says why.")
            )
