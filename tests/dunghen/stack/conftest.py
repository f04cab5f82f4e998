"""Fixtures of tests of processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunghen.state.folder import StateFolder
from tests.dunghen.stack.fake_processes import Journal


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    state = StateFolder(tmp_path / "state")
    state.create()
    return state


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")
