"""The desk of the small city."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.desk.acting_city import Desk, desk


@pytest.fixture
def city_desk(tmp_path: Path) -> Desk:
    return desk(tmp_path)
