"""Fixtures of tests that read settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunghen.settings.loading import names, variable


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the machine that runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.delenv("DUNGHEN_CONFIG", raising=False)
