"""Each test that asks for ``rig`` runs against both brokers."""

from __future__ import annotations

import pytest

from tests.broker.rig import Rig, memory_rig, real_rig


@pytest.fixture(params=["kafka", "memory"])
def rig(request: pytest.FixtureRequest) -> Rig:
    if request.param == "memory":
        return memory_rig()
    return real_rig(request.getfixturevalue("kafka"))
